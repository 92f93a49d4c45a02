//! `container-host.live-restore`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.live-restore",
    life: since("0.1.0"),
    title: "Containers keep running without the daemon",
    finding: "Containers end with the daemon",
    keywords: &["Docker", "dockerd", "live-restore"],
    severity: Low,
    rationale: "Without live restore, each update or crash of the daemon ends every container, so that updates are put off.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `\"live-restore\": true` in `daemon.json`. The command shows the state of the daemon.",
            console: "live-restore",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/daemon/live-restore/"],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        csf20("PR.PS-02", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("2.16", Full),
    ],
    test: Test {
        reads: &[Daemon::LIVE_RESTORE, Daemon::SWARM],
        params: &[],
        check: Check::Daemon(check),
        examples: Examples {
            pass: |scope| scope.add(host(true)),
            fail: |scope| scope.add(host(false)),
        },
    },
};

fn host(live_restore: bool) -> Daemon {
    let host = Daemon::unread("daemon/host", "host", None);
    host.live_restore(Known(live_restore)).swarm(Known(false))
}

fn check(daemon: &Daemon, _: &Context<'_>) -> CheckResult {
    if *daemon.live_restore.known()? {
        return pass();
    }
    if *daemon.swarm.known()? {
        return not_applicable("a daemon in a swarm cannot have live restore");
    }
    fail(Daemon::LIVE_RESTORE, "off", "live-restore is true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_in_a_swarm_cannot_have_it() {
        assert_not_applicable(&CONTROL, |scope| scope.add(host(false).swarm(Known(true))));
        assert_unknown(&CONTROL, |scope| scope.add(host(false).swarm(denied())));
        assert_unknown(&CONTROL, |scope| scope.add(host(false).live_restore(denied())));
        assert_passes(&CONTROL, |scope| scope.add(host(true).swarm(denied())));
    }
}
