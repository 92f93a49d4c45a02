//! What passes between a pod and what is outside of the cluster.

use posture_model::network::{Addresses, Reach, Traffic};

use super::decide::{Allowed, Notes};
use super::passing::Passing;
use super::pod::Pod;
use super::policy::{Peer, Policy, Rule};
use super::rules::{by_number, ports_at};
use super::{Cluster, Direction};
use crate::open::Why;

impl Cluster {
    /// What the policies of a pod allow from outside of the cluster: which addresses reach which of its ports.
    ///
    /// An address is the one that arrives at the pod. A way that rewrites it, such as a Service with `externalTrafficPolicy: Cluster`,
    /// shows the address of a node instead, and what comes from the pod's own node always passes. The addresses of pods are not taken
    /// out; for these, policies decide as [`Self::between`] does.
    pub fn from_outside(&self, to: &Pod) -> Reach<Why> {
        self.outside(to, Direction::Ingress, None).into_reach()
    }

    /// What the policies of a pod allow to outside of the cluster: the addresses and ports that it reaches.
    pub fn to_outside(&self, from: &Pod) -> Reach<Why> {
        self.outside(from, Direction::Egress, None).into_reach()
    }

    pub(super) fn outside(
        &self,
        pod: &Pod,
        direction: Direction,
        notes: Notes<'_, Traffic>,
    ) -> Passing<Traffic> {
        let allows = |_: &Policy, rule: &Rule| {
            let ports = match direction {
                Direction::Ingress => ports_at(rule, pod),
                // Nothing outside of the cluster resolves the name of a port.
                Direction::Egress => Passing::exactly(by_number(rule)),
            };
            let with = |addresses: &Addresses| {
                let (certain, possible) =
                    (ports.certain.with(addresses), ports.possible.with(addresses));
                Passing::between(certain, possible, ports.why.clone())
            };
            if rule.peers.is_empty() {
                let passes = with(&Addresses::all());
                return vec![Allowed { passes, because: "the rule is for everyone" }];
            }
            let each = rule.peers.iter().map(|peer| match peer {
                Peer::Pods { .. } => {
                    Allowed { passes: Passing::nothing(), because: "selectors match pods only" }
                }
                Peer::Block(block) => {
                    Allowed { passes: with(&block.addresses()), because: "the block holds them" }
                }
            });
            each.collect()
        };
        let passes = self.side(&self.end(pod, direction), allows, notes);
        let Some(families) = pod.families() else { return passes };
        let mut own = Addresses::none();
        families.into_iter().for_each(|family| own.add(&Addresses::all_of(family)));
        let (certain, possible) = (passes.certain.among(&own), passes.possible.among(&own));
        Passing::between(certain, possible, passes.why)
    }
}

impl Passing<Traffic> {
    fn into_reach(self) -> Reach<Why> {
        if self.why.is_empty() {
            Reach::exactly(self.certain)
        } else {
            Reach::between(self.certain, self.possible, self.why)
        }
    }
}
