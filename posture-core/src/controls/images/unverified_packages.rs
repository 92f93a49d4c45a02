//! `images.unverified-packages`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the step installs or runs a download whose origin nothing checks";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.unverified-packages",
    life: since("0.1.0"),
    title: "The build installs nothing unverified",
    finding: "The build installs something unverified",
    keywords: &[
        "--allow-unauthenticated",
        "curl -k",
        "--no-check-certificate",
        "--trusted-host",
        "pipe to shell",
    ],
    severity: Medium,
    rationale: "Who is on the way to the download, or controls its server, decides what is in the image.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the options that turn off checks, and compare downloads with a known digest before they run. The command shows the steps of the build.",
            console: "RUN",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/best-practices/",
        "https://manpages.debian.org/bookworm/apt/apt-secure.8.en.html",
    ],
    satisfies: &[
        csf20("ID.RA-09", Partial(SHOWS)),
        csf20("PR.PS-06", Supporting),
        ccm41("AIS-06", Partial(SHOWS)),
        ccm41("TVM-06", Supporting),
        cis_docker18("4.11", Partial(shows::STEP)),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: no_entries!(
        ContainerImage.unverified_downloads,
        "step 4: --allow-unauthenticated",
        "checks of signatures, certificates or digests"
    ),
};
