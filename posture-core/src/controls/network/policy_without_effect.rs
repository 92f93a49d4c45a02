//! `network.policy-without-effect`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.policy-without-effect",
    life: since("0.1.0"),
    title: "Network policies select pods",
    finding: "A network policy selects nothing",
    keywords: &["Kubernetes", "NetworkPolicy", "podSelector", "unused policy"],
    severity: Low,
    rationale: "A policy that selects no pod protects nothing. Often a label was renamed or misspelled, and \
                the policy only seems to work.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Correct the selector, or delete the policy. The command shows the labels of the pods.",
            console: "NetworkPolicy → spec.podSelector",
            command: Inspect("kubectl get pods --namespace <namespace> --show-labels"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
        nsa_kubernetes12("N2", Supporting),
    ],
    test: no_entries!(NetworkPolicy.without_effect, "selectors that select a pod"),
};
