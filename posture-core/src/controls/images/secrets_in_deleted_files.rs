//! `images.secrets-in-deleted-files`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "everyone who can pull the image has the credential, which no setting of the image protects";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.secrets-in-deleted-files",
    life: since("0.1.0"),
    title: "No deleted file in the layers of the image holds a credential",
    finding: "A deleted file in a layer of the image holds a credential",
    keywords: &["secret", "credential", "layer", "whiteout", "deleted"],
    severity: Critical,
    rationale: "A file that a later layer deletes is still in the layer before it. Everyone who can pull the image can read the credential there.",
    remediation: &[(
        Image,
        Remedy {
            text: "Revoke the credential. Mount it in the build by `RUN --mount=type=secret`, or build in a stage of which the image copies only the result. The command shows the steps of the build.",
            console: "RUN --mount=type=secret",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/secrets/",
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts",
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
        ContainerImage.deleted_file_secrets,
        "/root/.npmrc: line 1: an npm token (layer 1, deleted in layer 2)",
        "no credential in any layer"
    ),
};
