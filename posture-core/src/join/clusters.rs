//! Clusters that a run reads from both sides: through their API server, and by the interface of their cloud.
//!
//! A host of the API server identifies a cluster. Names do not: every account may have a cluster `production`.

use super::{Answer, Index};
use crate::ask::Key;
use crate::control::{CheckResult, Context, Control, Verdict};
use crate::controls::control_plane::{audit_log, encryption_at_rest};
use crate::controls::lifecycle::kubernetes_version;
use crate::controls::network::managed_policy_engine;
use crate::params::Params;
use crate::provider::Provider;
use crate::resource::{Cluster, FactId, Namespace};
use crate::scope::Scope;

/// What a scope that sees a cluster from one side answers to those that see it from the other one; nothing where that side does not
/// show it.
struct Side {
    control: &'static Control,
    /// Whether the cloud answers, and otherwise the cluster itself.
    is_cloud: bool,
    answer: fn(&Cluster, &Context<'_>) -> Option<CheckResult>,
    /// What the answer is made of.
    reads: &'static [FactId],
}

static SIDES: &[Side] = &[
    Side {
        control: &audit_log::CONTROL,
        is_cloud: true,
        answer: |cluster, _| {
            let expected = "the log `audit` is delivered";
            Some(cluster.audit_off.must_be_empty(Cluster::AUDIT_OFF, expected))
        },
        reads: &[Cluster::AUDIT_OFF, Cluster::API_SERVERS],
    },
    Side {
        control: &encryption_at_rest::CONTROL,
        is_cloud: true,
        answer: encryption_at_rest::of_cloud,
        reads: &[Cluster::SECRETS_KEY, Cluster::VERSION, Cluster::PLATFORM, Cluster::API_SERVERS],
    },
    Side {
        control: &kubernetes_version::CONTROL,
        is_cloud: true,
        answer: |cluster, context| Some(kubernetes_version::own(cluster, context)),
        reads: &[
            Cluster::VERSION,
            Cluster::PLATFORM,
            Cluster::LONG_TERM_SUPPORT,
            Cluster::API_SERVERS,
        ],
    },
    Side {
        control: &managed_policy_engine::CONTROL,
        is_cloud: false,
        answer: managed_policy_engine::of_cluster,
        reads: &[Namespace::POLICIES_ENFORCED, Cluster::API_SERVERS],
    },
];

impl Side {
    fn is_of(&self, provider: Provider) -> bool {
        self.is_cloud == (provider != Provider::Kubernetes)
    }
}

/// The facts that a control needs of the other side of a cluster, which it may not judge itself.
pub(crate) fn reads_of_sides(
    control: &Control,
    provider: Provider,
) -> impl Iterator<Item = FactId> {
    let is_asked = |side: &&Side| side.control.id == control.id && side.is_of(provider);
    let reads: Vec<FactId> =
        SIDES.iter().filter(is_asked).flat_map(|side| side.reads).copied().collect();
    // Not each provider offers each of them.
    reads.into_iter().filter(move |fact| fact.is_offered_by(provider))
}

impl Index {
    /// Adds what a scope answers about its clusters to those that see them from the other side.
    pub(super) fn add_sides(
        &mut self,
        scope: &Scope,
        controls: &[&'static Control],
        params: &Params,
    ) {
        for side in SIDES.iter().filter(|side| side.is_of(scope.provider)) {
            if controls.iter().any(|control| control.id == side.control.id) {
                self.add_side(scope, side, &Context::new(scope, params.of(side.control)));
            }
        }
    }

    /// Adds what one side shows of each cluster. A failure names the cluster there.
    fn add_side(&mut self, scope: &Scope, side: &Side, context: &Context<'_>) {
        for cluster in &scope.clusters.items {
            let Ok(hosts) = cluster.api_servers.known() else { continue };
            let Some(mut judged) = (side.answer)(cluster, context) else { continue };
            if let Ok(Verdict::Fail(evidence)) = &mut judged {
                for one in evidence {
                    one.found = format!("{}, as {} shows", one.found, cluster.id).into();
                }
            }
            for host in hosts {
                let answer = Answer::of(judged.clone(), scope);
                self.insert(Key::cluster(side.control.id, host), answer);
            }
        }
    }
}

#[cfg(test)]
#[path = "clusters_tests.rs"]
mod tests;
