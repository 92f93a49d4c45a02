//! `container-host.swarm-mode`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.swarm-mode",
    life: since("0.1.0"),
    title: "Swarm mode is off where it is not needed",
    finding: "Swarm mode is on",
    keywords: &["Docker", "dockerd", "swarm"],
    severity: Low,
    rationale: "A member of a swarm listens on further ports, and runs what a manager elsewhere asks for.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Leave the swarm where it is not needed. Where it is, accept the finding. The command leaves it.",
            console: "swarm",
            command: Change("docker swarm leave"),
        },
    )],
    references: &["https://docs.docker.com/engine/swarm/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("5.1", Partial(UNDECLARED)),
    ],
    test: is_false!(Daemon.swarm, "a member of a swarm", "not a member of a swarm"),
};

/// Why a failure shows that the row is not met.
const UNDECLARED: &str = "the daemon is in a swarm, and no exception declares that it needs to be";
