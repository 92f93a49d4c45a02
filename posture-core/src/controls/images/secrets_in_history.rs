//! `images.secrets-in-history`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "everyone who can pull the image has the credential, which no setting of the image protects";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.secrets-in-history",
    life: since("0.1.0"),
    title: "No step of the build holds a credential",
    finding: "A step of the build holds a credential",
    keywords: &["ARG", "RUN", "history", "build argument", "secret"],
    severity: High,
    rationale: "The values of build arguments and the text of commands stay in the history of the image, which everyone who can pull it can read.",
    remediation: &[(
        Image,
        Remedy {
            text: "Revoke the credential, and pass it to the build by `RUN --mount=type=secret` in place of `ARG`. The command shows the steps of the build.",
            console: "ARG",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/reference/dockerfile/#arg",
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
        ContainerImage.history_secrets,
        "step 4 (RUN): build argument TOKEN: a GitHub token",
        "no credential"
    ),
};
