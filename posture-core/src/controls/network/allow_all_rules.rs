//! `network.allow-all-rules`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the rule allows every port to or from everything, which no application needs";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.allow-all-rules",
    life: since("0.1.0"),
    title: "Network policies do not allow everything",
    finding: "A network policy allows everything",
    keywords: &["Kubernetes", "NetworkPolicy", "0.0.0.0/0", "allow all"],
    severity: High,
    rationale: "Policies add up. One rule for every address and every port opens the pods that it selects, \
                whatever the other policies are.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove the rule, or name its peers and ports. The command shows the policy.",
            console: "NetworkPolicy → spec.ingress, spec.egress",
            command: Inspect("kubectl describe networkpolicy <name> --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        nsa_kubernetes12("N2", Partial(SHOWS)),
    ],
    test: no_entries!(NetworkPolicy.open_rules, "peers or ports that are named"),
};
