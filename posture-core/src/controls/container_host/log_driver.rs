//! `container-host.log-driver`

use crate::prelude::*;
use posture_model::dated::Dated;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.log-driver",
    life: since("0.1.0"),
    title: "Logs of containers leave the host",
    finding: "Logs of containers stay on the host or are dropped",
    keywords: &["Docker", "dockerd", "log-driver", "json-file", "syslog", "fluentd"],
    severity: Low,
    rationale: "Logs that are on the host alone are lost with it, and an attacker who has the host deletes them.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set a `log-driver` that sends logs to another system. Where an agent collects the files of `json-file`, `local` or `journald`, accept the finding. The command shows the state of the daemon.",
            console: "log-driver",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/logging/configure/"],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-02", Supporting),
        cis_docker18("2.14", Supporting),
    ],
    test: Test {
        reads: &[Daemon::LOG_DRIVER],
        params: &[],
        check: Check::Daemon(check),
        examples: Examples {
            pass: |scope| scope.add(host("fluentd")),
            fail: |scope| scope.add(host("json-file")),
        },
    },
};

/// The drivers whose logs stay on the host, and the one that drops them.
/// [Source](https://docs.docker.com/engine/logging/configure/#supported-logging-drivers).
static LOCAL: Dated<&str> = Dated::new(
    &["https://docs.docker.com/engine/logging/configure/#supported-logging-drivers"],
    "2026-12-01",
    &["etwlogs", "journald", "json-file", "local", "none"],
);

fn host(driver: &str) -> Daemon {
    Daemon::unread("daemon/host", "host", None).log_driver(Known(driver.to_owned()))
}

fn check(daemon: &Daemon, _: &Context<'_>) -> CheckResult {
    let driver = daemon.log_driver.known()?;
    if LOCAL.iter().any(|local| local == driver) {
        return fail(
            Daemon::LOG_DRIVER,
            driver.clone(),
            "a driver that sends logs to another system",
        );
    }
    pass()
}
