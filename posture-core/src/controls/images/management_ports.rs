//! `images.management-ports`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.management-ports",
    life: since("0.1.0"),
    title: "The image declares no port for management",
    finding: "The image declares a port for management",
    keywords: &["EXPOSE", "SSH", "telnet", "RDP", "VNC", "Docker API"],
    severity: Medium,
    rationale: "Services for management give control of what they run on. They do not belong in the container of an application.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the service and its `EXPOSE`. The command shows the configuration of the image.",
            console: "EXPOSE",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://docs.docker.com/reference/dockerfile/#expose"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("5.9", Supporting),
        cis_docker18("5.7", Supporting),
    ],
    test: no_entries!(ContainerImage.management_ports, "22/tcp (SSH)", "no port for management"),
};
