//! `container-host.cgroup-parent`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.cgroup-parent",
    life: since("0.1.0"),
    title: "Containers are in the default cgroup",
    finding: "Containers are in a cgroup other than the default one",
    keywords: &["Docker", "dockerd", "cgroup-parent"],
    severity: Low,
    rationale: "Under another parent, the limits that the host sets for containers may not apply.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `cgroup-parent` from `daemon.json` unless the host defines limits there. The command shows the state of the daemon.",
            console: "cgroup-parent",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("2.11", Full),
    ],
    test: no_entries!(Daemon.cgroup_parents, "no cgroup-parent"),
};
