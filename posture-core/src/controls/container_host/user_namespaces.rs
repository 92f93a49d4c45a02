//! `container-host.user-namespaces`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a container that runs as root has the user ID of root on its host, and no other setting of the daemon changes that";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.user-namespaces",
    life: since("0.1.0"),
    title: "Root in containers is not root of the host",
    finding: "Root in containers is root of the host",
    keywords: &["Docker", "dockerd", "userns-remap", "user namespace"],
    severity: Medium,
    rationale: "Without a user namespace, root in a container has the user ID of root on the host: a flaw of the kernel or a mounted path is then enough to have the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `userns-remap` in `daemon.json`, or run the daemon in rootless mode. The command shows the state of the daemon.",
            console: "userns-remap",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/security/userns-remap/"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Supporting),
        cis_docker18("2.10", Partial(shows::STEP)),
    ],
    test: is_true!(Daemon.user_namespaces, "off", "userns-remap or rootless mode"),
};
