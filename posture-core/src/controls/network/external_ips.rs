//! `network.external-ips`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the service takes the traffic to an address that was never verified to belong to it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.external-ips",
    life: since("0.1.0"),
    title: "Services take no external addresses",
    finding: "A service takes the traffic of external addresses",
    keywords: &["Kubernetes", "Service", "externalIPs", "CVE-2020-8554"],
    severity: High,
    rationale: "With `externalIPs`, a user who may create a service takes over the traffic of pods to any \
                address, such as that of another service.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `externalIPs`, and use a load balancer. The command shows the service.",
            console: "Service → spec.externalIPs",
            command: Inspect("kubectl describe service <name> --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
        "https://github.com/kubernetes/kubernetes/issues/97076",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.DS-02", Supporting),
        ccm41("I&S-03", Partial(SHOWS)),
        cis_kubernetes2("1.2.3", Supporting),
        nsa_kubernetes12("N2", Supporting),
    ],
    test: no_entries!(Service.external_ips, "no external address"),
};
