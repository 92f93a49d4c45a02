//! `container-host.base-device-size`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.base-device-size",
    life: since("0.1.0"),
    title: "The base device size is the default",
    finding: "The base device size is changed",
    keywords: &["Docker", "dockerd", "storage-opts", "dm.basesize"],
    severity: Low,
    rationale: "A larger base device allows each image and container to use up the disk of the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `dm.basesize` from `storage-opts`. The command shows the state of the daemon.",
            console: "storage-opts",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/"],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("2.12", Full),
    ],
    test: no_entries!(Daemon.base_device_sizes, "no dm.basesize"),
};
