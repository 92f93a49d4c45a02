//! `container-host.seccomp-profile`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "containers that name no profile make every system call of the kernel";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.seccomp-profile",
    life: since("0.1.0"),
    title: "The daemon has a seccomp profile for containers",
    finding: "The daemon runs containers without seccomp",
    keywords: &["Docker", "dockerd", "seccomp-profile", "unconfined"],
    severity: High,
    rationale: "Seccomp blocks system calls that applications do not need, and most escapes from containers use one of these.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Remove `seccomp-profile` from `daemon.json`, or name a profile of your own. On a kernel without seccomp, change the kernel. The command shows the state of the daemon.",
            console: "seccomp-profile",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &["https://docs.docker.com/engine/security/seccomp/"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_docker18("2.18", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Daemon::SECCOMP_PROFILE],
        params: &[],
        check: Check::Daemon(|daemon, _| match daemon.seccomp_profile.known()?.as_str() {
            "" => fail(Daemon::SECCOMP_PROFILE, "none", "the built-in profile or one of your own"),
            "unconfined" => fail(
                Daemon::SECCOMP_PROFILE,
                "unconfined",
                "the built-in profile or one of your own",
            ),
            _ => pass(),
        }),
        examples: Examples {
            pass: |scope| scope.add(host("builtin")),
            fail: |scope| scope.add(host("unconfined")),
        },
    },
};

fn host(profile: &str) -> Daemon {
    Daemon::unread("daemon/host", "host", None).seccomp_profile(Known(profile.to_owned()))
}
