//! `images.update-alone`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.update-alone",
    life: since("0.1.0"),
    title: "Package lists are updated in the step that installs",
    finding: "Package lists are updated in a step of their own",
    keywords: &["apt-get update", "RUN", "build cache"],
    severity: Low,
    rationale: "The build cache keeps the step, so that a later build installs versions from old lists.",
    remediation: &[(
        Image,
        Remedy {
            text: "Update and install in one `RUN`. The command shows the steps of the build.",
            console: "RUN apt-get update && apt-get install",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &["https://docs.docker.com/build/building/best-practices/#run"],
    satisfies: &[
        csf20("PR.PS-06", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.7", Partial(shows::STEP)),
    ],
    test: no_entries!(
        ContainerImage.lone_updates,
        "step 3: apt-get update",
        "an update and an installation in one step"
    ),
};
