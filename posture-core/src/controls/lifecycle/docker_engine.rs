//! `lifecycle.docker-engine`

use posture_model::dated::Dated;
use posture_model::verdict::Undecided;

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nobody fixes vulnerabilities of the version any more";

/// See the [module](self).
///
/// Counter-test: a distribution may fix a version that the project does not fix any more. What it built has a suffix, and is unknown.
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.docker-engine",
    life: since("0.1.0"),
    title: "The version of Docker Engine is supported",
    finding: "The version of Docker Engine is past its end of support",
    keywords: &["Docker", "Docker Engine", "Moby", "dockerd", "version", "end of support"],
    severity: High,
    rationale: "The project fixes vulnerabilities of maintained branches only. A container that leaves its isolation through one of the \
                others is root on the host.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Upgrade the engine to a maintained version. The command shows the version that runs.",
            console: "ServerVersion",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/release-notes/",
        "https://github.com/moby/moby/blob/master/project/BRANCHES-AND-TAGS.md",
    ],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        csf20("ID.AM-08", Supporting),
        ccm41("TVM-08", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Daemon::VERSION],
        params: &[],
        check: Check::Daemon(check),
        examples: Examples {
            pass: |scope| scope.add(host("29.1.2")),
            fail: |scope| scope.add(host("20.10.24")),
        },
    },
};

/// The last day of a branch; none where the project names none. The project gives no dates in advance: those of the past are the day of
/// the change of its table, or the first release of the next branch.
static ENDS: Dated<((u16, u16), Option<&str>)> = Dated::new(
    &[
        "https://github.com/moby/moby/blob/master/project/BRANCHES-AND-TAGS.md",
        "https://github.com/endoflife-date/endoflife.date/blob/master/products/docker-engine.md",
    ],
    "2026-12-01",
    &[
        ((20, 10), Some("2023-12-10")),
        // By Mirantis.
        ((23, 0), Some("2025-05-19")),
        ((24, 0), Some("2024-06-08")),
        // By Amazon.
        ((25, 0), None),
        ((26, 0), Some("2024-06-08")),
        ((26, 1), Some("2025-02-17")),
        ((27, 0), Some("2025-05-03")),
        ((28, 0), None),
    ],
);

/// The branch that was the newest, and the day of which that is known: a year later it may not be maintained any more.
const NEWEST: (u16, &str, &str) = (29, "2026-03-05", "2027-03-05");

/// The state of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Maintained,
    Ended(&'static str),
    Unclear,
}

fn state(version: &str, today: &str) -> State {
    let mut parts = version.split(['.', '-', '+', '~']);
    let mut number = || parts.next().and_then(|part| part.parse::<u16>().ok());
    let (Some(major), Some(minor)) = (number(), number()) else { return State::Unclear };
    let (newest, _, until) = NEWEST;
    if major >= newest {
        return if today <= until { State::Maintained } else { State::Unclear };
    }
    // Before 27, a minor version had a branch of its own; before 20.10, so many that the end of all is enough.
    let branch = if major >= 27 { (major, 0) } else { (major, minor) };
    if branch < (20, 10) {
        return State::Ended("2021-02-01");
    }
    match ENDS.iter().find(|(of, _)| *of == branch) {
        Some((_, Some(day))) if today > *day => State::Ended(day),
        Some((_, Some(_))) => State::Maintained,
        Some((_, None)) | None => State::Unclear,
    }
}

fn host(version: &str) -> Daemon {
    Daemon::unread("daemon/host", "host", None).version(Known(version.to_owned()))
}

fn check(daemon: &Daemon, context: &Context<'_>) -> CheckResult {
    let version = daemon.version.known()?;
    let today = context.now()?.day();
    match state(version, &today) {
        State::Maintained => pass(),
        // A distribution supports what it built by its own dates.
        State::Ended(_) if version.contains(['-', '+', '~']) => {
            Err(Undecided::Unknown(GapId::VENDOR_SUPPORT))
        }
        State::Ended(day) => {
            let found = format!("{version}, supported until {day}");
            fail(Daemon::VERSION, found, "a maintained version")
        }
        State::Unclear => Err(Undecided::Unknown(GapId::NO_ANSWER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(day: &str, version: &str) -> &'static str {
        let mut scope = world(|scope| scope.add(host(version)));
        scope.finished = format!("{day}T12:00:00Z").parse().unwrap();
        match judged(&CONTROL, &scope).remove(0) {
            Ok(Verdict::Pass) => "pass",
            Ok(_) => "fail",
            Err(Undecided::Unknown(GapId::VENDOR_SUPPORT)) => "vendor",
            Err(_) => "unknown",
        }
    }

    #[test]
    fn what_is_not_known_to_be_maintained_or_not_is_unknown() {
        for (day, version, expected) in [
            ("2026-12-01", "29.1.2", "pass"),
            ("2026-12-01", "30.0.0", "pass"),
            // A year after the table, its newest branch may have ended.
            ("2027-03-05", "29.1.2", "pass"),
            ("2027-03-06", "29.1.2", "unknown"),
            ("2027-03-06", "27.5.1", "fail"),
            // The project named no end.
            ("2026-12-01", "28.5.2", "unknown"),
            ("2026-12-01", "25.0.14", "unknown"),
            ("2026-12-01", "27.5.1", "fail"),
            ("2025-05-03", "27.5.1", "pass"),
            ("2026-12-01", "26.1.5", "fail"),
            ("2026-12-01", "26.0.2", "fail"),
            ("2026-12-01", "20.10.24", "fail"),
            ("2026-12-01", "19.03.15", "fail"),
            ("2026-12-01", "1.13.1", "fail"),
            ("2026-12-01", "18.09.1-ce", "vendor"),
            ("2026-12-01", "20.10.24+dfsg1", "vendor"),
            ("2026-12-01", "27.5.1-0ubuntu3", "vendor"),
            ("2026-12-01", "26.7.0", "unknown"),
            ("2026-12-01", "dev", "unknown"),
            ("2026-12-01", "", "unknown"),
        ] {
            assert_eq!(on(day, version), expected, "{day} {version}");
        }
        assert_unknown(&CONTROL, |scope| scope.add(host("").version(denied())));
    }
}
