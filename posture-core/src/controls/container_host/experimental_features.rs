//! `container-host.experimental-features`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.experimental-features",
    life: since("0.1.0"),
    title: "Experimental features are off",
    finding: "Experimental features are on",
    keywords: &["Docker", "dockerd", "experimental"],
    severity: Low,
    rationale: "Experimental features change or go with any version, and are tested less.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `\"experimental\": true` from `daemon.json`. The command shows the state of the daemon.",
            console: "experimental",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("2.19", Full),
    ],
    test: is_false!(Daemon.experimental, "on", "off"),
};
