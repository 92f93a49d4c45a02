//! `workloads.host-cgroup-namespace`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the namespace hides the paths of other cgroups and limits nothing, so that no requirement is decided. On a host with
/// version 1 of cgroups it is the default, which no source shows: only what is set explicitly fails.
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-cgroup-namespace",
    life: since("0.1.0"),
    title: "Containers do not use the cgroup namespace of their host",
    finding: "A container uses the cgroup namespace of its host",
    keywords: &["Docker", "Compose", "cgroup", "cgroupns", "namespace"],
    severity: Low,
    rationale: "In the cgroup namespace of the host a container sees the cgroups of all others, and with a writable file system of \
                cgroups it changes their limits.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `cgroup: host`, or start the container without `--cgroupns host`. The command shows the settings of the \
                   container.",
            console: "services.<name>.cgroup",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/compose-file/services/#cgroup",
        "https://docs.docker.com/reference/cli/docker/container/run/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-04", Supporting),
        ccm41("I&S-06", Supporting),
    ],
    test: no_entries!(Workload.host_cgroup_namespace, "a namespace of its own"),
};
