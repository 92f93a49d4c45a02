//! `images.signature-present`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.signature-present",
    life: since("0.1.0"),
    title: "The image is signed",
    finding: "The image is not signed",
    keywords: &["cosign", "Notation", "sigstore", "signature"],
    severity: Low,
    rationale: "Without a signature, nothing shows who built an image, whatever its name is.",
    remediation: &[(
        Image,
        Remedy {
            text: "Sign the image in the pipeline that builds it, with cosign or Notation. The command lists what is attached to the image.",
            console: "cosign sign",
            command: Inspect("cosign tree <image>"),
        },
    )],
    references: &[
        "https://docs.sigstore.dev/cosign/signing/signing_with_containers/",
        "https://notaryproject.dev/docs/",
    ],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.12", Supporting),
        cis_docker18("4.5", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: is_true!(ContainerImage.signed, "no signature of a known kind", "a signature"),
};
