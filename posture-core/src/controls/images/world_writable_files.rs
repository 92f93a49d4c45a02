//! `images.world-writable-files`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a process of any user in the container can change the file";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.world-writable-files",
    life: since("0.1.0"),
    title: "No file of the image can be written by everyone",
    finding: "Files of the image can be written by everyone",
    keywords: &["chmod 777", "world-writable", "permissions"],
    severity: Low,
    rationale: "Every process in a container can change these files, and so what other processes run or read.",
    remediation: &[(
        Image,
        Remedy {
            text: "Give the files an owner, and remove the permission in the build: `chmod o-w`. The command lists the files of the image.",
            console: "RUN chmod o-w",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &["https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"],
    satisfies: &[csf20("PR.PS-01", Partial(SHOWS)), ccm41("I&S-04", Partial(SHOWS))],
    test: no_entries!(
        ContainerImage.world_writable,
        "/app/config (layer 2)",
        "no write permission for others"
    ),
};
