//! `workloads.cpu-limits`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing bounds what the container takes from the other containers of its host";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.cpu-limits",
    life: since("0.1.0"),
    title: "Containers have a limit or share of CPU",
    finding: "A container has neither a limit nor a share of CPU",
    keywords: &["Docker", "Compose", "cpus", "cpu_shares", "cpuset"],
    severity: Low,
    rationale: "Without a limit, one container takes the processors of its host from all others.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `cpus`, `cpu_shares` or `deploy.resources.limits.cpus`. The command sets a limit for a running container.",
            console: "services.<name>.cpus",
            command: Change("docker update --cpus <number> <container>"),
        },
    )],
    references: &["https://docs.docker.com/engine/containers/resource_constraints/#cpu"],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        cis_docker18("5.12", Partial(shows::STEP)),
    ],
    test: no_entries!(Workload.without_cpu_limit, "cpus, cpu_shares, cpu_quota or cpuset"),
};
