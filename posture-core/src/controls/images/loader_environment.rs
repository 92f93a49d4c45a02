//! `images.loader-environment`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.loader-environment",
    life: since("0.1.0"),
    title: "No variable of the image loads foreign programs or libraries",
    finding: "A variable of the image loads programs or libraries from elsewhere",
    keywords: &["LD_PRELOAD", "PATH", "ENV"],
    severity: Medium,
    rationale: "Who can write a directory of `PATH`, or the library that is loaded first, decides what other programs of the container do.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the variable, and list only absolute directories that root alone may write in `PATH`. The command shows the configuration of the image.",
            console: "ENV",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://man7.org/linux/man-pages/man8/ld.so.8.html"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        csf20("PR.PS-05", Supporting),
        ccm41("I&S-04", Supporting),
    ],
    test: no_entries!(
        ContainerImage.loader_variables,
        "LD_PRELOAD: loads code into every program",
        "absolute directories that root alone may write"
    ),
};
