//! `lifecycle.kubernetes-version`

use posture_model::verdict::Undecided;

use crate::checks::kubernetes_version::{State, Whose, is_dated, state};
use crate::checks::managed_cluster::or_its_cloud;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the version gets no security fixes any more, neither from the project nor from the provider";

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
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Upgrade the control plane one minor version at a time, and then the nodes. The command shows \
                       the versions.",
                console: "API server: /version",
                command: Inspect("kubectl version --output yaml"),
            },
        ),
        (
            Aws,
            Remedy {
                text: "Upgrade the cluster one minor version at a time, and then its node groups.",
                console: "EKS → Clusters → the cluster → Upgrade version",
                command: Change(
                    "aws eks update-cluster-version --name <cluster> --region <region> --kubernetes-version <version>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Upgrade the cluster one minor version at a time, or request long-term support for its version.",
                console: "Kubernetes services → the cluster → Settings → Cluster configuration → Upgrade version",
                command: Change(
                    "az aks upgrade --resource-group <group> --name <cluster> --kubernetes-version <version>",
                ),
            },
        ),
    ],
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
        mcsb1("PV-6", Supporting),
        // It asks for a version with standard support, which ends before extended support does.
        fsbp("EKS.2", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[
            Cluster::VERSION,
            Cluster::PLATFORM,
            Cluster::LONG_TERM_SUPPORT,
            Cluster::API_SERVERS,
        ],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(cluster("v1.35.4", "other")),
            fail: |scope| scope.add(cluster("v1.30.2", "other")),
        },
    },
};

fn cluster(version: &str, platform: &str) -> Cluster {
    Cluster::unread_on(Kubernetes, "cluster", "cluster", None)
        .version(Known(version.to_owned()))
        .platform(Known(platform.to_owned()))
}

fn check(cluster: &Cluster, context: &Context<'_>) -> CheckResult {
    or_its_cloud(CONTROL.id, cluster, context, own(cluster, context))
}

/// What is decided by the view of the cluster alone.
pub(crate) fn own(cluster: &Cluster, context: &Context<'_>) -> CheckResult {
    let version = cluster.version.known()?;
    let today = context.now()?.day();
    let suffix = version.contains(['-', '+']);
    let own = if suffix { Whose::Vendor } else { Whose::Project };
    let aks = Whose::aks(&cluster.long_term_support);
    let whose: &[Whose] = match &cluster.platform {
        _ if version.contains("-eks-") => &[Whose::Eks],
        Known(platform) => match platform.as_str() {
            "eks" => &[Whose::Eks],
            "aks" => &[aks],
            "gke" => &[Whose::Vendor],
            _ => &[own],
        },
        // A plain version may be that of Azure Kubernetes Service.
        NotOffered | Gap(_) => &[own, aks],
    };
    // Everyone but the project and Amazon EKS may support a version for longer than is known here.
    let longer = whose.iter().any(|one| matches!(one, Whose::Vendor | Whose::Aks));
    let reason = if longer && is_dated(version) { GapId::VENDOR_SUPPORT } else { GapId::NO_ANSWER };
    let unclear = Err(Undecided::Unknown(reason));
    match state(version, whose, &today) {
        Some(State::Supported) => pass(),
        Some(State::Ended(day)) => {
            let found = format!("{version}, supported until {day}");
            fail(Cluster::VERSION, found, "a minor version that is supported")
        }
        Some(State::Unclear) => match cluster.long_term_support {
            Gap(gap) if whose == [Whose::Aks] => Err(Undecided::Unknown(gap)),
            _ => unclear,
        },
        // It depends on who manages the cluster.
        None => {
            cluster.platform.known()?;
            unclear
        }
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
            // Long-term support is an option that the cluster itself does not show.
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
    fn the_cloud_shows_which_support_a_cluster_has() {
        for (day, version, platform, long, expected) in [
            ("2026-11-30", "1.34.1", "aks", Known(false), "pass"),
            ("2026-12-01", "1.34.1", "aks", Known(false), "fail"),
            ("2026-12-01", "1.34.1", "aks", Known(true), "pass"),
            ("2027-12-01", "1.34.1", "aks", Known(true), "fail"),
            ("2026-12-01", "1.34.1", "aks", denied(), "unknown"),
            ("2027-12-01", "1.34.1", "aks", denied(), "fail"),
            // EKS shows no patch.
            ("2027-12-02", "1.34", "eks", NotOffered, "pass"),
            ("2027-12-03", "1.34", "eks", NotOffered, "fail"),
        ] {
            let mut scope = world(|scope| {
                scope.add(cluster(version, platform).long_term_support(long.clone()));
            });
            scope.finished = format!("{day}T12:00:00Z").parse().unwrap();
            let found = match judged(&CONTROL, &scope).remove(0) {
                Ok(Verdict::Pass) => "pass",
                Ok(_) => "fail",
                Err(_) => "unknown",
            };
            assert_eq!(found, expected, "{day} {platform} {long:?}");
        }
    }

    #[test]
    fn the_reason_names_the_vendor_whose_dates_are_not_known() {
        for (version, platform, reason) in [
            ("v1.34.1", "aks", GapId::VENDOR_SUPPORT),
            ("v1.34.1-gke.100", "gke", GapId::VENDOR_SUPPORT),
            ("v1.34.1+k3s1", "other", GapId::VENDOR_SUPPORT),
            ("v1.34.1+rke2r1", "other", GapId::VENDOR_SUPPORT),
            ("v2.0.0+k3s1", "other", GapId::NO_ANSWER),
            ("v1.99.0+k3s1", "other", GapId::NO_ANSWER),
        ] {
            let mut scope = world(|scope| scope.add(cluster(version, platform)));
            let day = if version.contains("99") { "2028-10-28" } else { "2026-12-01" };
            scope.finished = format!("{day}T12:00:00Z").parse().unwrap();
            let judged = judged(&CONTROL, &scope).remove(0);
            assert_eq!(judged, Err(Undecided::Unknown(reason)), "{version}");
            let detail = scope.gap(reason).unwrap().detail.clone().unwrap();
            assert_eq!(detail.contains("vendor"), reason == GapId::VENDOR_SUPPORT);
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
}
