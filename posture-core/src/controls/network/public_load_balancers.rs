//! `network.public-load-balancers`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "every address on the internet reaches the service; what is meant for everyone is declared by \
                     an exception";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.public-load-balancers",
    life: since("0.1.0"),
    title: "Load balancers of services are not open to everyone",
    finding: "A load balancer is open to every address",
    keywords: &["Kubernetes", "Service", "LoadBalancer", "loadBalancerSourceRanges"],
    severity: Medium,
    rationale: "Anyone on the internet can connect to a load balancer without source ranges. Declare what is \
                meant for everyone as an exception.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `loadBalancerSourceRanges`, or the annotation of the provider for an internal load \
                   balancer. The command shows the service.",
            console: "Service → spec.loadBalancerSourceRanges",
            command: Inspect("kubectl describe service <name> --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer"],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        nsa_kubernetes12("N2", Supporting),
    ],
    test: no_entries!(Service.public_load_balancer, "internal, or only named source ranges"),
};
