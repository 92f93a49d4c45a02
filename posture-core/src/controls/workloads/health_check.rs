//! `workloads.health-check`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.health-check",
    life: since("0.1.0"),
    title: "Containers have a health check",
    finding: "A container has no health check",
    keywords: &["Docker", "Compose", "healthcheck", "HEALTHCHECK"],
    severity: Low,
    rationale: "Without a check, a container whose application hangs counts as running, and nothing replaces it.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Add a `healthcheck` to the service, or `HEALTHCHECK` to the Dockerfile. The command shows the settings of the container.",
            console: "services.<name>.healthcheck",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/compose-file/services/#healthcheck",
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
    ],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("5.27", Full),
        cis_docker18("4.6", Supporting),
    ],
    test: no_entries!(Workload.without_health_check, "a health check"),
};
