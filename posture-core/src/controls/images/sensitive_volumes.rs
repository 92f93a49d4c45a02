//! `images.sensitive-volumes`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "what is in the volume, and not the image, decides the settings or programs of the system";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.sensitive-volumes",
    life: since("0.1.0"),
    title: "The image declares no volume on a directory of the system",
    finding: "The image declares a volume on a directory of the system",
    keywords: &["VOLUME", "/etc", "mount"],
    severity: Medium,
    rationale: "Every container of the image gets a volume there: what the volume holds replaces programs and settings of the image, and outlives its updates.",
    remediation: &[(
        Image,
        Remedy {
            text: "Declare volumes on directories of the application only. The command shows the configuration of the image.",
            console: "VOLUME",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://docs.docker.com/reference/dockerfile/#volume"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Supporting),
        cis_docker18("5.6", Supporting),
    ],
    test: no_entries!(
        ContainerImage.sensitive_volumes,
        "/etc",
        "volumes on directories of the application"
    ),
};
