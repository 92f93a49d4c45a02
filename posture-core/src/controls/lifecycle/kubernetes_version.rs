//! `lifecycle.kubernetes-version`

use posture_model::dated::Dated;
use posture_model::verdict::Undecided;

use crate::checks::kubernetes_version::minor;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the version gets no security fixes any more, neither from the project nor from the provider";

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
        "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ],
    "2026-11-30",
    &[
        end(37, "2027-10-28", None, None),
        end(36, "2027-06-28", Some("2028-08-02"), Some(("2027-06-30", "2028-06-30"))),
        end(35, "2027-02-28", Some("2028-03-27"), Some(("2027-03-31", "2028-03-31"))),
        end(34, "2026-10-27", Some("2027-12-02"), Some(("2026-11-30", "2027-11-30"))),
        end(33, "2026-06-28", Some("2027-07-29"), Some(("2026-07-31", "2027-07-31"))),
        end(32, "2026-02-28", Some("2027-03-23"), Some(("2026-03-31", "2027-03-31"))),
        end(31, "2025-11-11", Some("2026-11-26"), None),
        end(30, "2025-07-15", None, None),
    ],
);

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.kubernetes-version",
    life: since("0.1.0"),
    title: "The Kubernetes version is supported",
    finding: "The Kubernetes version is past its end of support",
    keywords: &["Kubernetes", "version", "end of support", "patch releases", "EKS", "AKS"],
    severity: High,
    rationale: "A minor version gets security fixes for about fourteen months. After that, vulnerabilities of the \
                API server and the kubelet stay open.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Upgrade the control plane one minor version at a time, and then the nodes. The command shows \
                   the versions.",
            console: "API server: /version",
            command: Inspect("kubectl version --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/releases/patch-releases/",
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        csf20("ID.AM-08", Supporting),
        ccm41("TVM-08", Partial(SHOWS)),
        nsa_kubernetes12("U", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Cluster::VERSION, Cluster::PLATFORM],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(cluster("v1.35.4", "other")),
            fail: |scope| scope.add(cluster("v1.30.2", "other")),
        },
    },
};

fn cluster(version: &str, platform: &str) -> Cluster {
    Cluster::unread("cluster", "cluster", None)
        .version(Known(version.to_owned()))
        .platform(Known(platform.to_owned()))
}

/// Whose dates count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    Project,
    /// The project's, and after its end those of someone who may support it for longer.
    Vendor,
    Eks,
    Aks,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Supported,
    /// Since after this day.
    Ended(&'static str),
    Unclear,
}

impl Whose {
    /// The last day of a minor version with what everyone has, and with what some have.
    fn ends(self, end: &End) -> Option<(&'static str, Option<&'static str>)> {
        match self {
            Self::Project => Some((end.project, Some(end.project))),
            Self::Vendor => Some((end.project, None)),
            Self::Eks => end.eks.map(|last| (last, Some(last))),
            Self::Aks => end.aks.map(|(last, long)| (last, Some(long))),
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

fn check(cluster: &Cluster, context: &Context<'_>) -> CheckResult {
    let version = cluster.version.known()?;
    let unclear = Err(Undecided::Unknown(GapId::NO_ANSWER));
    let Some(minor) = minor(version) else { return unclear };
    let today = context.now()?.day();
    let suffix = version.contains(['-', '+']);
    let own = if suffix { Whose::Vendor } else { Whose::Project };
    let whose: &[Whose] = match &cluster.platform {
        _ if version.contains("-eks-") => &[Whose::Eks],
        Known(platform) => match platform.as_str() {
            "eks" => &[Whose::Eks],
            "aks" => &[Whose::Aks],
            "gke" => &[Whose::Vendor],
            _ => &[own],
        },
        // A plain version may be that of Azure Kubernetes Service.
        NotOffered | Gap(_) => &[own, Whose::Aks],
    };
    let mut states = whose.iter().map(|whose| whose.state(minor, &today));
    let state = states.next().unwrap_or(State::Unclear);
    let same = |other: State| match (state, other) {
        (State::Ended(_), State::Ended(_)) => true,
        (one, other) => one == other,
    };
    if !states.all(same) {
        cluster.platform.known()?;
    }
    match state {
        State::Supported => pass(),
        State::Ended(day) => {
            let found = format!("{version}, supported until {day}");
            fail(Cluster::VERSION, found, "a minor version that is supported")
        }
        State::Unclear => unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcome on a day: `pass`, `fail` or `unknown`.
    fn on(day: &str, version: &str, platform: Fact<String>) -> &'static str {
        let mut scope = world(|scope| {
            scope.add(cluster(version, "").platform(platform));
        });
        scope.finished = format!("{day}T12:00:00Z").parse().unwrap();
        match judged(&CONTROL, &scope).remove(0) {
            Ok(Verdict::Pass) => "pass",
            Ok(Verdict::Fail(_)) => "fail",
            Ok(Verdict::NotApplicable(_)) => "not applicable",
            Err(_) => "unknown",
        }
    }

    #[test]
    fn each_platform_has_its_own_end() {
        for (day, version, platform, expected) in [
            ("2026-10-27", "v1.34.1", "other", "pass"),
            ("2026-10-28", "v1.34.1", "other", "fail"),
            ("2026-10-28", "v1.34.1-eks-1a2b3c4", "eks", "pass"),
            ("2027-12-03", "v1.34.1-eks-1a2b3c4", "eks", "fail"),
            // Long-term support is an option that the cluster does not show.
            ("2026-11-30", "v1.34.1", "aks", "pass"),
            ("2026-12-01", "v1.34.1", "aks", "unknown"),
            ("2027-12-01", "v1.34.1", "aks", "fail"),
            ("2026-10-27", "v1.34.1-gke.100", "gke", "pass"),
            ("2026-10-28", "v1.34.1-gke.100", "gke", "unknown"),
            ("2026-10-28", "v1.34.1+k3s1", "other", "unknown"),
            // Older and newer than what is known.
            ("2026-10-28", "v1.20.0", "other", "fail"),
            ("2026-10-28", "v1.99.0", "other", "pass"),
            ("2028-10-28", "v1.99.0", "other", "unknown"),
            ("2026-10-28", "v2.0.0", "other", "unknown"),
        ] {
            assert_eq!(on(day, version, Known(platform.to_owned())), expected, "{day} {version}");
        }
    }

    #[test]
    fn without_the_platform_the_dates_of_all_have_to_agree() {
        for (day, version, expected) in [
            ("2026-10-27", "v1.34.1", "pass"),
            ("2026-10-28", "v1.34.1", "unknown"),
            ("2028-01-01", "v1.34.1", "fail"),
            ("2026-10-28", "v1.34.1-eks-1a2b3c4", "pass"),
        ] {
            assert_eq!(on(day, version, denied()), expected, "{day} {version}");
        }
        let denied = cluster("", "other").version(denied());
        assert_unknown(&CONTROL, |scope| scope.add(denied));
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
