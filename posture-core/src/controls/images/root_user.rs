//! `images.root-user`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the image is built to run as root, although its programs could have a user of their own";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.root-user",
    life: since("0.1.0"),
    title: "Containers of the image do not run as root",
    finding: "The image runs as root",
    keywords: &["USER", "root", "Dockerfile", "image", "uid 0"],
    severity: High,
    rationale: "Root in a container is root of its host for every flaw of the kernel or the runtime, and it can change every file of the container. Who starts the image can set another user, and rarely does.",
    remediation: &[(
        Image,
        Remedy {
            text: "Create a user in the build, and end the Dockerfile with `USER` and its number. The command shows the configuration of the image.",
            console: "USER",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/dockerfile/#user",
        "https://docs.docker.com/build/building/best-practices/#user",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        cis_docker18("4.1", Full),
        nsa_kubernetes12("P1", Supporting),
    ],
    test: no_entries!(ContainerImage.root_user, "no user is set", "a user other than 0"),
};
