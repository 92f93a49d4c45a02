//! `workloads.host-network`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container is in the network of its host, where network policies do not separate it from anything";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-network",
    life: since("0.1.0"),
    title: "Containers do not use the network of their host",
    finding: "A container uses the network of its host",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "hostNetwork",
        "network namespace",
        "Pod Security Standards",
    ],
    severity: High,
    rationale: "In the network of its host, a container can listen on the host's addresses, reach services bound to its loopback, and use the cloud's metadata service as the host. Network policies do not apply to it.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `hostNetwork: true` from the pod template, and publish the pod with a Service. The \
                   command shows the pods with their settings.",
                console: "spec.template.spec.hostNetwork",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `network_mode: host`, or start the container without `--network host`, and publish its ports. The command shows the settings of the container.",
                console: "services.<name>.network_mode",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
        "https://docs.docker.com/engine/network/drivers/host/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.5", Partial(shows::STEP)),
        cis_eks18("4.2.4", Partial(shows::STEP)),
        cis_aks18("4.2.4", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
        nsa_kubernetes12("N2", Supporting),
        cis_docker18("5.10", Full),
    ],
    test: no_entries!(Workload.host_network, "a network of its own"),
};
