//! `container-host.iptables`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.iptables",
    life: since("0.1.0"),
    title: "The daemon manages its iptables rules",
    finding: "The daemon may not change iptables",
    keywords: &["Docker", "dockerd", "iptables", "firewall"],
    severity: Medium,
    rationale: "Without its rules, published ports, the separation of networks and `icc` depend on rules that someone keeps by hand.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `\"iptables\": false` from `daemon.json`. The command shows the state of the daemon.",
            console: "iptables",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/network/packet-filtering-firewalls/"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_docker18("2.4", Full),
    ],
    test: is_true!(Daemon.manages_iptables, "iptables is false", "iptables is not false"),
};
