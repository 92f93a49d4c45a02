//! `images.origin-labels`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.origin-labels",
    life: since("0.1.0"),
    title: "The labels of the image name its source",
    finding: "Labels that name the source of the image are missing",
    keywords: &["LABEL", "org.opencontainers.image.source", "org.opencontainers.image.revision"],
    severity: Low,
    rationale: "Without them, nobody finds the code and the commit of a running image, for instance to fix a vulnerability.",
    remediation: &[(
        Image,
        Remedy {
            text: "Set `org.opencontainers.image.source` and `org.opencontainers.image.revision` in the build. The command shows the configuration of the image.",
            console: "LABEL",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys",
    ],
    satisfies: &[csf20("ID.AM-02", Supporting), ccm41("AIS-06", Supporting)],
    test: no_entries!(
        ContainerImage.missing_labels,
        "org.opencontainers.image.source",
        "both labels"
    ),
};
