//! `container-host.security-modules`

use crate::checks::lists;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "no mandatory access control confines the containers of the host";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.security-modules",
    life: since("0.1.0"),
    title: "AppArmor or SELinux confines containers",
    finding: "Neither AppArmor nor SELinux confines containers",
    keywords: &["Docker", "dockerd", "AppArmor", "SELinux", "selinux-enabled"],
    severity: Medium,
    rationale: "Without mandatory access control, only the separation of namespaces is between a container and the files of its host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Enable AppArmor on the host, or SELinux with `\"selinux-enabled\": true` in `daemon.json`. The command shows the state of the daemon.",
            console: "selinux-enabled",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/security/apparmor/",
        "https://docs.docker.com/reference/cli/dockerd/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_docker18("5.2", Supporting),
        cis_docker18("5.3", Supporting),
    ],
    test: lists::names_some!(Daemon.security_modules, "apparmor", "none", "AppArmor or SELinux"),
};
