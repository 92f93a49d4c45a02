//! `workloads.user-namespace-override`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container turns off a protection that the daemon may provide, and nothing declares that it has to";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.user-namespace-override",
    life: since("0.1.0"),
    title: "Containers stay in the user namespace of the daemon",
    finding: "A container leaves the user namespace of the daemon",
    keywords: &["Docker", "Compose", "userns", "userns-remap", "user namespace"],
    severity: Medium,
    rationale: "Where the daemon maps root of containers to another user, `userns_mode: host` takes that protection away: root in the container is root of the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `userns_mode: host`, or start the container without `--userns host`. The command shows the settings of the container.",
            console: "services.<name>.userns_mode",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/security/userns-remap/#disable-namespace-remapping-for-a-container",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Supporting),
        cis_docker18("5.31", Full),
    ],
    test: no_entries!(Workload.user_namespace_overrides, "the user namespace of the daemon"),
};
