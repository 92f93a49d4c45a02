//! `container-host.no-new-privileges`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.no-new-privileges",
    life: since("0.1.0"),
    title: "Processes in containers cannot gain privileges by default",
    finding: "The daemon allows privilege escalation by default",
    keywords: &["Docker", "dockerd", "no-new-privileges"],
    severity: Medium,
    rationale: "A program with the setuid bit makes any user of a container root, unless the container forbids it itself.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `\"no-new-privileges\": true` in `daemon.json`. The command shows the state of the daemon.",
            console: "no-new-privileges",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("2.15", Full),
    ],
    test: is_true!(Daemon.no_new_privileges, "off", "no-new-privileges is true"),
};
