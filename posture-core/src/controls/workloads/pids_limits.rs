//! `workloads.pids-limits`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing bounds how many processes the container starts on its host";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.pids-limits",
    life: since("0.1.0"),
    title: "Containers have a limit of processes",
    finding: "A container has no limit of processes",
    keywords: &["Docker", "Compose", "pids_limit", "fork bomb"],
    severity: Low,
    rationale: "A container that starts processes without end uses up the process numbers of its host, and nothing else can start there.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `pids_limit`, or `deploy.resources.limits.pids`. The command sets it for a running container.",
            console: "services.<name>.pids_limit",
            command: Change("docker update --pids-limit <number> <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/cli/docker/container/run/#pids-limit",
        "https://docs.docker.com/reference/compose-file/services/#pids_limit",
    ],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        cis_docker18("5.29", Full),
    ],
    test: no_entries!(Workload.without_pids_limit, "a limit of processes"),
};
