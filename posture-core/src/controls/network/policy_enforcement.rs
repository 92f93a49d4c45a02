//! `network.policy-enforcement`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "there are network policies, and the network plugin does not enforce them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.policy-enforcement",
    life: since("0.1.0"),
    title: "The network plugin enforces network policies",
    finding: "Network policies are not enforced",
    keywords: &["Kubernetes", "NetworkPolicy", "CNI", "network plugin", "Calico", "Cilium"],
    severity: High,
    rationale: "The API server accepts network policies whether anything enforces them or not. If the \
                network plugin does not, none of them has an effect.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Install a network plugin that enforces network policies, or enable enforcement in the \
                   current one. The command lists the agents of plugins.",
            console: "DaemonSet",
            command: Inspect("kubectl get daemonsets --all-namespaces"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites",
        "https://kubernetes.io/docs/concepts/cluster-administration/addons/#networking-and-network-policy",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.3.1", Partial(shows::STEP)),
        cis_eks18("4.3.1", Partial(shows::STEP)),
        cis_eks18("5.4.4", Partial(shows::STEP)),
        cis_aks18("5.4.4", Partial(shows::STEP)),
        cis_aks18("4.4.1", Supporting),
        nsa_kubernetes12("N2", Partial(SHOWS)),
    ],
    test: is_true!(
        Namespace.policies_enforced,
        "a network plugin without support for policies",
        "a plugin that enforces policies"
    ),
};
