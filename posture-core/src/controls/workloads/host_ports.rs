//! `workloads.host-ports`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the port is open at the addresses of the node, although a Service would publish it under the \
                     control of the cluster";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-ports",
    life: since("0.1.0"),
    title: "Containers open no ports of their node",
    finding: "A container opens a port of its node",
    keywords: &["Kubernetes", "pod", "hostPort", "Pod Security Standards"],
    severity: Medium,
    rationale: "A host port is reachable at every address of the node, without a Service, and often despite \
                network policies.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `hostPort`, and publish the pod with a Service. The command shows the pods with their \
                   settings.",
            console: "spec.template.spec.containers[*].ports[*].hostPort",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/configuration/overview/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Partial(SHOWS)),
        cis_kubernetes2("5.2.12", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.host_ports, "hostPort absent or 0"),
};
