//! `images.unresolved-user`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.unresolved-user",
    life: since("0.1.0"),
    title: "The user of the image exists in the image",
    finding: "The image names a user that it does not have",
    keywords: &["USER", "/etc/passwd", "Dockerfile"],
    severity: Medium,
    rationale: "A container of the image does not start. To make it start, users run it as root.",
    remediation: &[(
        Image,
        Remedy {
            text: "Create the user in the build, or name a number in `USER`. The command shows the configuration of the image.",
            console: "USER",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/dockerfile/#user",
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("4.1", Supporting),
        nsa_kubernetes12("P1", Supporting),
    ],
    test: no_entries!(
        ContainerImage.unresolved_user,
        "app",
        "a user that is in /etc/passwd, or a number"
    ),
};
