//! `images.signature-verified`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the user named the keys of trusted builders, and none of them signed this image";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.signature-verified",
    life: since("0.1.0"),
    title: "A signature of the image is valid for a trusted key",
    finding: "No signature of the image is valid for a trusted key",
    keywords: &["cosign", "Notation", "sigstore", "verify", "public key"],
    severity: High,
    rationale: "A signature counts only if it is of someone whom the user trusts, and for this very image.",
    remediation: &[(
        Image,
        Remedy {
            text: "Sign the image with the trusted key, and let the cluster or host refuse images without its signature. The command verifies it.",
            console: "cosign verify",
            command: Inspect("cosign verify --key <key> <image>"),
        },
    )],
    references: &["https://docs.sigstore.dev/cosign/verifying/verify/"],
    satisfies: &[
        csf20("ID.RA-09", Partial(SHOWS)),
        csf20("PR.PS-05", Supporting),
        ccm41("AIS-06", Partial(SHOWS)),
        ccm41("CCC-04", Supporting),
        cis_docker18("4.12", Partial(shows::STEP)),
        cis_docker18("4.2", Supporting),
        cis_docker18("4.5", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: is_true!(
        ContainerImage.signature_verified,
        "no valid signature of a trusted key",
        "a valid signature of a trusted key"
    ),
};
