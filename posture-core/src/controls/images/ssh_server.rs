//! `images.ssh-server`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "a container has no use for a server for logins: its engine gives access without one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.ssh-server",
    life: since("0.1.0"),
    title: "The image holds no SSH server",
    finding: "The image holds an SSH server",
    keywords: &["SSH", "sshd", "dropbear"],
    severity: Medium,
    rationale: "A server for logins in a container has its own users, keys and flaws. Engines and clusters give access to containers without one.",
    remediation: &[(
        Image,
        Remedy {
            text: "Leave the server out, and use `docker exec` or `kubectl exec`. The command lists the files of the image.",
            console: "RUN apt-get remove openssh-server",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/best-practices/",
        "https://docs.docker.com/reference/cli/docker/container/exec/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_docker18("5.7", Partial(shows::STEP)),
    ],
    test: no_entries!(ContainerImage.ssh_servers, "/usr/sbin/sshd (layer 1)", "no SSH server"),
};
