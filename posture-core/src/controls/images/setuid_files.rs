//! `images.setuid-files`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the file gives the rights of another user to every process, and no distribution installs it so";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.setuid-files",
    life: since("0.1.0"),
    title: "No unusual file of the image gives rights to who starts it",
    finding: "Unusual files of the image give rights to who starts them",
    keywords: &["setuid", "setgid", "capabilities", "chmod u+s"],
    severity: Medium,
    rationale: "A process in the container can use such a file to become another user, such as root.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the permission in the build: `chmod a-s`, or `setcap -r` for capabilities. Set no-new-privileges where the image runs. The command lists the files of the image.",
            console: "RUN chmod a-s",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://man7.org/linux/man-pages/man7/capabilities.7.html",
        "https://docs.docker.com/engine/security/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_docker18("4.8", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(
        ContainerImage.privileged_files,
        "/app/helper: setuid (layer 3)",
        "only files that distributions install so"
    ),
};
