//! What network policies leave open: for workloads, for namespaces, and for the policies themselves.

use std::collections::BTreeSet;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::network::OtherPolicy;
use posture_model::resource::{Namespace, Workload};
use posture_model::tri::Tri;

use super::breadth::{is_open, is_unlimited};
use super::metadata::Metadata;
use super::{Origin, View};
use crate::network::{Cluster, Direction, Other, Peer, Pod, Policy, Rule};
use crate::open::Why;

/// What decides about connections.
#[derive(Debug)]
pub(super) struct Networks {
    pub(super) cluster: Cluster,
    /// The namespaces that were read.
    pub(super) read: BTreeSet<String>,
    /// Whether the network plugin enforces policies.
    pub(super) plugin: Tri<String>,
    pub(super) metadata: Metadata,
}

/// The kinds whose lists decide about connections.
const DECIDING: [&str; 3] = ["NetworkPolicy", "Namespace", "CustomResourceDefinition"];

pub(super) fn fact(answer: Tri<Why>, target: &str, view: &View<'_>) -> Fact<bool> {
    match answer {
        Tri::Yes => Known(true),
        Tri::No => Known(false),
        Tri::Unknown(why) => {
            if let Some(gap) = view.missing.of(DECIDING).first() {
                return Fact::Gap(*gap);
            }
            let reasons: Vec<String> = why.iter().map(ToString::to_string).collect();
            Fact::Gap(view.undetermined(target, &reasons.join("; ")))
        }
    }
}

impl Networks {
    /// Decides the facts of a workload. Pods in the network of their node have none: network policies are not for them.
    pub(super) fn decide(&self, workload: &mut Workload, ends: Vec<&Pod>, view: &View<'_>) {
        let ends: Vec<&Pod> = ends.into_iter().filter(|pod| !pod.host_network).collect();
        if ends.is_empty() {
            let none = || Fact::NotOffered;
            (workload.ingress_isolated, workload.egress_isolated) = (none(), none());
            workload.reaches_metadata = Fact::NotOffered;
            return;
        }
        let isolated = |direction| {
            let all = ends.iter().map(|pod| self.cluster.isolated(pod, direction));
            fact(Tri::all(all), &workload.id, view)
        };
        let (ingress, egress) = (isolated(Direction::Ingress), isolated(Direction::Egress));
        let reaches = self.metadata.reached(&self.cluster, &ends, &workload.id, view);
        (workload.ingress_isolated, workload.egress_isolated) = (ingress, egress);
        workload.reaches_metadata = reaches;
    }

    /// Decides the facts of a namespace.
    pub(super) fn decide_namespace(&self, of: &mut Namespace, name: &str, view: &View<'_>) {
        let own = || self.cluster.policies().iter().filter(|one| one.namespace == name);
        // A pod that will be there has labels that are not known.
        let unread = view.missing.of_in(["NetworkPolicy"], name).first().copied();
        let open = |of: &Namespace, answer: bool| {
            if answer {
                return Known(true);
            }
            if let Some(gap) = unread {
                return Fact::Gap(gap);
            }
            let detail = match view.origin {
                Origin::Manifests if !self.read.contains(name) => {
                    "no manifest of the namespace was read: the cluster may have a policy for it"
                }
                _ if self.cluster.policies().iter().any(|one| one.namespace.is_empty()) => {
                    "policies whose manifests do not name a namespace may be applied in it"
                }
                _ => return Known(false),
            };
            Fact::Gap(view.undetermined(&of.id, detail))
        };
        let denies = |direction: Direction| {
            let rules = |policy: &&Policy| match direction {
                Direction::Ingress => policy.ingress.is_some(),
                Direction::Egress => policy.egress.is_some(),
            };
            let denied = own().filter(rules).any(|policy| policy.pods.is_empty());
            // What a pod without labels gets, every pod gets that does not opt out by a label.
            let selects = |policy: &&Policy| is_unlimited(&policy.pods, "");
            let of_direction = |policy: &'_ Policy| match direction {
                Direction::Ingress => policy.ingress.clone(),
                Direction::Egress => policy.egress.clone(),
            };
            let all: Vec<Rule> = own().filter(selects).filter_map(of_direction).flatten().collect();
            let allows = is_open(&all).is_some();
            (denied && !allows, allows)
        };
        let of_direction = |of: &Namespace, direction| match denies(direction) {
            // Policies add up: what one of them allows no other denies.
            (_, true) => Known(false),
            (denied, false) => self.beside(open(of, denied), of, name, direction, view),
        };
        of.network_policy = open(of, own().next().is_some());
        of.policies_enforced = match (&self.plugin, &of.network_policy) {
            (_, Known(false) | Fact::NotOffered) => Fact::NotOffered,
            // Whether there is a policy to enforce is not known.
            (_, Fact::Gap(gap)) => Fact::Gap(*gap),
            (Tri::Yes, Known(true)) => Known(true),
            (Tri::No, Known(true)) => Known(false),
            (Tri::Unknown(why), Known(true)) => Fact::Gap(view.undetermined(&of.id, why)),
        };
        let (ingress, egress) =
            (of_direction(of, Direction::Ingress), of_direction(of, Direction::Egress));
        (of.default_deny_ingress, of.default_deny_egress) = (ingress, egress);
        of.other_policies = Known(self.others(name));
    }

    /// The policies whose rules are not known and that may act on the pods of a namespace: its own, and those for all.
    fn others(&self, name: &str) -> Vec<OtherPolicy> {
        let own = self.cluster.others().iter();
        let own = own.filter(|other| other.namespace.as_deref().is_none_or(|own| own == name));
        let mut own: Vec<OtherPolicy> = own
            .map(|Other { what, because, effect, .. }| OtherPolicy {
                what: what.clone(),
                because: because.clone(),
                effect: *effect,
            })
            .collect();
        own.sort();
        own.dedup();
        own
    }

    /// An answer about a pod to come, where policies of other kinds may decide about it.
    fn beside(
        &self,
        answer: Fact<bool>,
        of: &Namespace,
        name: &str,
        direction: Direction,
        view: &View<'_>,
    ) -> Fact<bool> {
        let pod = Pod {
            kind: "Pod".to_owned(),
            namespace: name.to_owned(),
            name: "a pod to come".to_owned(),
            labels: crate::labels::Labels::unknown(),
            ports: Vec::new(),
            host_network: false,
            addresses: None,
            node: None,
        };
        let isolated = self.cluster.isolated(&pod, direction);
        match (answer, isolated) {
            (Known(true), Tri::Yes) => Known(true),
            // The network plugin does not enforce it.
            (Known(true), Tri::No) => Known(false),
            (Known(true), open @ Tri::Unknown(_)) => fact(open, &of.id, view),
            // Whether labels select the pod is not a reason: only those that select every pod count.
            (Known(false), Tri::Unknown(why)) => {
                let why: Why = why
                    .into_iter()
                    .filter(|one| !matches!(one, crate::open::Open::PodLabel { .. }))
                    .collect();
                if why.is_empty() { Known(false) } else { fact(Tri::Unknown(why), &of.id, view) }
            }
            (answer, _) => answer,
        }
    }

    /// What of a policy selects nothing. In manifests, only a namespace that is declared with its pods shows that.
    pub(super) fn without_effect(
        &self,
        policy: &Policy,
        id: &str,
        ends: &[&Pod],
        view: &View<'_>,
    ) -> Fact<Entries> {
        let is_whole = view.origin == Origin::Cluster || self.read.contains(&policy.namespace);
        let missing = view.missing.of_in(crate::workload::kinds(), &policy.namespace);
        let of_namespace = ends.iter().filter(|pod| pod.namespace == policy.namespace);
        let selected = Tri::any(of_namespace.map(|pod| {
            policy.pods.matches(&pod.labels, |key| crate::open::Open::PodLabel {
                pod: pod.id(),
                key: key.to_owned(),
            })
        }));
        match selected {
            Tri::Yes => self.idle_peers(policy, id, ends, view),
            // An empty selector is for pods to come.
            _ if policy.pods.is_empty() => self.idle_peers(policy, id, ends, view),
            Tri::Unknown(why) => {
                let reasons: Vec<String> = why.iter().map(ToString::to_string).collect();
                Fact::Gap(view.undetermined(id, &reasons.join("; ")))
            }
            Tri::No => match missing.first() {
                Some(gap) => Fact::Gap(*gap),
                None if is_whole => Known(Entries::from(["spec.podSelector selects no pod"])),
                None => {
                    let detail = "the cluster may have pods that it selects";
                    Fact::Gap(view.undetermined(id, detail))
                }
            },
        }
    }

    /// The peers of a policy that select no pod. Manifests do not show what else is in the cluster.
    fn idle_peers(
        &self,
        policy: &Policy,
        id: &str,
        ends: &[&Pod],
        view: &View<'_>,
    ) -> Fact<Entries> {
        let mut entries = Vec::new();
        let mut open: Why = Why::new();
        if view.origin == Origin::Manifests {
            return Known(Entries::none());
        }
        for (direction, peers, rules) in
            [("ingress", "from", &policy.ingress), ("egress", "to", &policy.egress)]
        {
            for (place, rule) in rules.iter().flatten().enumerate() {
                for (number, peer) in rule.peers.iter().enumerate() {
                    if matches!(peer, Peer::Block(_)) {
                        continue;
                    }
                    let each = ends.iter().map(|pod| self.cluster.peer_matches(policy, peer, pod));
                    match Tri::any(each) {
                        Tri::Yes => {}
                        Tri::Unknown(why) => open.extend(why),
                        Tri::No => entries.push(format!(
                            "spec.{direction}[{place}].{peers}[{number}] selects no pod"
                        )),
                    }
                }
            }
        }
        if entries.is_empty() && open.is_empty() {
            return Known(Entries::none());
        }
        let kinds = crate::workload::kinds().chain(["Namespace"]);
        if let Some(gap) = view.missing.of(kinds).first() {
            return Fact::Gap(*gap);
        }
        let reasons: Vec<String> = open.iter().map(ToString::to_string).collect();
        let open = (!open.is_empty()).then(|| view.undetermined(id, &reasons.join("; ")));
        Entries::new(entries, open).into_fact()
    }
}
