//! `images.shared-host-keys`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "everyone who can pull the image has the private key by which clients know the server";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.shared-host-keys",
    life: since("0.1.0"),
    title: "The image holds no host keys of SSH",
    finding: "The image holds host keys of SSH",
    keywords: &["SSH", "ssh_host", "host key", "dropbear"],
    severity: Medium,
    rationale: "All containers of the image have the same host keys. Who pulls the image can pose as each of them.",
    remediation: &[(
        Image,
        Remedy {
            text: "Delete the keys in the step that makes them, and make them when the container starts, or leave the server out. The command lists the files of the image.",
            console: "RUN rm /etc/ssh/ssh_host_*",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://man.openbsd.org/sshd.8#FILES",
        "https://docs.docker.com/build/building/best-practices/",
    ],
    satisfies: &[csf20("PR.AA-01", Partial(SHOWS)), ccm41("IAM-14", Partial(SHOWS))],
    test: no_entries!(
        ContainerImage.host_keys,
        "/etc/ssh/ssh_host_rsa_key (layer 1)",
        "no host key"
    ),
};
