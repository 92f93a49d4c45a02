//! Versions of Kubernetes, as `v1.33.2`, `v1.33.4-eks-1a2b3c4`, `v1.33.5+k3s1` or `1.33`, and until when they are supported.

use posture_model::dated::Dated;

use crate::prelude::*;

/// The minor version of a version of Kubernetes 1.
pub(crate) fn minor(version: &str) -> Option<u16> {
    let rest = version.strip_prefix('v').unwrap_or(version).strip_prefix("1.")?;
    let end = rest.find(|one: char| !one.is_ascii_digit()).unwrap_or(rest.len());
    let (minor, patch) = rest.split_at(end);
    minor.parse().ok().filter(|_| patch.is_empty() || patch.starts_with('.'))
}

/// The last days of a minor version.
struct End {
    minor: u16,
    /// Of the project.
    project: &'static str,
    /// Of Amazon EKS, with extended support, into which clusters come by themselves.
    eks: Option<&'static str>,
    /// Of Azure Kubernetes Service: of standard support, and of long-term support, which a cluster has to ask for.
    aks: Option<(&'static str, &'static str)>,
}

const fn end(
    minor: u16,
    project: &'static str,
    eks: Option<&'static str>,
    aks: Option<(&'static str, &'static str)>,
) -> End {
    End { minor, project, eks, aks }
}

/// The newest first.
static ENDS: Dated<End> = Dated::new(
    &[
        "https://kubernetes.io/releases/patch-releases/",
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        // The page as it was when it still had 1.28, 1.29 and 1.30.
        "https://github.com/awsdocs/amazon-eks-user-guide/blob/10ac1b44ba7cf6ea5a2e12f9c4e71b31b72a0ead/latest/ug/clusters/kubernetes-versions.adoc",
        "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ],
    "2026-12-01",
    &[
        end(37, "2027-10-28", None, None),
        end(36, "2027-06-28", Some("2028-08-02"), Some(("2027-06-30", "2028-06-30"))),
        end(35, "2027-02-28", Some("2028-03-27"), Some(("2027-03-31", "2028-03-31"))),
        end(34, "2026-10-27", Some("2027-12-02"), Some(("2026-11-30", "2027-11-30"))),
        end(33, "2026-06-28", Some("2027-07-29"), Some(("2026-07-31", "2027-07-31"))),
        end(32, "2026-02-28", Some("2027-03-23"), Some(("2026-03-31", "2027-03-31"))),
        end(31, "2025-11-11", Some("2026-11-26"), None),
        end(30, "2025-07-15", Some("2026-07-23"), None),
        end(29, "2025-02-28", Some("2026-03-23"), None),
        end(28, "2024-10-28", Some("2025-11-26"), None),
    ],
);

/// Whose dates count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    Project,
    /// The project's, and after its end those of someone who may support it for longer.
    Vendor,
    Eks,
    /// Those of standard and of long-term support, where it is not known which of both a cluster has.
    Aks,
    AksStandard,
    AksLongTerm,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Supported,
    /// Since after this day.
    Ended(&'static str),
    Unclear,
}

impl Whose {
    /// The dates of a cluster of Azure Kubernetes Service, by whether it has long-term support.
    pub(crate) fn aks(long_term: &Fact<bool>) -> Self {
        match long_term {
            Known(true) => Self::AksLongTerm,
            Known(false) => Self::AksStandard,
            NotOffered | Gap(_) => Self::Aks,
        }
    }

    /// The last day of a minor version with what everyone has, and with what some have.
    fn ends(self, end: &End) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::Project => Some((end.project, Some(end.project))),
            Self::Vendor => Some((end.project, None)),
            Self::Eks => end.eks.map(|last| (last, Some(last))),
            Self::Aks => end.aks.map(|(last, long)| (last, Some(long))),
            Self::AksStandard => end.aks.map(|(last, _)| (last, Some(last))),
            Self::AksLongTerm => end.aks.map(|(_, long)| (long, Some(long))),
        }
    }

    fn state(self, minor: u16, today: &str) -> State {
        let known: Vec<(u16, &str, Option<&'static str>)> = ENDS
            .iter()
            .filter_map(|end| self.ends(end).map(|(last, long)| (end.minor, last, long)))
            .collect();
        let (Some(newest), Some(oldest)) = (known.first(), known.last()) else {
            return State::Unclear;
        };
        // A later version ends later, and an earlier one earlier.
        let at = minor.clamp(oldest.0, newest.0);
        let Some((_, last, long)) = known.iter().find(|(of, ..)| *of == at) else {
            return State::Unclear;
        };
        match long {
            _ if minor >= oldest.0 && today <= *last => State::Supported,
            Some(long) if minor <= newest.0 && today > *long => State::Ended(long),
            _ => State::Unclear,
        }
    }
}

/// Whether the dates go as far as a version.
pub(crate) fn is_dated(version: &str) -> bool {
    minor(version).is_some_and(|minor| ENDS.iter().any(|end| end.minor >= minor))
}

/// What the dates show of a version; nothing where it depends on whose dates count.
pub(crate) fn state(version: &str, whose: &[Whose], today: &str) -> Option<State> {
    let Some(minor) = minor(version) else { return Some(State::Unclear) };
    let mut states = whose.iter().map(|whose| whose.state(minor, today));
    let first = states.next()?;
    let same = |other: State| match (first, other) {
        (State::Ended(_), State::Ended(_)) => true,
        (one, other) => one == other,
    };
    states.all(same).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minors_of_versions() {
        for (version, expected) in [
            ("v1.33.2", Some(33)),
            ("1.9.0", Some(9)),
            ("v1.33.4-eks-1a2b3c4", Some(33)),
            ("v1.33.5+k3s1", Some(33)),
            ("v1.33.0-rc.1", Some(33)),
            ("1.33", Some(33)),
            ("v1.33-rc", None),
            ("v2.1.0", None),
            ("v1.x.0", None),
            ("v1.99999999.0", None),
            ("", None),
        ] {
            assert_eq!(minor(version), expected, "{version}");
        }
    }

    #[test]
    fn later_versions_end_later() {
        let ends = |of: fn(&End) -> Option<&'static str>| -> Vec<&str> {
            ENDS.iter().filter_map(of).collect()
        };
        for all in [
            ends(|end| Some(end.project)),
            ends(|end| end.eks),
            ends(|end| end.aks.map(|(last, _)| last)),
            ends(|end| end.aks.map(|(_, long)| long)),
        ] {
            assert!(all.is_sorted_by(|one, next| one > next), "{all:?}");
        }
        assert!(ENDS.is_sorted_by(|one, next| one.minor == next.minor + 1));
    }
}
