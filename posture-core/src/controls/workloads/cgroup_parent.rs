//! `workloads.cgroup-parent`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.cgroup-parent",
    life: since("0.1.0"),
    title: "Containers are in the cgroup of the daemon",
    finding: "A container has a parent cgroup of its own",
    keywords: &["Docker", "Compose", "cgroup_parent", "cgroup"],
    severity: Low,
    rationale: "Limits of the cgroup that the administrator set for containers do not apply to a container under another parent.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `cgroup_parent`, or start the container without `--cgroup-parent`. The command shows the settings of the container.",
            console: "services.<name>.cgroup_parent",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/docker/container/run/#cgroup-parent"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("5.25", Full),
    ],
    test: no_entries!(Workload.cgroup_parents, "the cgroup of the daemon"),
};
