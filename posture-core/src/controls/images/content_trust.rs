//! `images.content-trust`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.content-trust",
    life: since("0.1.0"),
    title: "The image does not rely on Docker Content Trust",
    finding: "The image relies on Docker Content Trust, which ends",
    keywords: &["DOCKER_CONTENT_TRUST", "Notary", "cosign", "Notation"],
    severity: Low,
    rationale: "Docker Content Trust ends on 2026-12-08. With `DOCKER_CONTENT_TRUST=1`, pulls in a container of the image fail from then on.",
    remediation: &[(
        Image,
        Remedy {
            text: "Sign images with cosign or Notation, verify them where they are pulled, name them by digest, and remove the variable. The command shows the configuration of the image.",
            console: "ENV",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://www.docker.com/blog/retiring-docker-content-trust/"],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.5", Supporting),
    ],
    test: no_entries!(
        ContainerImage.content_trust,
        "DOCKER_CONTENT_TRUST",
        "no reliance on Docker Content Trust"
    ),
};
