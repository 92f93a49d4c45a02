//! Which level a namespace enforces, by its labels.
//!
//! Source: [Pod Security Admission](https://kubernetes.io/docs/concepts/security/pod-security-admission/), read on 2026-11-30. What the
//! API server does without labels, and what it exempts, is in a file of the server that no API shows.

use posture_model::tri::Tri;

use super::{Check, Level, Version};
use crate::labels::Labels;
use crate::open::{Open, Why};

/// The prefix of the labels.
const PREFIX: &str = "pod-security.kubernetes.io/";

/// What a namespace does with a pod that violates a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// It rejects the pod. Workloads whose template violates the level are accepted, and have no pods.
    Enforce,
    /// It notes the violation in the audit log.
    Audit,
    /// It shows the violation to the user.
    Warn,
}

impl Mode {
    const fn name(self) -> &'static str {
        match self {
            Self::Enforce => "enforce",
            Self::Audit => "audit",
            Self::Warn => "warn",
        }
    }
}

/// What the labels of a namespace set for a mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// No label sets it: the default of the server holds, which is that everything is allowed, unless its configuration says
    /// otherwise.
    Default,
    /// Everything is allowed.
    Privileged,
    /// A level at a version.
    Level(Level, Version),
}

impl Setting {
    /// What the labels set. The server keeps values that it does not know, if they are older than its validation: an unknown level is
    /// `restricted` where it is enforced and `privileged` elsewhere, and an unknown version is the newest.
    ///
    /// # Errors
    /// If a label that decides is not known.
    pub fn of(namespace: &str, labels: &Labels, mode: Mode) -> Result<Self, Why> {
        let get = |key: String| {
            labels.get(&key).map_err(|()| {
                Why::from([Open::NamespaceLabel { namespace: namespace.to_owned(), key }])
            })
        };
        let Some(level) = get(format!("{PREFIX}{}", mode.name()))? else {
            return Ok(Self::Default);
        };
        let level = match level {
            "baseline" => Level::Baseline,
            "restricted" => Level::Restricted,
            "privileged" => return Ok(Self::Privileged),
            _ if mode == Mode::Enforce => Level::Restricted,
            _ => return Ok(Self::Privileged),
        };
        let version = get(format!("{PREFIX}{}-version", mode.name()))?;
        let version = version.and_then(|text| text.parse().ok()).unwrap_or(Version::NEWEST);
        Ok(Self::Level(level, version))
    }

    /// Whether it is at least a level, with the checks that the level had when namespaces could first enforce it: a version of the
    /// label that is older than these has fewer. Open without a label, as the configuration of the server may set one.
    pub fn reaches(&self, level: Level) -> Tri<()> {
        match self {
            Self::Default => Tri::Unknown(()),
            Self::Privileged => Tri::No,
            Self::Level(own, version) => Tri::from(*own >= level && has_checks(level, *version)),
        }
    }
}

/// Whether a version of a level has every check that the level had when Pod Security admission became
/// [stable](https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates-removed/), read on 2026-12-01.
fn has_checks(level: Level, version: Version) -> bool {
    const STABLE: Version = Version::of_minor(25);
    let missing = |check: &Check| check.since() <= STABLE && check.since() > version;
    !Check::ALL.iter().any(|check| check.level() <= level && missing(check))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(labels: &[(&str, &str)], mode: Mode) -> Setting {
        let labels = labels.iter().map(|(key, value)| (format!("{PREFIX}{key}"), *value));
        Setting::of("shop", &Labels::exactly(labels), mode).unwrap()
    }

    #[test]
    fn a_level_that_is_not_known_is_the_strictest_where_it_is_enforced() {
        use Mode::{Audit, Enforce, Warn};
        use Setting::{Default, Privileged};
        let restricted = |minor| Setting::Level(Level::Restricted, Version::of_minor(minor));
        for (labels, mode, expected) in [
            (&[][..], Enforce, Default),
            (&[("audit", "restricted")], Enforce, Default),
            (&[("enforce", "privileged")], Enforce, Privileged),
            (&[("enforce", "restricted")], Enforce, restricted(37)),
            (&[("enforce", "restricted"), ("enforce-version", "v1.30")], Enforce, restricted(30)),
            (&[("enforce", "restricted"), ("enforce-version", "1.30")], Enforce, restricted(37)),
            (&[("enforce", "Baseline")], Enforce, restricted(37)),
            (&[("enforce", "")], Enforce, restricted(37)),
            (&[("audit", "Baseline")], Audit, Privileged),
            (&[("warn", "restricted"), ("warn-version", "latest")], Warn, restricted(37)),
        ] {
            assert_eq!(setting(labels, mode), expected, "{labels:?}");
        }
    }

    #[test]
    fn without_a_label_it_is_open_what_holds() {
        assert_eq!(Setting::Default.reaches(Level::Baseline), Tri::Unknown(()));
        assert_eq!(Setting::Privileged.reaches(Level::Baseline), Tri::No);
        let baseline = Setting::Level(Level::Baseline, Version::NEWEST);
        assert_eq!(baseline.reaches(Level::Baseline), Tri::Yes);
        assert_eq!(baseline.reaches(Level::Restricted), Tri::No);
        assert!(Setting::of("shop", &Labels::unknown(), Mode::Enforce).is_err());
    }

    #[test]
    fn a_version_without_the_checks_of_a_level_does_not_reach_it() {
        for (level, minor, of, expected) in [
            (Level::Restricted, 0, Level::Restricted, Tri::No),
            (Level::Restricted, 22, Level::Restricted, Tri::No),
            (Level::Restricted, 23, Level::Restricted, Tri::Yes),
            (Level::Restricted, 37, Level::Restricted, Tri::Yes),
            (Level::Restricted, 0, Level::Baseline, Tri::Yes),
            (Level::Baseline, 0, Level::Baseline, Tri::Yes),
            (Level::Baseline, 37, Level::Restricted, Tri::No),
        ] {
            let setting = Setting::Level(level, Version::of_minor(minor));
            assert_eq!(setting.reaches(of), expected, "{setting:?} {of:?}");
        }
    }
}
