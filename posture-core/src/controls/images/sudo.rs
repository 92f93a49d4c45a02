//! `images.sudo`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.sudo",
    life: since("0.1.0"),
    title: "The image holds no program that changes the user",
    finding: "The image holds a program that changes the user",
    keywords: &["sudo", "doas", "pkexec"],
    severity: Low,
    rationale: "Sudo in an image is a way to root for a process that runs as another user.",
    remediation: &[(
        Image,
        Remedy {
            text: "Do what needs root before `USER`, and leave the program out. The command lists the files of the image.",
            console: "RUN apt-get remove sudo",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &["https://docs.docker.com/build/building/best-practices/#user"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("4.3", Supporting),
    ],
    test: no_entries!(ContainerImage.sudo_programs, "/usr/bin/sudo (layer 2)", "no such program"),
};
