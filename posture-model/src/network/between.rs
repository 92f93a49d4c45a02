//! What one interface may send directly to another by private addresses, from the facts of a snapshot.

mod rules;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::addresses::{Addresses, Family};
use super::opening::Opening;
use super::reach::Reach;
use super::service::{Service, TCP};
use super::stored::{Hop, PacketRule, PrivateRoute, ports_of};
use super::traffic::Traffic;
use crate::fact::{Fact, Known};
use crate::gap::Gap;
use crate::provider::Provider;
use crate::resource::NetworkInterface;
use crate::scope::Scope;
use crate::tri::Tri;

type Flow = Reach<Gap>;

/// How many ports of senders are tried at most.
const MOST_PORTS: usize = 64;

/// The rules of what filters traffic in a scope, by ID.
#[derive(Debug)]
pub struct Filters<'s> {
    scope: &'s Scope,
    rules: HashMap<String, &'s Fact<Vec<PacketRule>>>,
}

impl<'s> Filters<'s> {
    /// Those of a scope.
    pub fn of(scope: &'s Scope) -> Self {
        let groups = scope.security_groups.items.iter().map(|one| (&one.id, &one.filter));
        let acls = scope.network_acls.items.iter().map(|one| (&one.id, &one.filter));
        let key = |id: &str| match scope.provider {
            Provider::Aws => id.rsplit('/').next().unwrap_or(id).to_owned(),
            // Kubernetes has its own engine.
            Provider::Azure | Provider::Kubernetes => plain(id),
        };
        let rules = groups.chain(acls).map(|(id, rules)| (key(id), rules)).collect();
        Self { scope, rules }
    }
}

fn plain(id: &str) -> String {
    id.trim_matches('/').to_ascii_lowercase()
}

/// An interface with what filters it.
#[derive(Clone, Copy, Debug)]
pub struct End<'s> {
    /// The interface.
    pub interface: &'s NetworkInterface,
    /// The filters of its scope.
    pub filters: &'s Filters<'s>,
}

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

impl<'s> End<'s> {
    /// What is known of a fact, or why it is not.
    fn known<T>(&self, fact: &'s Fact<T>) -> Result<&'s T, Gap> {
        match fact {
            Known(value) => Ok(value),
            Fact::Gap(gap) => {
                Err(self.filters.scope.gap(*gap).cloned().unwrap_or_else(Gap::not_collected))
            }
            Fact::NotOffered => Err(self.open("the provider does not offer it")),
        }
    }

    fn open(&self, detail: &str) -> Gap {
        Gap::undetermined("", &self.interface.id, detail)
    }

    fn addresses(&self) -> Result<Vec<IpAddr>, Gap> {
        let texts = self.known(&self.interface.private_addresses)?.iter();
        let all: Result<Vec<IpAddr>, _> = texts.map(|text| text.parse()).collect();
        all.map_err(|_| self.open("a private address makes no sense"))
    }

    /// Where its subnet sends what is for an address, by the longest prefix; of equal ones by the first. None if no route matches.
    fn hop(&self, address: IpAddr) -> Result<Option<&'s PrivateRoute>, Gap> {
        let routes = self.known(&self.interface.routes)?;
        let mut best: Option<(u8, &PrivateRoute)> = None;
        for route in routes {
            let Ok(prefix) = route.to.parse::<IpNet>() else {
                // It may be the most specific one.
                return Err(self.open("the destination of a route is not known"));
            };
            let better = best.is_none_or(|(length, _)| prefix.prefix_len() > length);
            if better && prefix.contains(&address) {
                best = Some((prefix.prefix_len(), route));
            }
        }
        Ok(best.map(|(_, route)| route))
    }

    fn rules(&self, id: &str) -> Result<&'s [PacketRule], Gap> {
        let scope = self.filters.scope;
        let rules = self.filters.rules.get(id).ok_or_else(|| {
            let gaps =
                if is_acl(id) { &scope.network_acls.gaps } else { &scope.security_groups.gaps };
            let missing = gaps.first().and_then(|gap| scope.gap(*gap)).cloned();
            let detail = "the snapshot does not hold what filters the traffic";
            missing.unwrap_or_else(|| Gap::undetermined("", id, detail))
        })?;
        self.known(rules).map(Vec::as_slice)
    }

    fn words(&self) -> String {
        let word = match self.filters.scope.provider {
            Provider::Aws => "interface",
            Provider::Azure | Provider::Kubernetes => "network interface",
        };
        let id = self.interface.id.rsplit('/').next().unwrap_or(&self.interface.id);
        format!("{word} {id}")
    }
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

/// The way that some networks have to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Same,
    Peers,
    Strangers,
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
            Provider::Azure | Provider::Kubernetes => self.security_groups(),
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

fn is_acl(id: &str) -> bool {
    id.starts_with("acl-")
}

fn acl_of(end: End<'_>) -> Result<(&str, &[PacketRule]), Gap> {
    let filters = end.known(&end.interface.filters)?;
    let id = filters.iter().find(|id| is_acl(id));
    let id = id.ok_or_else(|| end.open("the network ACL of its subnet is not known"))?;
    Ok((id, end.rules(id)?))
}

/// What passes, where connections of TCP depend on one more answer.
fn only_tcp(flow: Flow, answer: Tri<Gap>) -> Flow {
    let tcp = of(Service::protocol(TCP));
    let rest = of(Service::ALL).minus(&tcp);
    let held = flow.clone().and(Flow::exactly(rest));
    held.or(flow.and(Flow::exactly(tcp)).if_so(answer))
}

fn relation((from, source): (End<'_>, IpAddr), (to, target): (End<'_>, IpAddr)) -> Relation {
    let peer = |end: End<'_>, address| {
        matches!(end.hop(address), Ok(Some(PrivateRoute { hop: Hop::Peer(_), .. })))
    };
    match same_network(from, to) {
        Ok(true) => Relation::Same,
        Ok(false) if peer(from, target) && peer(to, source) => Relation::Peers,
        _ => Relation::Strangers,
    }
}

fn same_network(one: End<'_>, other: End<'_>) -> Result<bool, Gap> {
    let (a, b) = (one.known(&one.interface.network)?, other.known(&other.interface.network)?);
    Ok(a.eq_ignore_ascii_case(b))
}

/// Whether an interface sends what is for an address to the network of another one.
fn leads(from: End<'_>, to: End<'_>, address: IpAddr) -> Tri<Gap> {
    let provider = from.filters.scope.provider;
    if provider != to.filters.scope.provider {
        return Tri::No;
    }
    let here = match same_network(from, to) {
        Ok(here) => here,
        Err(gap) => return Tri::Unknown(gap),
    };
    let route = match from.hop(address) {
        Ok(route) => route,
        Err(gap) => return Tri::Unknown(gap),
    };
    let Some(route) = route else { return Tri::No };
    let open =
        |words: &str| Tri::Unknown(from.open(&format!("route {} leads to {words}", route.to)));
    let same_subnet = || match (&from.interface.subnet, &to.interface.subnet) {
        (Known(one), Known(other)) => one.eq_ignore_ascii_case(other),
        _ => true,
    };
    match &route.hop {
        Hop::Local => here.into(),
        // What is within one subnet of AWS may not be routed at all.
        _ if here && provider == Provider::Aws && same_subnet() => open("another place"),
        Hop::Peer(network) => match to.known(&to.interface.network) {
            Ok(own) => (!here && network.eq_ignore_ascii_case(own)).into(),
            Err(gap) => Tri::Unknown(gap),
        },
        Hop::Nowhere => Tri::No,
        Hop::Internet if provider == Provider::Aws && !Addresses::internet().has(address) => {
            Tri::No
        }
        Hop::Internet => open("the internet"),
        Hop::Other(words) => open(words),
    }
}
