//! `images.latest-tag`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.latest-tag",
    life: since("0.1.0"),
    title: "The names of the image have a tag of their own",
    finding: "The image is named latest, or without a tag",
    keywords: &["latest", "tag", "digest"],
    severity: Low,
    rationale: "The tag `latest` is moved with each build, so that nobody knows which image runs, and no one can go back.",
    remediation: &[(
        Image,
        Remedy {
            text: "Give each build a tag of its own, and name images by digest where they run. The command shows the configuration of the image.",
            console: "docker build --tag",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
        "https://kubernetes.io/docs/concepts/containers/images/#image-names",
    ],
    satisfies: &[
        csf20("ID.RA-09", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("AIS-06", Supporting),
        ccm41("CCC-04", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: no_entries!(
        ContainerImage.latest_tags,
        "registry.example/web:latest",
        "a tag for each build"
    ),
};
