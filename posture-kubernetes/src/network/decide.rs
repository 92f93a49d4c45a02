//! What passes at one end of a connection, and at both.

use posture_model::network::Family;
use posture_model::tri::Tri;

use super::other::Effect;
use super::passing::{Passing, Set};
use super::pod::Pod;
use super::policy::{Peer, Policy, Rule};
use super::ports::Ports;
use super::rules::{
    Families, block_has, families, on_different_nodes, pod_matches, ports_at, ports_of_block,
};
use super::{Cluster, Direction, same_namespace};
use crate::open::{Open, Why};

/// What a peer of a rule allows, and why.
pub(super) struct Allowed<S> {
    pub(super) passes: Passing<S>,
    pub(super) because: &'static str,
}

/// What is noted about a policy while an answer is worked out.
pub(super) enum Note<'a, S> {
    /// Whether the policy isolates the pod.
    Isolates(&'a Policy, &'a Tri<Why>),
    /// What a peer of a rule allows. The numbers are the places of the rule and of the peer, which a rule for everyone does not have.
    Allows(&'a Policy, usize, Option<usize>, &'a Allowed<S>),
    /// Something that is not a rule and changes the answer.
    Leaves(&'a Why),
}

/// Takes the notes; most questions ask for none.
pub(super) type Notes<'n, S> = Option<&'n mut dyn FnMut(Note<'_, S>)>;

/// The rules of a policy for a direction; nothing if it does not isolate for it.
fn rules_of(policy: &Policy, direction: Direction) -> Option<&[Rule]> {
    match direction {
        Direction::Ingress => policy.ingress.as_deref(),
        Direction::Egress => policy.egress.as_deref(),
    }
}

/// What passes if an answer holds.
#[allow(private_bounds, reason = "the sets are the two of this crate")]
fn if_so<S: Set>(passes: Passing<S>, answer: Tri<Why>) -> Passing<S> {
    match answer {
        Tri::Yes => passes,
        Tri::No => Passing::nothing(),
        Tri::Unknown(mut why) => {
            why.extend(passes.why);
            Passing::between(S::none(), passes.possible, why)
        }
    }
}

/// The same where everything may pass for another reason.
fn or_everything<S: Set>(passes: Passing<S>, why: Why) -> Passing<S> {
    let mut all = passes.why;
    all.extend(why);
    Passing::between(passes.certain, S::everything(), all)
}

/// The same where nothing may pass for another reason.
fn or_nothing<S: Set>(passes: Passing<S>, why: Why) -> Passing<S> {
    let mut all = passes.why;
    all.extend(why);
    Passing::between(S::none(), passes.possible, all)
}

fn host_network(pod: &Pod) -> Why {
    Why::from([Open::HostNetwork { pod: pod.id() }])
}

/// One pod of a connection, with what acts on it. A matrix works it out once for each group.
pub(super) struct End<'c> {
    pub(super) pod: &'c Pod,
    pub(super) direction: Direction,
    /// The policies that isolate it or may, with their rules.
    policies: Vec<(&'c Policy, &'c [Rule], Tri<Why>)>,
    /// The policies whose rules are not known and that may act on it.
    others: Vec<(Effect, Why)>,
}

impl Cluster {
    /// A pod as an end of connections of a direction.
    pub(super) fn end<'c>(&'c self, pod: &'c Pod, direction: Direction) -> End<'c> {
        let chosen = self.policies_of(&pod.namespace).filter_map(|policy| {
            let rules = rules_of(policy, direction)?;
            let selects = Self::selects(policy, pod);
            (!selects.is_no()).then_some((policy, rules, selects))
        });
        End { pod, direction, policies: chosen.collect(), others: self.others_on(pod).collect() }
    }

    /// Whether a policy isolates a pod, given that it is of the right type.
    fn selects(policy: &Policy, pod: &Pod) -> Tri<Why> {
        same_namespace(&policy.namespace, &pod.namespace).and(pod_matches(&policy.pods, pod))
    }

    /// Whether a pod is isolated for a direction: whether only what a rule allows passes. Unknown also where a policy that is not
    /// modeled may act on it.
    pub fn isolated(&self, pod: &Pod, direction: Direction) -> Tri<Why> {
        let end = self.end(pod, direction);
        let mut isolated = Tri::any(end.policies.into_iter().map(|(_, _, selects)| selects));
        if pod.host_network && !isolated.is_no() {
            isolated = isolated.and(Tri::Unknown(host_network(pod)));
        }
        isolated = isolated.and(self.is_enforced());
        for (effect, why) in end.others {
            isolated = match effect {
                Effect::Decides => {
                    isolated.clone().or(Tri::Unknown(why.clone())).and(Tri::Unknown(why))
                }
                Effect::Unread | Effect::Denies => isolated.or(Tri::Unknown(why)),
            };
        }
        isolated
    }

    fn is_enforced(&self) -> Tri<Why> {
        match &self.enforced {
            Tri::Yes => Tri::Yes,
            Tri::No => Tri::No,
            Tri::Unknown(because) => {
                Tri::Unknown(Why::from([Open::Enforcement { because: because.clone() }]))
            }
        }
    }

    /// The policies whose rules are not known and that may act on a pod.
    fn others_on(&self, pod: &Pod) -> impl Iterator<Item = (Effect, Why)> {
        self.others.iter().filter_map(|other| {
            let acts = match &other.namespace {
                None => true,
                Some(namespace) => !same_namespace(namespace, &pod.namespace).is_no(),
            };
            acts.then(|| (other.effect, Why::from([other.open()])))
        })
    }

    /// What passes at one pod. `allows` gives what each peer of a rule allows.
    pub(super) fn side<S: Set>(
        &self,
        end: &End<'_>,
        allows: impl Fn(&Policy, &Rule) -> Vec<Allowed<S>>,
        mut notes: Notes<'_, S>,
    ) -> Passing<S> {
        let mut isolated = false;
        let mut sum = Passing::nothing();
        // What passes if a policy selects the pod that may not.
        let mut maybe: Vec<Passing<S>> = Vec::new();
        for (policy, rules, selects) in &end.policies {
            if let Some(note) = &mut notes {
                note(Note::Isolates(policy, selects));
            }
            let mut passes = Passing::nothing();
            for (place, rule) in rules.iter().enumerate() {
                for (peer, allowed) in allows(policy, rule).into_iter().enumerate() {
                    if let Some(note) = &mut notes {
                        let peer = (!rule.peers.is_empty()).then_some(peer);
                        note(Note::Allows(policy, place, peer, &allowed));
                    }
                    passes = passes.or(allowed.passes);
                }
            }
            match selects {
                Tri::Yes => {
                    isolated = true;
                    sum = sum.or(passes);
                }
                Tri::Unknown(why) => {
                    let mut all = passes.why;
                    all.extend(why.iter().cloned());
                    maybe.push(Passing { why: all, ..passes });
                }
                Tri::No => {}
            }
        }
        let mut answer = if isolated {
            maybe.into_iter().fold(sum, |sum, one| {
                let why = Tri::Unknown(one.why.clone());
                sum.or(if_so(one, why))
            })
        } else {
            // Each of them may be the only one that selects the pod.
            maybe.into_iter().fold(Passing::everything(), Passing::either)
        };
        let mut leave = |why: &Why| {
            if let Some(note) = &mut notes {
                note(Note::Leaves(why));
            }
        };
        if end.pod.host_network && answer.certain != S::everything() {
            let why = host_network(end.pod);
            leave(&why);
            answer = or_everything(answer, why);
        }
        match self.is_enforced() {
            Tri::Yes => {}
            Tri::No => answer = Passing::everything(),
            Tri::Unknown(why) if answer.certain != S::everything() => {
                leave(&why);
                answer = or_everything(answer, why);
            }
            Tri::Unknown(_) => {}
        }
        for (effect, why) in &end.others {
            leave(why);
            let why = why.clone();
            answer = match effect {
                Effect::Denies => or_nothing(answer, why),
                Effect::Decides => or_nothing(or_everything(answer, why.clone()), why),
                // It adds to what is allowed; a pod that no other policy isolates it may isolate.
                Effect::Unread if isolated => or_everything(answer, why),
                Effect::Unread => or_nothing(or_everything(answer, why.clone()), why),
            };
        }
        answer
    }

    /// The connections from one pod to another: the ports of the second that the policies of both allow. For a template and itself
    /// these are the connections between two of its pods.
    pub fn between(&self, from: &Pod, to: &Pod) -> Passing<Ports> {
        if from.is(to) {
            // "A Pod cannot block access to itself."
            return Passing::everything();
        }
        self.pair(&self.end(from, Direction::Egress), &self.end(to, Direction::Ingress))
    }

    /// The connections between two pods that are not one, even if they are of one template.
    pub(super) fn pair(&self, from: &End<'_>, to: &End<'_>) -> Passing<Ports> {
        let by = |family| {
            let egress = self.side_of_pair(from, to.pod, family, None);
            if egress.is_nothing() {
                return egress;
            }
            egress.and(self.side_of_pair(to, from.pod, family, None))
        };
        match families(from.pod, to.pod) {
            Families::These(all) if all.is_empty() => Passing::nothing(),
            // Without a rule that compares addresses, the version makes no difference.
            _ if !self.blocks => by(Family::V4),
            Families::These(all) => all.into_iter().map(by).fold(Passing::nothing(), Passing::or),
            Families::SomeOf(all) => {
                let answers: Vec<Passing<Ports>> = all.into_iter().map(by).collect();
                let differ = answers.windows(2).any(|two| match two {
                    [one, other] => {
                        (&one.certain, &one.possible) != (&other.certain, &other.possible)
                    }
                    _ => false,
                });
                let mut all =
                    answers.into_iter().reduce(Passing::either).unwrap_or_else(Passing::nothing);
                if differ {
                    // It depends on the version of the addresses that are not known.
                    let unknown =
                        [from.pod, to.pod].into_iter().filter(|pod| pod.addresses.is_none());
                    all.why.extend(unknown.map(|pod| Open::Address { pod: pod.id() }));
                }
                Passing::between(all.certain, all.possible, all.why)
            }
        }
    }

    /// What passes at one pod of a pair, by one version of the internet protocol.
    pub(super) fn side_of_pair(
        &self,
        end: &End<'_>,
        other: &Pod,
        family: Family,
        notes: Notes<'_, Ports>,
    ) -> Passing<Ports> {
        let (pod, direction) = (end.pod, end.direction);
        let receiver = match direction {
            Direction::Ingress => pod,
            Direction::Egress => other,
        };
        let allows = |policy: &Policy, rule: &Rule| {
            let ports = ports_at(rule, receiver);
            if rule.peers.is_empty() {
                return vec![Allowed { passes: ports, because: "the rule is for everyone" }];
            }
            let each = rule.peers.iter().map(|peer| match peer {
                Peer::Pods { .. } => {
                    let matches = self.peer_matches(policy, peer, other);
                    let because = if matches.is_no() {
                        "the selectors do not match"
                    } else {
                        "the selectors match"
                    };
                    Allowed { passes: if_so(ports.clone(), matches), because }
                }
                Peer::Block(block) => {
                    let matches = block_has(block, other, family);
                    let because = match matches {
                        Tri::No => "the address is outside of the block",
                        _ => "the address is in the block",
                    };
                    let ports = match direction {
                        Direction::Ingress => ports.clone(),
                        Direction::Egress => ports_of_block(rule, receiver, ports.clone()),
                    };
                    Allowed { passes: if_so(ports, matches), because }
                }
            });
            each.collect()
        };
        let passes = self.side(end, allows, notes);
        // Traffic of a pod with its own node always passes, and a plugin may take the other pod for its node.
        let one_host = [pod, other].into_iter().find(|pod| pod.host_network);
        match one_host {
            Some(host)
                if !on_different_nodes(pod, other) && passes.certain != Ports::everything() =>
            {
                or_everything(passes, host_network(host))
            }
            _ => passes,
        }
    }

    /// Whether a peer that selects pods selects one.
    pub(crate) fn peer_matches(&self, policy: &Policy, peer: &Peer, other: &Pod) -> Tri<Why> {
        let Peer::Pods { namespaces, pods } = peer else { return Tri::No };
        let namespace = match namespaces {
            None => same_namespace(&policy.namespace, &other.namespace),
            Some(selector) => self.namespace_matches(selector, &other.namespace),
        };
        if namespace.is_no() {
            return Tri::No;
        }
        let matches = namespace.and(pod_matches(pods, other));
        if other.host_network && !matches.is_no() {
            return matches.and(Tri::Unknown(host_network(other)));
        }
        matches
    }
}
