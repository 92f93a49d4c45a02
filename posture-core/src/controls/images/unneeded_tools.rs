//! `images.unneeded-tools`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.unneeded-tools",
    life: since("0.1.0"),
    title: "The image holds no tools for builds and attacks",
    finding: "The image holds tools that an application rarely needs",
    keywords: &["compiler", "package manager", "curl", "netcat", "distroless", "attack surface"],
    severity: Low,
    rationale: "Compilers, package managers, debuggers and network tools serve who breaks into a container, and each has its own vulnerabilities.",
    remediation: &[(
        Image,
        Remedy {
            text: "Build in one stage, and copy the result into a base image without tools. The command lists the files of the image.",
            console: "FROM … AS build",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/multi-stage/",
        "https://docs.docker.com/build/building/best-practices/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("4.3", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: no_entries!(
        ContainerImage.unneeded_tools,
        "/usr/bin/gcc: a compiler (layer 2)",
        "no such tool"
    ),
};
