//! `images.provenance`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.provenance",
    life: since("0.1.0"),
    title: "A verified statement shows how the image was built",
    finding: "No verified statement shows how the image was built",
    keywords: &["SLSA", "provenance", "attestation", "in-toto"],
    severity: Low,
    rationale: "Without one, nobody can tell from which code and by which builder an image is.",
    remediation: &[(
        Image,
        Remedy {
            text: "Let the builder attest how it built the image, and sign the statement. The command verifies it.",
            console: "docker build --provenance",
            command: Inspect("cosign verify-attestation --key <key> --type slsaprovenance <image>"),
        },
    )],
    references: &[
        "https://slsa.dev/spec/v1.1/provenance",
        "https://docs.docker.com/build/metadata/attestations/slsa-provenance/",
    ],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        csf20("PR.PS-06", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.12", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: is_true!(
        ContainerImage.provenance_verified,
        "no verified provenance",
        "a verified provenance"
    ),
};
