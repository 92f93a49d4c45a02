//! `workloads.mount-propagation`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "what the container mounts appears on the host, so that the mount does not separate them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.mount-propagation",
    life: since("0.1.0"),
    title: "Mounts are not shared with the host",
    finding: "A mount is shared with the host",
    keywords: &["Docker", "Compose", "volumes", "bind.propagation", "shared", "rshared"],
    severity: Medium,
    rationale: "Through a shared mount, a container mounts file systems that then appear on the host, and over its directories.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `shared` or `rshared`; the default is `rprivate`. The command shows the settings of the container.",
            console: "services.<name>.volumes[*].bind.propagation",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &["https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_docker18("5.20", Full),
    ],
    test: no_entries!(Workload.shared_mounts, "private or slave propagation"),
};
