//! `workloads.privileged-ports`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.privileged-ports",
    life: since("0.1.0"),
    title: "Containers publish no privileged ports of the host",
    finding: "A container publishes a privileged port of the host",
    keywords: &["Docker", "Compose", "ports", "privileged port"],
    severity: Low,
    rationale: "Users trust what answers on a port below 1024, as only root may listen there. A container behind it is as exposed as a service of the system.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Publish a port of 1024 or higher, and put a load balancer or a reverse proxy in front of it. The command shows the settings of the container.",
            console: "services.<name>.ports",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &["https://docs.docker.com/engine/network/port-publishing/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_docker18("5.8", Full),
        cis_docker18("5.9", Supporting),
    ],
    test: no_entries!(Workload.privileged_ports, "only ports of 1024 or higher"),
};
