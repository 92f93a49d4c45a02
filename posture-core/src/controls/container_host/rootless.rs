//! `container-host.rootless`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.rootless",
    life: since("0.1.0"),
    title: "The daemon runs without root",
    finding: "The daemon runs as root",
    keywords: &["Docker", "dockerd", "rootless"],
    severity: Low,
    rationale: "An attacker who takes over a daemon that runs as root has the host. In rootless mode, it is one user of the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Install the daemon in rootless mode where its limits allow it. The command shows the state of the daemon.",
            console: "dockerd-rootless-setuptool.sh install",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/security/rootless/"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-05", Supporting),
        cis_docker18("2.1", Supporting),
    ],
    test: is_true!(Daemon.rootless, "runs as root", "rootless mode"),
};
