//! `network.pods-open-outwards`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "no policy restricts what the pod connects to";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.pods-open-outwards",
    life: since("0.1.0"),
    title: "Network policies isolate pods for egress",
    finding: "No network policy isolates a pod for egress",
    keywords: &["Kubernetes", "NetworkPolicy", "egress", "microsegmentation"],
    severity: Medium,
    rationale: "A pod that no policy isolates for egress reaches everything, in the cluster and outside. An \
                attacker uses that to load tools, to move on and to send data out.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a network policy that selects the pod, with `policyTypes: [Egress]` and rules for \
                   what it needs. The command lists the policies of a namespace.",
            console: "NetworkPolicy → spec.policyTypes",
            command: Inspect("kubectl describe networkpolicies --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.3.2", Supporting),
        cis_eks18("4.3.2", Supporting),
        cis_aks18("4.4.2", Supporting),
        nsa_kubernetes12("N2", Partial(SHOWS)),
    ],
    test: is_true!(
        Workload.egress_isolated,
        "no enforced policy with type Egress selects it",
        "an enforced policy with type Egress"
    ),
};
