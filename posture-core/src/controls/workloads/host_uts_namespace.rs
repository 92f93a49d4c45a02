//! `workloads.host-uts-namespace`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the container is in the UTS namespace of its host, so that it is not separated from it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-uts-namespace",
    life: since("0.1.0"),
    title: "Containers do not share the UTS namespace of the host",
    finding: "A container shares the UTS namespace of the host",
    keywords: &["Docker", "Compose", "uts", "host name", "namespace"],
    severity: Low,
    rationale: "With the UTS namespace of the host, a container with the capability for it changes the name of the host, which logs and other services rely on.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `uts: host`, or start the container without `--uts host`. The command shows the settings of the container.",
            console: "services.<name>.uts",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/cli/docker/container/run/#uts",
        "https://docs.docker.com/reference/compose-file/services/#uts",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_docker18("5.21", Full),
    ],
    test: no_entries!(Workload.host_uts_namespace, "a UTS namespace of its own"),
};
