//! `images.healthcheck`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.healthcheck",
    life: since("0.1.0"),
    title: "The image has a health check",
    finding: "The image has no health check",
    keywords: &["HEALTHCHECK", "Docker", "Podman"],
    severity: Low,
    rationale: "Without a check, a container whose application hangs counts as running, and nothing replaces it. Kubernetes uses its own probes and ignores the check of the image.",
    remediation: &[(
        Image,
        Remedy {
            text: "Add `HEALTHCHECK` to the Dockerfile. The command shows the configuration of the image.",
            console: "HEALTHCHECK",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://docs.docker.com/reference/dockerfile/#healthcheck"],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("4.6", Full),
        cis_docker18("5.27", Supporting),
    ],
    test: is_true!(ContainerImage.health_check, "no health check", "a health check"),
};
