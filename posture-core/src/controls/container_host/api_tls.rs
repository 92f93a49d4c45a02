//! `container-host.api-tls`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the API gives control of the host to every client that reaches the address, without knowing who it is";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.api-tls",
    life: since("0.1.0"),
    title: "Clients of the API prove who they are by TLS",
    finding: "The API is open on the network without verified clients",
    keywords: &["Docker", "dockerd", "tcp", "tlsverify", "2375", "2376"],
    severity: Critical,
    rationale: "Anyone who reaches the API has the host: it starts privileged containers. TLS without `tlsverify` encrypts, and accepts every client.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove the `tcp://` address, and use `ssh://` from clients. Where TCP must be, set `tlsverify` with a CA for clients. The command shows the warnings of the daemon.",
            console: "hosts, tlsverify",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/security/protect-access/"],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.DS-02", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("CEK-03", Supporting),
        ccm41("AIS-08", Supporting),
        cis_docker18("2.8", Full),
    ],
    test: no_entries!(Daemon.unprotected_addresses, "no TCP address, or tlsverify"),
};
