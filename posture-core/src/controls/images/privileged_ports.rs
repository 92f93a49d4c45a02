//! `images.privileged-ports`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.privileged-ports",
    life: since("0.1.0"),
    title: "The image declares no privileged port",
    finding: "The image declares a privileged port",
    keywords: &["EXPOSE", "port", "1024"],
    severity: Low,
    rationale: "A process needs root or a capability for a port below 1024 in many runtimes, so that the image runs with more rights than it needs.",
    remediation: &[(
        Image,
        Remedy {
            text: "Listen on a port from 1024 on, and map it where the container is published. The command shows the configuration of the image.",
            console: "EXPOSE",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://docs.docker.com/reference/dockerfile/#expose"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_docker18("5.8", Supporting),
    ],
    test: no_entries!(ContainerImage.privileged_ports, "80/tcp", "ports from 1024 on"),
};
