//! `images.empty-passwords`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the user signs in without any proof of who it is";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.empty-passwords",
    life: since("0.1.0"),
    title: "No user of the image is without a password",
    finding: "A user of the image has no password",
    keywords: &["/etc/shadow", "password", "login"],
    severity: Critical,
    rationale: "Anyone who reaches a login or `su` in a container becomes this user.",
    remediation: &[(
        Image,
        Remedy {
            text: "Lock the user: `passwd --lock` writes `!` in its field of `/etc/shadow`. The command lists the files of the image.",
            console: "RUN passwd --lock",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &["https://man7.org/linux/man-pages/man5/shadow.5.html"],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("IAM-13", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
    ],
    test: no_entries!(ContainerImage.empty_passwords, "root", "a locked user, or a password"),
};
