//! `workloads.default-bridge`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container shares a network with every container that names none";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.default-bridge",
    life: since("0.1.0"),
    title: "Containers are not on the default bridge network",
    finding: "A container is on the default bridge network",
    keywords: &["Docker", "Compose", "network_mode", "bridge", "docker0"],
    severity: Low,
    rationale: "All containers that name no network are on the default bridge and can reach each other. A network of its own separates an application from the others.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Create a network for the application, and attach its containers to it. The command shows the networks of the container.",
            console: "services.<name>.network_mode, services.<name>.networks",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/network/drivers/bridge/#differences-between-user-defined-bridges-and-the-default-bridge",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_docker18("5.30", Full),
    ],
    test: no_entries!(Workload.default_bridge, "a network of its own"),
};
