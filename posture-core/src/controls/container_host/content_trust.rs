//! `container-host.content-trust`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.content-trust",
    life: since("0.1.0"),
    title: "The daemon does not rely on Docker Content Trust",
    finding: "The daemon relies on Docker Content Trust, which ends",
    keywords: &["Docker", "dockerd", "content-trust", "Notary", "cosign", "Notation"],
    severity: Medium,
    rationale: "Docker Content Trust ends on 2026-12-08. A daemon that enforces it pulls no images from Docker Hub then.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Sign images with cosign or Notation, verify them where they are pulled, name them by digest, and remove `content-trust`. The command shows the state of the daemon.",
            console: "content-trust",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://www.docker.com/blog/retiring-docker-content-trust/"],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.5", Supporting),
    ],
    test: no_entries!(Daemon.content_trust, "no reliance on Docker Content Trust"),
};
