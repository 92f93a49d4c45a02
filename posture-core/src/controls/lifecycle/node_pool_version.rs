//! `lifecycle.node-pool-version`

use posture_model::verdict::Undecided;

use crate::checks::kubernetes_version::{State, Whose, state};
use crate::checks::managed_cluster::{EKS_NODES, pool};
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the kubelets of the pool get no security fixes any more, neither from the project nor from the provider";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.node-pool-version",
    life: since("0.1.0"),
    title: "The Kubernetes version of each node pool is supported",
    finding: "Node pool is past the end of support of its version",
    keywords: &[
        "Kubernetes",
        "EKS",
        "AKS",
        "node group",
        "agent pool",
        "version",
        "end of support",
    ],
    severity: High,
    rationale: "A node pool keeps its version when the control plane is upgraded. After the end of support, vulnerabilities of its \
                kubelets and images stay open.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Upgrade the node group to the version of its cluster.",
                console: "EKS → Clusters → the cluster → Compute → the node group → Update now",
                command: Change(
                    "aws eks update-nodegroup-version --cluster-name <cluster> --nodegroup-name <node-group> --region <region>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Upgrade the node pool to the version of its cluster.",
                console: "Kubernetes services → the cluster → Settings → Node pools → the pool → Update Kubernetes",
                command: Change(
                    "az aks nodepool upgrade --resource-group <group> --cluster-name <cluster> --name <pool> --kubernetes-version <version>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#eks-9",
        "https://learn.microsoft.com/azure/aks/supported-kubernetes-versions",
    ],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        csf20("ID.AM-08", Supporting),
        ccm41("TVM-08", Partial(SHOWS)),
        mcsb1("PV-6", Supporting),
        nsa_kubernetes12("U", Partial(SHOWS)),
        // It asks for a version with standard support, which ends before extended support does.
        fsbp("EKS.9", Partial(SHOWS)).of(EKS_NODES),
    ],
    test: Test {
        reads: &[NodePool::VERSION, NodePool::LONG_TERM_SUPPORT],
        params: &[],
        check: Check::NodePool(check),
        examples: Examples {
            pass: |scope| scope.add(pool().version(Known("1.35".to_owned()))),
            fail: |scope| {
                // By then it has ended on each provider.
                scope.finished = Time::from_unix(1_798_761_600);
                scope.add(old());
            },
        },
    },
};

fn old() -> NodePool {
    pool().version(Known("1.28".to_owned())).long_term_support(Known(false))
}

fn check(pool: &NodePool, context: &Context<'_>) -> CheckResult {
    let version = pool.version.known()?;
    let today = context.now()?.day();
    let whose = match context.scope.provider {
        Aws => Whose::Eks,
        Azure | Kubernetes | Docker | Image => Whose::aks(&pool.long_term_support),
    };
    match (state(version, &[whose], &today), &pool.long_term_support) {
        (Some(State::Supported), _) => pass(),
        (Some(State::Ended(day)), _) => {
            let found = format!("{version}, supported until {day}");
            fail(NodePool::VERSION, found, "a minor version that is supported")
        }
        (_, Gap(gap)) if whose == Whose::Aks => Err(Undecided::Unknown(*gap)),
        _ => Err(Undecided::Unknown(GapId::NO_ANSWER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_own_end() {
        let on = |provider, day: &str, long: Fact<bool>| {
            let mut scope = world(|scope| {
                let pool = pool().version(Known("1.34".to_owned()));
                scope.add(pool.long_term_support(long));
            });
            scope.provider = provider;
            scope.finished = format!("{day}T12:00:00Z").parse().unwrap();
            match judged(&CONTROL, &scope).remove(0) {
                Ok(Verdict::Pass) => "pass",
                Ok(_) => "fail",
                Err(_) => "unknown",
            }
        };
        assert_eq!(on(Aws, "2027-12-02", NotOffered), "pass");
        assert_eq!(on(Aws, "2027-12-03", NotOffered), "fail");
        assert_eq!(on(Azure, "2026-12-01", Known(false)), "fail");
        assert_eq!(on(Azure, "2026-12-01", Known(true)), "pass");
        assert_eq!(on(Azure, "2026-12-01", denied()), "unknown");
        assert_eq!(on(Azure, "2027-12-01", denied()), "fail");
        let unclear = pool().version(Known("latest".to_owned()));
        assert_unknown(&CONTROL, |scope| scope.add(unclear));
        assert_unknown(&CONTROL, |scope| scope.add(pool().version(denied())));
    }
}
