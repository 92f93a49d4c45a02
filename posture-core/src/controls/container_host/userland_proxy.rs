//! `container-host.userland-proxy`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.userland-proxy",
    life: since("0.1.0"),
    title: "Published ports need no proxy process",
    finding: "Published ports go through a proxy process",
    keywords: &["Docker", "dockerd", "userland-proxy", "docker-proxy"],
    severity: Low,
    rationale: "The proxy is one more process of root for each published port, and hides the address of clients from the container.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `\"userland-proxy\": false` in `daemon.json`, where the kernel supports hairpin NAT. The command shows the state of the daemon.",
            console: "userland-proxy",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/reference/cli/dockerd/"],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_docker18("2.17", Full),
    ],
    test: is_false!(Daemon.userland_proxy, "on", "userland-proxy is false"),
};
