//! `network.default-deny-ingress`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "a pod that is created in the namespace is not isolated until there is a policy for it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.default-deny-ingress",
    life: since("0.1.0"),
    title: "Namespaces deny ingress by default",
    finding: "Namespace does not deny ingress by default",
    keywords: &["Kubernetes", "NetworkPolicy", "default deny", "ingress"],
    severity: Medium,
    rationale: "Policies that select pods by label miss the pod that is created tomorrow. A default policy \
                isolates every pod of the namespace for ingress.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a network policy with an empty `podSelector` and `policyTypes: [Ingress]`, and no \
                   rule that allows everything. The command lists the policies of a namespace.",
            console: "NetworkPolicy → spec.podSelector",
            command: Inspect("kubectl describe networkpolicies --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.3.2", Supporting),
        cis_eks18("4.3.2", Supporting),
        cis_aks18("4.4.2", Supporting),
        nsa_kubernetes12("N2", Partial(SHOWS)),
    ],
    test: kubernetes::of_namespace!(
        used default_deny_ingress,
        "no enforced policy that denies ingress to every pod",
        "an empty podSelector, and no rule that allows everything"
    ),
};
