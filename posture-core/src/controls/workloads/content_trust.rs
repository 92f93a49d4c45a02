//! `workloads.content-trust`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.content-trust",
    life: since("0.1.0"),
    title: "Containers do not rely on Docker Content Trust",
    finding: "A container relies on Docker Content Trust, which ends",
    keywords: &["Docker", "Compose", "DOCKER_CONTENT_TRUST", "Notary", "cosign", "Notation"],
    severity: Medium,
    rationale: "Docker Content Trust ends on 2026-12-08: with `DOCKER_CONTENT_TRUST=1`, pulls fail from then on. Unset in a hurry, nothing verifies images any more.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Sign images with cosign or Notation, verify them where they are pulled, name them by digest, and remove the variable. The command shows the settings of the container.",
            console: "services.<name>.environment.DOCKER_CONTENT_TRUST",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://www.docker.com/blog/retiring-docker-content-trust/",
        "https://docs.docker.com/engine/security/trust/",
    ],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.5", Supporting),
    ],
    test: no_entries!(Workload.content_trust, "no reliance on Docker Content Trust"),
};
