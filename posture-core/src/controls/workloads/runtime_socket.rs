//! `workloads.runtime-socket`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container controls the runtime of its host, and with it the host and every other container there";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.runtime-socket",
    life: since("0.1.0"),
    title: "Containers cannot reach the socket of the container runtime",
    finding: "A container has the socket of the container runtime",
    keywords: &["Docker", "Compose", "docker.sock", "containerd.sock", "container escape"],
    severity: Critical,
    rationale: "An attacker who can use the socket starts a privileged container and so has the host. A read-only mount does not prevent that: requests are written to the socket, not to its file.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove the mount. Where a tool needs the API, place a proxy in front of it that allows only the requests that the tool makes. The command shows the settings of the container.",
            console: "services.<name>.volumes, services.<name>.use_api_socket",
            command: Inspect("docker inspect <container>"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
        "https://docs.docker.com/engine/security/protect-access/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        cis_docker18("5.32", Full),
    ],
    test: no_entries!(Workload.runtime_sockets, "no socket of a container runtime"),
};
