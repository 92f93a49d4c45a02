//! `container-host.inter-container-traffic`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "containers that belong to different applications reach each other, as all that name no network are on the default bridge";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.inter-container-traffic",
    life: since("0.1.0"),
    title: "Containers on the default bridge cannot reach each other",
    finding: "Containers on the default bridge reach each other",
    keywords: &["Docker", "dockerd", "icc", "docker0"],
    severity: Medium,
    rationale: "On the default bridge, an attacker in one container reaches every port of every other.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `\"icc\": false` in `daemon.json`, and use networks of their own for containers that must talk. The command shows the option of the network.",
            console: "icc",
            command: Inspect("docker network inspect bridge"),
        },
    )],
    references: &[
        "https://docs.docker.com/reference/cli/dockerd/",
        "https://docs.docker.com/engine/network/drivers/bridge/#use-the-default-bridge-network",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_docker18("2.2", Full),
    ],
    test: is_false!(Daemon.inter_container_traffic, "allowed", "icc is false"),
};
