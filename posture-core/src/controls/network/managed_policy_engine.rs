//! `network.managed-policy-engine`

use posture_model::verdict::Undecided;

use crate::checks::managed_cluster::{AKS, asked};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a user may install another engine in the cluster, which the provider does not know of. So the control decides nothing
/// but the row that asks for the setting; `network.policy-enforcement` shows what runs in the cluster. Where the same run reads the
/// cluster itself and finds an engine there, it passes.
pub(crate) static CONTROL: Control = Control {
    id: "network.managed-policy-engine",
    life: since("0.1.0"),
    title: "Managed clusters have an engine for network policies",
    finding: "Cluster has no engine for network policies",
    keywords: &["Kubernetes", "AKS", "NetworkPolicy", "Cilium", "Calico", "networkProfile"],
    severity: Medium,
    rationale: "Without an engine every pod reaches every other one. Network policies can be created, and have no effect.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Choose an engine for network policies, preferably Cilium. Existing nodes are reimaged.",
            console: "Kubernetes services → the cluster → Settings → Networking",
            command: Change(
                "az aks update --resource-group <group> --name <cluster> --network-policy <engine>",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/aks/use-network-policies"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        mcsb1("NS-1", Supporting),
        cis_aks18("5.4.4", Partial(shows::STEP)).of(AKS),
    ],
    test: Test {
        reads: &[Cluster::POLICY_ENGINE, Cluster::API_SERVERS],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(with(Some("cilium"))),
            fail: |scope| scope.add(with(None)),
        },
    },
};

fn check(cluster: &Cluster, context: &Context<'_>) -> CheckResult {
    let own = match &cluster.policy_engine {
        Known(Some(_)) => return pass(),
        Known(None) => fail(Cluster::POLICY_ENGINE, "none", "`azure`, `calico` or `cilium`"),
        NotOffered => Err(Undecided::NotOffered),
        Gap(gap) => Err(Undecided::Unknown(*gap)),
    };
    match asked(CONTROL.id, cluster) {
        Some(about) => context.passes_elsewhere(about, own),
        None => own,
    }
}

/// What the cluster itself shows: that its network plugin enforces policies, or nothing.
pub(crate) fn of_cluster(_: &Cluster, context: &Context<'_>) -> Option<CheckResult> {
    let mut namespaces = context.scope.namespaces.items.iter();
    namespaces.any(|namespace| namespace.policies_enforced == Known(true)).then(pass)
}

fn with(engine: Option<&str>) -> Cluster {
    let id = "/subscriptions/1/resourceGroups/shop/providers/Microsoft.ContainerService/managedClusters/shop";
    Cluster::unread(id, "shop", Some("westeurope")).policy_engine(Known(engine.map(str::to_owned)))
}
