//! `images.secrets-in-environment`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "everyone who can pull the image has the credential, which no setting of the image protects";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.secrets-in-environment",
    life: since("0.1.0"),
    title: "No variable or label of the image holds a credential",
    finding: "A variable or label of the image holds a credential",
    keywords: &["ENV", "LABEL", "secret", "credential", "password"],
    severity: High,
    rationale: "Variables, labels and commands are in the configuration of the image, which everyone who can pull it can read, and in the environment of every process.",
    remediation: &[(
        Image,
        Remedy {
            text: "Revoke the credential, remove it from `ENV`, `LABEL` and commands, and set it when the container starts. The command shows the configuration of the image.",
            console: "ENV",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://docs.docker.com/reference/dockerfile/#env",
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
        ContainerImage.configuration_secrets,
        "ENV API_KEY: a value with a telling name",
        "no credential"
    ),
};
