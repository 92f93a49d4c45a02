//! `images.secrets-in-files`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "everyone who can pull the image has the credential, which no setting of the image protects";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.secrets-in-files",
    life: since("0.1.0"),
    title: "No file of the image holds a credential",
    finding: "A file of the image holds a credential",
    keywords: &["secret", "credential", "token", "private key", "password"],
    severity: Critical,
    rationale: "Everyone who can pull the image can read the credential.",
    remediation: &[(
        Image,
        Remedy {
            text: "Revoke the credential, and mount it at run time, or in the build by `RUN --mount=type=secret`. Build the image anew. The command lists the files of the image.",
            console: "RUN --mount=type=secret",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/build/building/best-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        ccm41("DSP-17", Supporting),
        cis_docker18("4.10", Partial(shows::STEP)),
        nsa_kubernetes12("N7", Supporting),
    ],
    test: no_entries!(
        ContainerImage.file_secrets,
        "/app/.env: line 3: a GitHub token (layer 2)",
        "no credential"
    ),
};
