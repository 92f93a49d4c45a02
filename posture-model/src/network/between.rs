//! What one interface may send directly to another by private addresses, from the facts of a snapshot.

mod end;
mod routes;
mod rules;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use std::net::IpAddr;

pub use self::end::{End, Filters};
use self::end::{acl_of, is_acl};
use self::routes::{Relation, leads, relation};
use super::addresses::{Addresses, Family};
use super::opening::Opening;
use super::reach::Reach;
use super::service::{Service, TCP};
use super::stored::ports_of;
use super::traffic::Traffic;
use crate::gap::Gap;
use crate::provider::Provider;
use crate::tri::Tri;

type Flow = Reach<Gap>;

/// How many ports of senders are tried at most.
const MOST_PORTS: usize = 64;

/// What passes from one interface to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passage {
    /// What certainly passes.
    pub certain: Vec<Opening>,
    /// What may pass, beyond what certainly does.
    pub possible: Vec<Opening>,
    /// Why that is open; none if it is not.
    pub why: Option<Gap>,
    /// Whether anything may pass, without a way that can be named.
    pub all_open: bool,
}

/// What an interface may send directly to another one by private addresses: within a network, or through a peering.
pub fn between(from: End<'_>, to: End<'_>) -> Passage {
    let mut sum = Passage::default();
    let (sources, targets) = match (from.addresses(), to.addresses()) {
        (Ok(sources), Ok(targets)) => (sources, targets),
        // Without an address nothing passes, whatever the other has.
        (Ok(none), Err(_)) | (Err(_), Ok(none)) if none.is_empty() => return sum,
        (Err(gap), _) | (_, Err(gap)) => {
            (sum.why, sum.all_open) = (Some(gap), true);
            return sum;
        }
    };
    for source in &sources {
        for target in targets.iter().filter(|it| Family::of(**it) == Family::of(*source)) {
            let relation = relation((from, *source), (to, *target));
            let pair = Pair { from, to, source: *source, target: *target, relation };
            let flow = pair.flow();
            sum.certain.extend(pair.ways(flow.certain()));
            sum.possible.extend(pair.ways(&flow.open()));
            sum.why = sum.why.or_else(|| flow.why().cloned());
        }
    }
    sum
}

struct Pair<'s> {
    from: End<'s>,
    to: End<'s>,
    source: IpAddr,
    target: IpAddr,
    relation: Relation,
}

/// The other end of every traffic here: which one it is has been decided before.
fn other() -> Addresses {
    Addresses::one(IpAddr::from([0, 0, 0, 1]))
}

fn of(service: Service) -> Traffic {
    Traffic::of(service, &other())
}

fn everything() -> Flow {
    Flow::exactly(of(Service::ALL))
}

impl Pair<'_> {
    /// What passes, by protocol and port of the receiver.
    fn flow(&self) -> Flow {
        let sent = leads(self.from, self.to, self.target);
        if sent.is_no() {
            return Flow::nothing();
        }
        // An answer finds its way back, or a connection of TCP does not come about. What is sent by another protocol arrives.
        let back = leads(self.to, self.from, self.source);
        let routed = only_tcp(everything().if_so(sent), back);
        let filtered = match self.from.filters.scope.provider {
            Provider::Aws => self.groups_and_acls(),
            Provider::Azure | Provider::Kubernetes | Provider::Docker | Provider::Image => {
                self.security_groups()
            }
        };
        routed.and(filtered)
    }

    fn same_subnet(&self) -> Result<bool, Gap> {
        let (one, other) = (self.from.interface, self.to.interface);
        let (one, other) = (self.from.known(&one.subnet)?, self.to.known(&other.subnet)?);
        Ok(one.eq_ignore_ascii_case(other))
    }

    /// AWS: what any group of each end allows and, between subnets, what the ACL of each allows in both directions.
    fn groups_and_acls(&self) -> Flow {
        let sent = self.any_group(self.from, true);
        let groups = sent.and(self.any_group(self.to, false));
        let acls = match self.same_subnet() {
            Ok(true) => return groups,
            Ok(false) => self.acls(),
            // Without ACLs between them, or with them.
            Err(gap) => self.acls().or(Flow::unknown(gap)),
        };
        groups.and(acls)
    }

    fn any_group(&self, end: End<'_>, outbound: bool) -> Flow {
        let filters = match end.known(&end.interface.filters) {
            Ok(filters) => filters,
            Err(gap) => return Flow::unknown(gap),
        };
        let groups: Vec<&String> = filters.iter().filter(|id| !is_acl(id)).collect();
        if groups.is_empty() {
            return everything();
        }
        groups.into_iter().fold(Flow::nothing(), |sum, id| {
            sum.or(match end.rules(id) {
                Ok(rules) => self.filter(rules, end, outbound, Ask::there(1)).passes(),
                Err(gap) => Flow::unknown(gap),
            })
        })
    }

    fn acls(&self) -> Flow {
        let pass = |end: End<'_>, outbound: bool, ask: Ask| match acl_of(end) {
            Ok((_, rules)) => self.filter(rules, end, outbound, ask).passes(),
            Err(gap) => Flow::unknown(gap),
        };
        let there = pass(self.from, true, Ask::there(1)).and(pass(self.to, false, Ask::there(1)));
        let back = pass(self.to, true, Ask::BACK).and(pass(self.from, false, Ask::BACK));
        // To a port that the client chooses, which can be any.
        let ports = Service::ports(TCP, 1..=u16::MAX).unwrap_or(Service::protocol(TCP));
        let answered = match back.any_of(&of(ports)) {
            Tri::Yes => Tri::Yes,
            Tri::No => Tri::No,
            Tri::Unknown(gap) => Tri::Unknown(gap.clone()),
        };
        only_tcp(there, answered)
    }

    /// Azure: what every group of each end allows, from some port of the sender.
    fn security_groups(&self) -> Flow {
        let ids = |end: End<'_>| end.known(&end.interface.filters).cloned();
        let (sends, receives) = match (ids(self.from), ids(self.to)) {
            (Ok(sends), Ok(receives)) => (sends, receives),
            (Err(gap), _) | (_, Err(gap)) => return Flow::unknown(gap),
        };
        let sides = [(self.from, true, sends), (self.to, false, receives)];
        let mut ports = BTreeSet::from([1]);
        for (end, outbound, ids) in &sides {
            for rule in ids.iter().filter_map(|id| end.rules(id).ok()).flatten() {
                if rule.outbound == *outbound {
                    for (low, high) in rule.sender_ports.iter().filter_map(|text| ports_of(text)) {
                        ports.insert(low.max(1));
                        ports.extend(high.checked_add(1));
                    }
                }
            }
        }
        if ports.len() > MOST_PORTS {
            return Flow::unknown(self.to.open("rules tell too many ports of senders apart"));
        }
        ports.into_iter().fold(Flow::nothing(), |sum, port| {
            let mut all = everything();
            for (end, outbound, ids) in &sides {
                for id in ids {
                    all = all.and(match end.rules(id) {
                        Ok(rules) => self.filter(rules, *end, *outbound, Ask::there(port)).passes(),
                        Err(gap) => Flow::unknown(gap),
                    });
                }
            }
            sum.or(all)
        })
    }
}

/// What a filter is asked: the port of the sender, and whether it is about the answers.
#[derive(Clone, Copy)]
struct Ask {
    port: u16,
    back: bool,
}

impl Ask {
    const BACK: Self = Self { port: 1, back: true };

    const fn there(port: u16) -> Self {
        Self { port, back: false }
    }
}

/// What passes, where connections of TCP depend on one more answer.
fn only_tcp(flow: Flow, answer: Tri<Gap>) -> Flow {
    let tcp = of(Service::protocol(TCP));
    let rest = of(Service::ALL).minus(&tcp);
    let held = flow.clone().and(Flow::exactly(rest));
    held.or(flow.and(Flow::exactly(tcp)).if_so(answer))
}
