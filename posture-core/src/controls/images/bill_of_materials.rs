//! `images.bill-of-materials`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.bill-of-materials",
    life: since("0.1.0"),
    title: "A bill of materials is attached to the image",
    finding: "No bill of materials is attached to the image",
    keywords: &["SBOM", "CycloneDX", "SPDX", "attestation"],
    severity: Low,
    rationale: "It answers whether an image holds a package without reading the image, also for what no package database lists.",
    remediation: &[(
        Image,
        Remedy {
            text: "Attach a bill of materials where the image is built. The command lists what is attached to the image.",
            console: "docker build --sbom",
            command: Inspect("cosign tree <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/metadata/attestations/sbom/",
        "https://cyclonedx.org/",
    ],
    satisfies: &[
        csf20("ID.AM-02", Supporting),
        ccm41("AIS-06", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: is_true!(ContainerImage.bill_of_materials, "no bill of materials", "a bill of materials"),
};
