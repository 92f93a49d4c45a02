//! `control-plane.public-endpoint`

use posture_model::network::{Addresses, Breadth, Family};
use posture_model::verdict::Undecided;

use crate::checks::managed_cluster::{AKS, EKS, example};
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "anyone on the internet can connect to the API server, which administers the whole cluster; what is meant for \
                     everyone is declared by an exception";

/// See the [module](self).
///
/// Counter-test: anyone who connects still has to sign in, so that a failure is not yet access to the cluster.
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.public-endpoint",
    life: since("0.1.0"),
    title: "The API server of a cluster is not open to the internet",
    finding: "API server is open to the internet",
    keywords: &[
        "Kubernetes",
        "EKS",
        "AKS",
        "API server",
        "public endpoint",
        "private cluster",
        "publicAccessCidrs",
        "authorized IP ranges",
    ],
    severity: High,
    rationale: "The API server controls everything in the cluster. If the internet reaches it, a leaked token or one flaw of the \
                server gives an attacker the cluster.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on the private endpoint, and turn off the public one or limit it to known ranges.",
                console: "EKS → Clusters → the cluster → Networking → Manage endpoint access",
                command: Change(
                    "aws eks update-cluster-config --name <cluster> --region <region> --resources-vpc-config endpointPrivateAccess=true,endpointPublicAccess=true,publicAccessCidrs=<cidr>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Authorize known ranges only. A private cluster has no public address at all.",
                console: "Kubernetes services → the cluster → Settings → Networking → Authorized IP ranges",
                command: Change(
                    "az aks update --resource-group <group> --name <cluster> --api-server-authorized-ip-ranges <cidr>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-1",
        "https://learn.microsoft.com/en-us/azure/aks/api-server-authorized-ip-ranges",
        "https://learn.microsoft.com/en-us/azure/aks/private-clusters",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("AIS-08", Supporting),
        mcsb1("NS-2", Partial(SHOWS)),
        // It asks whether there is a public endpoint, whatever its ranges are.
        fsbp("EKS.1", Full).by(Check::Cluster(no_endpoint)),
        cis_eks18("5.4.1", Partial(shows::STEP)).of(EKS),
        cis_eks18("5.4.2", Partial(shows::STEP)).of(EKS).by(Check::Cluster(no_endpoint)),
        cis_aks18("5.4.1", Partial(shows::STEP)).of(AKS),
        cis_aks18("5.4.2", Partial(shows::STEP)).of(AKS).by(Check::Cluster(no_endpoint)),
    ],
    test: Test {
        reads: &[Cluster::PUBLIC_RANGES],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(example().public_ranges(Known(Entries::none()))),
            fail: |scope| scope.add(example().public_ranges(Known(["0.0.0.0/0"].into()))),
        },
    },
};

fn check(cluster: &Cluster, _: &Context<'_>) -> CheckResult {
    let ranges = cluster.public_ranges.known()?;
    let mut all = Addresses::none();
    for range in ranges.certain() {
        // A snapshot may hold anything.
        let range = Addresses::parse(range).ok_or(Undecided::Unknown(GapId::NO_ANSWER))?;
        all.add(&range);
    }
    if Family::ALL.iter().any(|family| all.breadth(*family) >= Breadth::Wide) {
        let expected = "no public endpoint, or one for known ranges";
        return fail(Cluster::PUBLIC_RANGES, ranges.evidence(), expected);
    }
    match ranges.undecided() {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None => pass(),
    }
}

fn no_endpoint(cluster: &Cluster, _: &Context<'_>) -> CheckResult {
    cluster.public_ranges.must_be_empty(Cluster::PUBLIC_RANGES, "no public endpoint")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(ranges: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.add(example().public_ranges(ranges))
    }

    fn of(ranges: &[&str], open: bool) -> Fact<Entries> {
        let ranges = ranges.iter().map(|range| (*range).to_owned()).collect();
        Known(Entries::new(ranges, open.then_some(DENIED)))
    }

    #[test]
    fn together_ranges_may_be_everyone() {
        assert_passes(&CONTROL, with(of(&[], false)));
        assert_passes(&CONTROL, with(of(&["198.51.100.7/32", "2001:db8::/32"], false)));
        assert_fails(&CONTROL, with(of(&["0.0.0.0/0"], false)));
        assert_fails(&CONTROL, with(of(&["198.51.100.7/32", "::/0"], false)));
        assert_fails(&CONTROL, with(of(&["0.0.0.0/1", "128.0.0.0/1"], false)));
        assert_fails(&CONTROL, with(of(&["3.0.0.0/8"], false)));
        assert_fails(&CONTROL, with(of(&["0.0.0.0/0"], true)));
        assert_unknown(&CONTROL, with(of(&["198.51.100.7/32"], true)));
        assert_unknown(&CONTROL, with(of(&["somewhere"], false)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn rows_ask_whether_there_is_an_endpoint() {
        let judged =
            |row: &str, ranges: &[&str]| row_of(&CONTROL, row, with(of(ranges, false))).remove(0);
        for row in ["aws-fsbp:EKS.1", "cis-eks-1.8:5.4.2"] {
            assert!(matches!(judged(row, &["198.51.100.7/32"]), Ok(Verdict::Fail(_))), "{row}");
            assert_eq!(judged(row, &[]), Ok(Verdict::Pass), "{row}");
        }
    }
}
