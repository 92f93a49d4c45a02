//! `container-host.default-ulimits`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.default-ulimits",
    life: since("0.1.0"),
    title: "The daemon sets default ulimits",
    finding: "The daemon sets no default ulimits",
    keywords: &["Docker", "dockerd", "default-ulimits", "nofile", "nproc"],
    severity: Low,
    rationale: "Containers without ulimits of their own get those of the daemon's service, which are often unlimited.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `default-ulimits` in `daemon.json`, such as for `nofile` and `nproc`. The command shows the state of the daemon.",
            console: "default-ulimits",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/#default-ulimits"],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("2.9", Supporting),
        cis_docker18("5.19", Supporting),
    ],
    test: is_true!(Daemon.default_ulimits, "none", "default-ulimits"),
};
