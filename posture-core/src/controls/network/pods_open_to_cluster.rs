//! `network.pods-open-to-cluster`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "no policy restricts what connects to the pod";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.pods-open-to-cluster",
    life: since("0.1.0"),
    title: "Network policies isolate pods for ingress",
    finding: "No network policy isolates a pod for ingress",
    keywords: &["Kubernetes", "NetworkPolicy", "ingress", "microsegmentation"],
    severity: High,
    rationale: "Every pod of the cluster can connect to every port of a pod that no policy isolates. One pod \
                that was taken over reaches them all.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a network policy that selects the pod, with `policyTypes: [Ingress]` and rules for \
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
        Workload.ingress_isolated,
        "no enforced policy with type Ingress selects it",
        "an enforced policy with type Ingress"
    ),
};
