//! `container-host.log-level`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.log-level",
    life: since("0.1.0"),
    title: "The daemon logs at level info",
    finding: "The daemon does not log at level info",
    keywords: &["Docker", "dockerd", "log-level", "debug"],
    severity: Low,
    rationale: "At a higher level, events that show an attack are missing; at `debug`, logs fill up and may hold data of requests.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `log-level` and `debug` from `daemon.json`, or set the level to `info`. The command shows the state of the daemon.",
            console: "log-level",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/daemon/logs/"],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-09", Supporting),
        cis_docker18("2.3", Full),
    ],
    test: Test {
        reads: &[Daemon::LOG_LEVEL],
        params: &[],
        check: Check::Daemon(|daemon, _| match daemon.log_level.known()?.as_str() {
            "info" => pass(),
            level => fail(Daemon::LOG_LEVEL, level.to_owned(), "info"),
        }),
        examples: Examples {
            pass: |scope| scope.add(host("info")),
            fail: |scope| scope.add(host("fatal")),
        },
    },
};

fn host(level: &str) -> Daemon {
    Daemon::unread("daemon/host", "host", None).log_level(Known(level.to_owned()))
}
