//! Whether one end reaches another, and why.

use std::net::IpAddr;

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::network::{Addresses, Breadth, Family, Traffic};
use posture_model::tri::Tri;

use super::asked::Asked;
use super::names::{Outside, Party};
use super::{Connections, gap_of, place};
use crate::network::{Direction, Group, Passing, Pod, Ports, Set, Side, Step};
use crate::open::{Open, Why};

/// Whether one end reaches another, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The sender: an ID, `internet` or an address.
    pub from: String,
    /// The receiver, in the same form.
    pub to: String,
    /// How many pods of each the answer is about, if that is known.
    pub pods: (usize, usize),
    /// Whether it does; if that is open, why.
    pub reaches: Tri<Vec<String>>,
    /// What of the question is certainly allowed; empty for nothing.
    pub allowed: String,
    /// What else of it may be allowed; empty for nothing.
    pub undecided: String,
    /// What decides instead of policies, if they do not.
    pub because: Option<String>,
    /// The Service that leads there, with its port, and the Ingress that leads to it; none if the question names neither.
    pub through: Option<String>,
    /// What the policies at each end decide, the sender's first.
    pub sides: Vec<SideInWords>,
}

/// A question is about too many pairs of groups of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the question is about more than {} pairs of groups of pods", TooManyPairs::MOST)]
pub struct TooManyPairs;

impl TooManyPairs {
    /// How many there are at most.
    pub const MOST: usize = 10_000;
}

/// What the policies at one pod decide, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideInWords {
    /// The pod or template.
    pub pod: String,
    /// `ingress` or `egress`.
    pub direction: &'static str,
    /// What certainly passes; empty for nothing.
    pub allowed: String,
    /// What else may pass; empty for nothing.
    pub undecided: String,
    /// Whether everything of the question certainly passes.
    pub is_open: bool,
    /// What was weighed.
    pub steps: Vec<StepInWords>,
}

/// One thing that was weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInWords {
    /// The policy, as `namespace/name`; none for what is not a policy.
    pub policy: Option<String>,
    /// The place of the rule or its peer; none for the policy as a whole.
    pub place: Option<String>,
    /// What the rule certainly allows, and what else it may allow; each empty for nothing.
    pub allows: Option<(String, String)>,
    /// Whether it allows anything of the question, or may.
    pub matters: bool,
    /// Why, or what is open.
    pub because: String,
}

/// What passes, in words.
trait InWords {
    /// What certainly does and what else may; each empty if there is nothing.
    fn in_words(&self) -> (String, String);
}

impl InWords for Passing<Ports> {
    fn in_words(&self) -> (String, String) {
        Self::in_words(self)
    }
}

impl InWords for Passing<Traffic> {
    fn in_words(&self) -> (String, String) {
        let words = |traffic: &Traffic| match traffic.is_empty() {
            true => String::new(),
            false => crate::network::traffic_in_words(traffic),
        };
        (words(self.certain()), words(&self.possible().minus(self.certain())))
    }
}

/// A side in words. `reasons` puts into words what is open.
fn side<S: Set>(side: Side<S>, asked: &S, reasons: impl Fn(&Why) -> Vec<String>) -> SideInWords
where
    Passing<S>: InWords,
{
    let steps = side.steps.into_iter().map(|step| match step {
        Step::Isolates { policy, open } => StepInWords {
            policy: Some(policy),
            place: None,
            allows: None,
            matters: true,
            because: match open.is_empty() {
                true => "isolates it".to_owned(),
                false => format!("may isolate it: {}", reasons(&open).join("; ")),
            },
        },
        Step::Rule { policy, place, allows, because } => StepInWords {
            policy: Some(policy),
            place: Some(place),
            matters: !allows.possible().and(asked).is_empty(),
            because: match allows.why().is_empty() {
                true => because.to_owned(),
                false => format!("{because}; {}", reasons(allows.why()).join("; ")),
            },
            allows: Some(allows.in_words()),
        },
        Step::Leaves { open } => StepInWords {
            policy: None,
            place: None,
            allows: None,
            matters: true,
            because: reasons(&open).join("; "),
        },
    });
    let (allowed, undecided) = side.passes.in_words();
    SideInWords {
        pod: side.pod,
        direction: side.direction.name(),
        allowed,
        undecided,
        is_open: side.passes.certain().and(asked) == *asked,
        steps: steps.collect(),
    }
}

/// Private addresses, of which one may be that of a node. What comes from the node of a pod always passes, and so does what it sends there:
/// <https://kubernetes.io/docs/concepts/services-networking/network-policies/>, read on 2026-11-30.
fn may_be_of_a_node(address: IpAddr) -> bool {
    let local = match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_loopback(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_loopback(),
    };
    !local && !Addresses::internet().has(address)
}

impl Connections<'_> {
    /// Whether pods of each party reach pods of each other one, for each of their groups that policies distinguish. There is no answer for
    /// a port that no pod of a receiver names.
    ///
    /// # Errors
    /// If there are more than [`TooManyPairs::MOST`] pairs of groups.
    pub fn between(
        &self,
        from: &[Party],
        to: &[Party],
        asked: &Asked,
    ) -> Result<Vec<Answer>, TooManyPairs> {
        type Grouped<'p> = Vec<(&'p Party, Vec<(String, Vec<usize>)>)>;
        let grouped = |parties| -> Grouped<'_> {
            let parties: std::slice::Iter<'_, Party> = parties;
            parties.map(|party| (party, self.groups(party))).collect()
        };
        let (senders, receivers) = (grouped(from.iter()), grouped(to.iter()));
        let count = |all: &Grouped<'_>| all.iter().map(|(_, own)| own.len().max(1)).sum::<usize>();
        if count(&senders).saturating_mul(count(&receivers)) > TooManyPairs::MOST {
            return Err(TooManyPairs);
        }
        let mut answers = Vec::new();
        for (from, senders) in &senders {
            for (to, receivers) in &receivers {
                if let Some(unread) = from.unread.as_ref().or(to.unread.as_ref()) {
                    answers.push(undecided(from.id.clone(), to.id.clone(), unread.words()));
                    continue;
                }
                for sender in senders {
                    let of_pair = receivers.iter();
                    answers.extend(of_pair.filter_map(|other| self.pair(sender, other, asked)));
                }
            }
        }
        Ok(answers)
    }

    /// Whether the pods of one group reach those of another.
    fn pair(
        &self,
        (sender, own): &(String, Vec<usize>),
        (receiver, other): &(String, Vec<usize>),
        asked: &Asked,
    ) -> Option<Answer> {
        let asked = asked.at(other.iter().filter_map(|at| self.pods.get(*at)))?;
        // Two pods, if there are two: no policy blocks a pod from itself.
        let pairs =
            own.iter().take(2).flat_map(|one| other.iter().take(2).map(move |two| (one, two)));
        let (one, two) =
            pairs.clone().find(|(one, two)| one != two).or_else(|| pairs.clone().next())?;
        // On which node a pod is differs within a group.
        let of = |at: &usize, pods: &[usize]| {
            let pod = self.pods.get(*at)?.clone();
            Some(if pods.len() == 1 { pod } else { Pod { node: None, ..pod } })
        };
        let explained = self.cluster.explain(&of(one, own)?, &of(two, other)?);
        let passes = explained.passes.and(Passing::exactly(asked.clone()));
        let (allowed, open) = passes.in_words();
        let sides = explained.sides.into_iter();
        Some(Answer {
            from: sender.clone(),
            to: receiver.clone(),
            pods: (own.len(), other.len()),
            reaches: match (passes.certain().is_empty(), passes.is_nothing()) {
                (false, _) => Tri::Yes,
                (true, true) => Tri::No,
                (true, false) => Tri::Unknown(self.reasons(passes.why())),
            },
            allowed,
            undecided: open,
            because: explained.because.map(str::to_owned),
            through: None,
            sides: sides.map(|one| side(one, &asked, |why| self.reasons(why))).collect(),
        })
    }

    /// Whether something outside of the cluster reaches pods of a party (ingress), or they reach it (egress).
    pub fn outside(
        &self,
        party: &Party,
        direction: Direction,
        other: Outside,
        asked: &Asked,
    ) -> Vec<Answer> {
        let ends = |own: &str| match direction {
            Direction::Ingress => (other.words(), own.to_owned()),
            Direction::Egress => (own.to_owned(), other.words()),
        };
        if let Some(unread) = &party.unread {
            let (from, to) = ends(&party.id);
            return vec![undecided(from, to, unread.words())];
        }
        let mut answers = Vec::new();
        for (id, own) in self.groups(party) {
            let pods = own.iter().filter_map(|at| self.pods.get(*at));
            let Some(first) = pods.clone().next() else { continue };
            let Some(ports) = asked.at(pods) else { continue };
            let asked = ports.with(&other.addresses());
            let explained = self.cluster.explain_outside(first, direction);
            let passes = explained.passes.clone().and(Passing::exactly(asked.clone()));
            let reached = |traffic: &Traffic| match other {
                Outside::Address(_) => !traffic.is_empty(),
                Outside::Internet => {
                    let wide = |family| !traffic.open_to(Breadth::Wide, family).is_empty();
                    Family::ALL.into_iter().any(wide)
                }
            };
            let mut reaches = match (reached(passes.certain()), reached(passes.possible())) {
                (true, _) => Tri::Yes,
                (false, true) => Tri::Unknown(self.reasons(passes.why())),
                (false, false) => Tri::No,
            };
            if reaches.is_no()
                && let Some(why) = self.rewritten(direction, other, first)
            {
                reaches = Tri::Unknown(vec![why]);
            }
            let (allowed, open) = passes.in_words();
            let (from, to) = ends(&id);
            let count = own.len();
            answers.push(Answer {
                from,
                to,
                pods: match direction {
                    Direction::Ingress => (0, count),
                    Direction::Egress => (count, 0),
                },
                reaches,
                allowed,
                undecided: open,
                because: None,
                through: None,
                sides: vec![side(explained, &asked, |why| self.reasons(why))],
            });
        }
        answers
    }

    /// Why an answer is open, with what was not read.
    pub fn reasons(&self, why: &Why) -> Vec<String> {
        let reasons = why.iter().map(|one| match one {
            Open::NamespaceLabel { namespace, .. } => match self.unread(namespace) {
                Some(gap) => format!("{one}: {}", gap.words()),
                None => one.to_string(),
            },
            _ => one.to_string(),
        });
        reasons.collect()
    }

    /// Why the labels of a namespace are not known.
    fn unread(&self, namespace: &str) -> Option<Gap> {
        let own = self.scope.namespaces.items.iter().find(|one| one.name == namespace);
        let gap =
            own.and_then(|one| one.tags.gap()).or(self.scope.namespaces.gaps.first().copied());
        gap.map(|gap| gap_of(self.scope, gap))
    }

    /// The groups of the pods of a party that policies distinguish, each with what it is called.
    fn groups(&self, party: &Party) -> Vec<(String, Vec<usize>)> {
        let pods: Vec<Pod> =
            party.pods.iter().filter_map(|at| self.pods.get(*at)).cloned().collect();
        let groups = self.cluster.groups(&pods);
        let only = groups.len() == 1;
        let places = |group: &Group| -> Vec<usize> {
            group.pods.iter().filter_map(|at| party.pods.get(*at)).copied().collect()
        };
        let named = groups.iter().map(|group| {
            let id = match only || !group.first.is_single() {
                true => party.id.clone(),
                false => super::pod_id(&group.first),
            };
            (id, places(group))
        });
        named.collect()
    }

    /// Why a connection may pass although policies do not allow it: it may have the address of the node of the pod.
    fn rewritten(&self, direction: Direction, other: Outside, pod: &Pod) -> Option<String> {
        if let Outside::Address(address) = other {
            let public =
                self.scope.nodes.items.iter().filter_map(|node| node.public_addresses.known().ok());
            let of_node =
                public.flat_map(|entries| entries.certain().iter().chain(entries.named()));
            let text = address.to_string();
            if may_be_of_a_node(address) || of_node.into_iter().any(|entry| entry.contains(&text)) {
                return Some(format!(
                    "a node may have the address {address}, and traffic between a pod and its node always passes"
                ));
            }
        }
        if direction == Direction::Egress {
            return None;
        }
        if let Some(gap) = self.scope.services.gaps.first() {
            let why = gap_of(self.scope, *gap).words();
            return Some(format!(
                "a Service that was not read may replace the address of the sender with that of the node, whose traffic always passes: {why}"
            ));
        }
        let services = self.scope.services.items.iter();
        let found = services.into_iter().find(|service| {
            let own = place(service.region.as_deref());
            if own != pod.namespace && !own.is_empty() && !pod.namespace.is_empty() {
                return false;
            }
            let opens = |fact: &Fact<posture_model::entries::Entries>| match fact {
                Known(entries) => !entries.certain().is_empty() || entries.undecided().is_some(),
                Fact::NotOffered => false,
                Fact::Gap(_) => true,
            };
            let leads = match &service.selector {
                Known(selector) => selector.iter().all(|(key, value)| {
                    pod.labels.get(key).map_or(true, |own| own == Some(value.as_str()))
                }),
                Fact::NotOffered | Fact::Gap(_) => true,
            };
            leads && (opens(&service.node_ports) || opens(&service.external_ips))
        })?;
        Some(format!(
            "Service {} may replace the address of the sender with that of the node, whose traffic always passes",
            found.name
        ))
    }
}

/// The answer where it is not known what either end is.
pub(super) fn undecided(from: String, to: String, why: String) -> Answer {
    Answer {
        from,
        to,
        pods: (0, 0),
        reaches: Tri::Unknown(vec![why]),
        allowed: String::new(),
        undecided: Ports::everything().to_string(),
        because: None,
        through: None,
        sides: Vec::new(),
    }
}
