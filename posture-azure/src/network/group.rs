//! Network security groups: rules by priority, of which the first that matches decides.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Filter, ICMP, ICMP6, Rule, Service, TCP, Traffic, UDP};
use posture_model::tri::Tri;

use super::place::Span;
use super::{Flow, Place, Topology};

/// A network security group, by its rules for what comes in.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// The rules that were made and, after them, those that every group has, in the order in which they are asked.
    pub(crate) rules: Vec<GroupRule>,
    /// The subnets and interfaces that it filters, as it says itself.
    pub(crate) attached: Vec<String>,
}

/// A rule for what comes in.
#[derive(Clone, Debug)]
pub(crate) struct GroupRule {
    pub(crate) name: String,
    pub(crate) priority: u32,
    pub(crate) allows: bool,
    pub(crate) protocol: Protocol,
    pub(crate) sources: Vec<Place>,
    pub(crate) source_ports: Vec<(u16, u16)>,
    pub(crate) destinations: Vec<Place>,
    pub(crate) destination_ports: Vec<(u16, u16)>,
}

/// What a rule says about protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Any,
    Tcp,
    Udp,
    Icmp,
    Esp,
    Ah,
}

/// Every port.
pub(super) const EVERY: (u16, u16) = (0, u16::MAX);

impl Protocol {
    pub(crate) fn read(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "*" => Self::Any,
            "tcp" => Self::Tcp,
            "udp" => Self::Udp,
            "icmp" => Self::Icmp,
            "esp" => Self::Esp,
            "ah" => Self::Ah,
            _ => return None,
        })
    }

    /// The services of this protocol with these ports. Ports are for the protocols that have them: a rule for some ports of any
    /// protocol is one for TCP and UDP.
    pub(super) fn services(self, ports: &[(u16, u16)]) -> Vec<Service> {
        let with_ports = |protocols: &[u8]| -> Vec<Service> {
            let of = |protocol: &u8| {
                let protocol = *protocol;
                let ports = ports.iter();
                ports.filter_map(move |(low, high)| Service::ports(protocol, *low..=*high))
            };
            protocols.iter().flat_map(of).collect()
        };
        match self {
            Self::Any if ports.contains(&EVERY) => vec![Service::ALL],
            Self::Any => with_ports(&[TCP, UDP]),
            Self::Tcp => with_ports(&[TCP]),
            Self::Udp => with_ports(&[UDP]),
            Self::Icmp => vec![Service::protocol(ICMP), Service::protocol(ICMP6)],
            Self::Esp => vec![Service::protocol(50)],
            Self::Ah => vec![Service::protocol(51)],
        }
    }
}

/// Ports in the words of a rule: `*`, a port or a range; nothing where it is none of these.
pub(crate) fn ports_of(text: &str) -> Option<(u16, u16)> {
    let text = text.trim();
    if text == "*" {
        return Some(EVERY);
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (low <= high).then_some((low, high))
}

impl Group {
    /// A group of these rules for what comes in.
    pub(crate) fn new(name: String, mut rules: Vec<GroupRule>, attached: Vec<String>) -> Self {
        rules.sort_by_key(|rule| rule.priority);
        rules.extend(defaults());
        Self { name, rules, attached }
    }
}

/// The [rules](https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview#default-security-rules)
/// for what comes in that every group has, and that cannot be removed.
pub(super) fn defaults() -> [GroupRule; 3] {
    let rule = |name: &str, priority, allows, source, destination| GroupRule {
        name: name.to_owned(),
        priority,
        allows,
        protocol: Protocol::Any,
        sources: vec![source],
        source_ports: vec![EVERY],
        destinations: vec![destination],
        destination_ports: vec![EVERY],
    };
    [
        rule("AllowVnetInBound", 65000, true, Place::Network, Place::Network),
        rule("AllowAzureLoadBalancerInBound", 65001, true, Place::Balancer, Place::Any),
        rule("DenyAllInBound", 65500, false, Place::Any, Place::Any),
    ]
}

/// Where traffic that a group filters goes.
#[derive(Clone, Debug)]
pub(crate) struct Receiver<'a> {
    /// The private address; none where it is not known, as with a front end that is passed on as it is.
    pub(crate) address: Option<IpAddr>,
    /// The application security groups that it is in.
    pub(crate) groups: &'a [String],
    /// The addresses of the tag `VirtualNetwork` in its network.
    pub(crate) tagged: &'a Span,
}

impl Group {
    /// What it lets in by itself, wherever it goes: a rule that allows counts for whichever destination it names, one that denies
    /// only if it names all of them. In which network it is does not matter, as the internet is in none.
    pub(crate) fn alone(&self) -> (Flow, Filter<Gap>) {
        let topology = Topology::empty();
        let nothing = Span::exactly(Addresses::none());
        let rules = self.rules.iter().map(|rule| {
            let everywhere = |place: &Place| matches!(place, Place::Any | Place::Network);
            let somewhere = |place: &Place| !matches!(place, Place::Internet | Place::Balancer);
            let counts = if rule.allows {
                rule.destinations.iter().any(somewhere)
            } else {
                rule.destinations.iter().any(everywhere) && rule.source_ports.contains(&EVERY)
            };
            let matches = if counts { topology.matched(rule, &nothing) } else { Flow::nothing() };
            Rule { matches, allows: rule.allows }
        });
        let filter = Filter::new(rules.collect());
        (filter.passes().among(Addresses::internet()), filter)
    }

    /// The rules that let some traffic in, or may, in words.
    pub(crate) fn rules_of(&self, filter: &Filter<Gap>, traffic: &Traffic) -> String {
        let places = filter.deciding(traffic).into_iter();
        let rules = places.filter_map(|place| self.rules.get(place)).filter(|rule| rule.allows);
        let names: Vec<&str> = rules.map(|rule| rule.name.as_str()).collect();
        format!("rule {}", some(&names))
    }
}

/// Some of several names, and how many more there are.
pub(super) fn some(names: &[&str]) -> String {
    const NAMED: usize = 3;
    let named = names.get(..NAMED).unwrap_or(names).join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

impl Topology {
    /// What a group lets in for a receiver in a network, from one port of the sender.
    pub(super) fn admitted(
        &self,
        (id, group): (&str, &Group),
        network: &str,
        to: &Receiver<'_>,
        port: u16,
    ) -> Rc<Flow> {
        let named = |rule: &GroupRule| match self.receives(rule, to) {
            Tri::No => 0,
            Tri::Yes => 1,
            Tri::Unknown(_) => 2,
        };
        let named: Vec<u8> = group.rules.iter().map(named).collect();
        let key = (id.to_owned(), network.to_owned(), named, port);
        if let Some(flow) = self.memory.admitted.borrow().get(&key) {
            return Rc::clone(flow);
        }
        let flow = Rc::new(self.filter(group, to, port).passes());
        self.memory.admitted.borrow_mut().insert(key, Rc::clone(&flow));
        flow
    }

    /// Whether a rule names a receiver.
    fn receives(&self, rule: &GroupRule, to: &Receiver<'_>) -> Tri<Gap> {
        let places = rule.destinations.iter();
        Tri::any(places.map(|place| self.is_receiver(place, to.address, to.groups)))
    }

    /// The rules of a group, by what they match for a receiver, from one port of the sender.
    pub(super) fn filter(&self, group: &Group, to: &Receiver<'_>, port: u16) -> Filter<Gap> {
        let rules = group.rules.iter();
        Filter::new(rules.map(|rule| self.rule(rule, to, port)).collect())
    }

    fn rule(&self, rule: &GroupRule, to: &Receiver<'_>, port: u16) -> Rule<Gap> {
        let allows = rule.allows;
        if !rule.source_ports.iter().any(|(low, high)| (*low..=*high).contains(&port)) {
            return Rule { matches: Flow::nothing(), allows };
        }
        let receives = self.receives(rule, to);
        if receives.is_no() {
            return Rule { matches: Flow::nothing(), allows };
        }
        Rule { matches: self.matched(rule, to.tagged).if_so(receives), allows }
    }

    /// What a rule matches, whatever the destination.
    fn matched(&self, rule: &GroupRule, tagged: &Span) -> Flow {
        let mut senders = Span::exactly(Addresses::none());
        rule.sources.iter().for_each(|place| senders.add(self.senders(place, tagged)));
        let of = |addresses: &Addresses| {
            let mut traffic = Traffic::none();
            for service in rule.protocol.services(&rule.destination_ports) {
                traffic.add(service, addresses);
            }
            traffic
        };
        match senders.why {
            None => Flow::exactly(of(&senders.certain)),
            Some(why) => Flow::between(of(&senders.certain), of(&senders.possible), why),
        }
    }

    /// The group of a subnet or an interface: its own, unless another one says that it filters this.
    pub(super) fn group_of(
        &self,
        own: Option<&str>,
        of: &str,
    ) -> Result<Option<(&str, &Group)>, Gap> {
        let claims = self.memory.claims.get_or_init(|| {
            let mut claims: HashMap<String, Vec<String>> = HashMap::new();
            for (id, group) in self.groups.known() {
                for to in &group.attached {
                    claims.entry(to.clone()).or_default().push(id.to_owned());
                }
            }
            claims
        });
        let others = claims.get(of).into_iter().flatten().map(String::as_str);
        if let Some(other) = others.into_iter().find(|id| Some(*id) != own) {
            let detail = "it is attached to a resource that does not refer to it";
            return Err(Gap::undetermined(self.groups.action, other, detail));
        }
        let Some(own) = own else { return Ok(None) };
        let (id, _) = self.groups.items.get_key_value(own).ok_or_else(|| {
            let missing = self.groups.missing.clone();
            let detail = "the response does not hold the security group";
            missing.unwrap_or_else(|| Gap::undetermined(self.groups.action, own, detail))
        })?;
        Ok(Some((id, self.groups.get(own)?)))
    }
}

/// One port of the sender for each case that rules distinguish; nothing where these are too many.
pub(super) fn sender_ports<'g>(groups: impl Iterator<Item = &'g Group>) -> Option<Vec<u16>> {
    const MOST: usize = 64;
    let mut cases = std::collections::BTreeSet::from([0]);
    let rules = groups.flat_map(|group| &group.rules);
    for (low, high) in rules.flat_map(|rule| &rule.source_ports) {
        cases.insert(*low);
        cases.extend(high.checked_add(1));
        if cases.len() > MOST {
            return None;
        }
    }
    // No client sends from port 0; the ports up to the next case are like it.
    Some(cases.into_iter().map(|port| port.max(1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_all_one_or_a_range() {
        for (text, ports) in [
            ("*", Some((0, 65535))),
            ("22", Some((22, 22))),
            (" 20 - 25 ", Some((20, 25))),
            ("0-65535", Some((0, 65535))),
            ("25-20", None),
            ("65536", None),
            ("22,80", None),
            ("", None),
            ("-", None),
            ("ssh", None),
        ] {
            assert_eq!(ports_of(text), ports, "{text}");
        }
    }

    #[test]
    fn a_protocol_has_its_ports() {
        let tcp = |port| Service::port(TCP, port);
        assert_eq!(Protocol::Tcp.services(&[(22, 22)]), [tcp(22)]);
        assert_eq!(Protocol::Any.services(&[(22, 22)]), [tcp(22), Service::port(UDP, 22)]);
        assert_eq!(Protocol::Any.services(&[EVERY]), [Service::ALL]);
        assert_eq!(Protocol::Tcp.services(&[EVERY]), [Service::protocol(TCP)]);
        assert_eq!(Protocol::Icmp.services(&[(22, 22)]).len(), 2);
        for (text, protocol) in
            [("TCP", Some(Protocol::Tcp)), ("*", Some(Protocol::Any)), ("6", None), ("", None)]
        {
            assert_eq!(Protocol::read(text), protocol, "{text}");
        }
    }
}
