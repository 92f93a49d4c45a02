//! Managed clusters of Kubernetes: what the interface of their cloud shows.

use posture_model::verdict::Undecided;

use crate::ask::{About, Key};
use crate::frameworks::ResourceType;
use crate::prelude::*;

/// Clusters of Amazon EKS.
pub(crate) const EKS: &[ResourceType] = &[Arn("eks", "cluster")];

/// Clusters of Azure Kubernetes Service.
pub(crate) const AKS: &[ResourceType] = &[Arm("Microsoft.ContainerService/managedClusters")];

/// Node groups of Amazon EKS.
pub(crate) const EKS_NODES: &[ResourceType] = &[Arn("eks", "nodegroup")];

/// A cluster of EKS, with nothing known yet.
pub(crate) fn example() -> Cluster {
    Cluster::unread("arn:aws:eks:us-east-1:123456789012:cluster/shop", "shop", Some("us-east-1"))
}

/// A node group of it.
pub(crate) fn pool() -> NodePool {
    let arn = "arn:aws:eks:us-east-1:123456789012:nodegroup/shop/workers";
    NodePool::unread(arn, "shop/workers", Some("us-east-1"))
}

/// The question that a control asks about a cluster to the scopes that see it from the other side; none where no host identifies it.
pub(crate) fn asked(control: &str, cluster: &Cluster) -> Option<Vec<About>> {
    let hosts = cluster.api_servers.known().ok().filter(|hosts| !hosts.is_empty())?;
    Some(hosts.iter().map(|host| Key::cluster(control, host).into()).collect())
}

/// What a cluster that was read through its API server leaves unknown, the scope of its cloud may decide.
pub(crate) fn or_its_cloud(
    control: &str,
    cluster: &Cluster,
    context: &Context<'_>,
    own: CheckResult,
) -> CheckResult {
    let is_open = matches!(own, Err(Undecided::Unknown(_)));
    match asked(control, cluster).filter(|_| is_open && context.scope.provider == Kubernetes) {
        Some(about) => context.elsewhere(about, own),
        None => own,
    }
}

/// The check of a row that asks about some of the ways to sign in: those with one of these words.
macro_rules! signs_in {
    ($( $word:literal ),+) => {
        Check::Cluster(|cluster, _| {
            let entries = cluster.other_sign_ins.known()?;
            managed_cluster::with_one_of(entries, &[$( $word ),+])
                .must_be_empty(Cluster::OTHER_SIGN_INS, "as the row asks")
        })
    };
}
pub(crate) use signs_in;

/// The entries that have one of these words. What is undecided stays so.
pub(crate) fn with_one_of(entries: &Entries, words: &[&str]) -> Entries {
    let is_one = |entry: &&String| words.iter().any(|word| entry.contains(word));
    let certain = entries.certain().iter().filter(is_one).cloned().collect();
    Entries::new(certain, entries.undecided())
}
