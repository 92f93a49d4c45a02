//! Which connections network policies allow: between pods, and between pods and what is outside of the cluster.
//!
//! Pure functions over what was read. An answer is a set of protocols and ports in three values, [`Passing`]: what certainly
//! passes, what may, and why that is open. It covers TCP, UDP and SCTP; for other protocols, such as ICMP, the API leaves the
//! decision to the network plugin. Rules, read on 2026-11-30:
//!
//! - [Network policies](https://kubernetes.io/docs/concepts/services-networking/network-policies/): a pod is isolated for a
//!   direction once a policy of that type selects it. Then only what some rule of some policy allows passes. A connection has to be
//!   allowed at both ends.
//! - [NetworkPolicy v1](https://kubernetes.io/docs/reference/kubernetes-api/networking/network-policy-v1/): the fields and their
//!   defaults.
//!
//! What leaves an answer open:
//!
//! - A policy of another kind ([`OtherKind`]) that may act on one of the two pods. It is named.
//! - A policy that could not be read. It never opens anything for certain, and never closes anything.
//! - Labels that are not known: those of a namespace that was not read, those that controllers add to the pods of a template.
//! - A block of addresses and a pod whose addresses are not known.
//! - Pods in the network of their node. Network plugins treat their traffic as that of the node, or as that of a pod; both readings
//!   are weighed. Traffic between a pod and its own node always passes.
//! - Whether the network plugin enforces network policies at all, which the API does not show.
//!
//! What passes a policy need not arrive: nothing may listen, and whether a way leads to a pod from outside is a question of
//! Services, Ingresses and the network. Policies compare the addresses and the port of the pod, never those of a Service.

mod decide;
mod explain;
mod matrix;
#[cfg(test)]
mod oracle;
mod other;
mod outside;
mod passing;
mod pod;
mod policy;
mod policy_read;
mod ports;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use posture_model::tri::Tri;

pub(crate) use explain::traffic_in_words;
pub use explain::{Explanation, Side, Step};
pub use matrix::{Cell, Group, Matrix, TooManyGroups};
pub use other::{Effect, Other, OtherKind};
pub use passing::Passing;
pub(crate) use passing::Set;
pub use pod::{NamedPort, Namespace, Pod};
pub use policy::{Block, Peer, Policy, Port, Rule};
pub(crate) use policy_read::is_port_name;
pub use ports::{Ports, Protocol};

use crate::open::{Open, Why};

/// The direction of a connection, as seen by a pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// To the pod.
    Ingress,
    /// From the pod.
    Egress,
}

impl Direction {
    /// Both directions.
    pub const ALL: [Self; 2] = [Self::Ingress, Self::Egress];

    /// Its name in a policy: `ingress` or `egress`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// What decides about the connections of a cluster, or of a tree of manifests.
#[derive(Clone, Debug)]
pub struct Cluster {
    namespaces: BTreeMap<String, Namespace>,
    policies: Vec<Policy>,
    others: Vec<Other>,
    enforced: Tri<String>,
    /// The places of the policies of each namespace.
    by_namespace: BTreeMap<String, Vec<usize>>,
    /// Whether a rule compares addresses.
    blocks: bool,
}

impl Cluster {
    /// A cluster of these namespaces and policies. `others` are the policies whose rules are not known. `enforced` states whether the
    /// network plugin enforces network policies, and if that is not known, why.
    pub fn new(
        namespaces: impl IntoIterator<Item = Namespace>,
        policies: Vec<Policy>,
        others: Vec<Other>,
        enforced: Tri<String>,
    ) -> Self {
        let mut by_namespace: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, policy) in policies.iter().enumerate() {
            by_namespace.entry(policy.namespace.clone()).or_default().push(place);
        }
        let rules = policies.iter().flat_map(|policy| {
            policy.ingress.iter().chain(&policy.egress).flatten().flat_map(|rule| &rule.peers)
        });
        let blocks = rules.into_iter().any(|peer| matches!(peer, Peer::Block(_)));
        let namespaces = namespaces.into_iter().map(|one| (one.name.clone(), one)).collect();
        Self { namespaces, policies, others, enforced, by_namespace, blocks }
    }

    /// The policies.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The policies whose rules are not known.
    pub(crate) fn others(&self) -> &[Other] {
        &self.others
    }

    /// The policies that are in a namespace, or may be.
    fn policies_of(&self, namespace: &str) -> impl Iterator<Item = &Policy> {
        let all = namespace.is_empty();
        let named = [namespace, ""].into_iter().filter(move |_| !all);
        let places = named.filter_map(|name| self.by_namespace.get(name)).flatten();
        let own = places.filter_map(|place| self.policies.get(*place));
        own.chain(self.policies.iter().filter(move |_| all))
    }

    /// Whether the labels of a namespace match a selector.
    fn namespace_matches(&self, selector: &crate::labels::Selector, name: &str) -> Tri<Why> {
        let open = |key: &str| Open::NamespaceLabel { namespace: name.into(), key: key.into() };
        match self.namespaces.get(name) {
            Some(namespace) => selector.matches(&namespace.labels, open),
            None => selector.matches(&Namespace::unread(name).labels, open),
        }
    }
}

/// Whether two objects are in one namespace: open where the manifest of one does not name it.
fn same_namespace(one: &str, other: &str) -> Tri<Why> {
    if one == other {
        return Tri::Yes;
    }
    match (one, other) {
        ("", named) | (named, "") => {
            Tri::Unknown(Why::from([Open::Namespace { namespace: named.to_owned() }]))
        }
        _ => Tri::No,
    }
}
