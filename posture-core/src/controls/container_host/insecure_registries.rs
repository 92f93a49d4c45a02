//! `container-host.insecure-registries`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the daemon sends credentials to this registry, and takes images from it, without TLS or without knowing the server";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.insecure-registries",
    life: since("0.1.0"),
    title: "The daemon trusts no insecure registry",
    finding: "The daemon trusts an insecure registry",
    keywords: &["Docker", "dockerd", "insecure-registries", "TLS"],
    severity: High,
    rationale: "Images of an insecure registry come without TLS, or from a server whose certificate is not verified. An attacker on the way replaces them.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Give the registry a certificate, put its CA into `/etc/docker/certs.d`, and remove it from `insecure-registries`. The command shows the state of the daemon.",
            console: "insecure-registries",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/#insecure-registries"],
    satisfies: &[
        csf20("PR.DS-02", Partial(SHOWS)),
        csf20("ID.RA-09", Supporting),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("IPY-03", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("2.5", Full),
    ],
    test: no_entries!(Daemon.insecure_registries, "no insecure registry"),
};
