//! `images.package-caches`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.package-caches",
    life: since("0.1.0"),
    title: "The image holds no caches of package managers",
    finding: "The image holds caches of package managers",
    keywords: &["apt-get clean", "/var/lib/apt/lists", "apk --no-cache", "pip"],
    severity: Low,
    rationale: "Caches make images larger, and lists of packages that grow old lead later builds to outdated versions.",
    remediation: &[(
        Image,
        Remedy {
            text: "Delete caches in the step that makes them, or use options such as `apk add --no-cache`. The command lists the files of the image.",
            console: "RUN rm -rf /var/lib/apt/lists/*",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &["https://docs.docker.com/build/building/best-practices/#run"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("4.3", Supporting),
    ],
    test: no_entries!(ContainerImage.package_caches, "/var/lib/apt/lists: 12 files", "no cache"),
};
