//! What decides the traffic between machines, as facts.

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::network::{Hop, PacketRule, PrivateRoute};
use posture_model::resource::{FactId, Machine, NetworkInterface};

use super::Prefixes;
use super::actions::*;
use super::answers::*;
use super::convert::malformed;
use super::exposure::{is_balancer, is_nat};
use super::index::Index;
use crate::network::{Topology, service};

/// The facts with which these are read: they take no call beyond those of what the internet reaches.
pub(super) const WANTED: &[FactId] = &[
    NetworkInterface::OPEN_TO_ANYONE,
    NetworkInterface::OPEN_TO_SOME,
    Machine::OPEN_TO_ANYONE,
    Machine::OPEN_TO_SOME,
    NetworkInterface::PRIVATE_ADDRESSES,
    NetworkInterface::NETWORK,
    NetworkInterface::SUBNET,
    NetworkInterface::GROUPS,
    NetworkInterface::FILTERS,
    NetworkInterface::ROUTES,
];

/// How many routes of a subnet are kept.
const MOST_ROUTES: usize = 100;

/// What these facts follow from.
pub(super) struct Parts<'a> {
    pub(super) prefixes: &'a Prefixes,
    pub(super) index: &'a Index<'a>,
    pub(super) topology: &'a Topology,
}

/// An interface with the facts about traffic within networks.
pub(super) fn facts(
    to: NetworkInterface,
    id: &str,
    listed: ListedInterface<'_>,
    parts: &Parts<'_>,
    note: &dyn Fn(Gap) -> GapId,
) -> NetworkInterface {
    let lacks =
        |what: &str| note(malformed(INTERFACES.name, id, &format!("the response lacks `{what}`")));
    let text = |text: Option<&str>, what: &str| {
        text.map_or_else(|| Fact::Gap(lacks(what)), |text| Known(text.to_owned()))
    };
    let groups: Vec<String> =
        listed.groups().filter_map(GroupName::id).map(str::to_owned).collect();
    let (vpc, subnet) = (listed.vpc(), listed.subnet());
    let filters = match subnet {
        None => Fact::Gap(lacks("subnetId")),
        Some(_) if is_nat(listed) || is_balancer(listed) => {
            let detail = "what the NAT gateway or load balancer accepts is not read";
            Fact::Gap(note(Gap::undetermined(INTERFACES.name, id, detail)))
        }
        Some(subnet) => match parts.topology.acl_of(subnet) {
            Ok((acl, _)) => Known([acl.to_owned()].into_iter().chain(groups.clone()).collect()),
            Err(gap) => Fact::Gap(note(gap)),
        },
    };
    let routes = match (vpc, subnet) {
        (Some(vpc), Some(subnet)) => match routes(parts, vpc, subnet) {
            Ok(routes) => Known(routes),
            Err(gap) => Fact::Gap(note(gap)),
        },
        _ => Fact::Gap(lacks("vpcId")),
    };
    to.private_addresses(addresses(id, listed, note))
        .network(text(vpc, "vpcId"))
        .subnet(text(subnet, "subnetId"))
        .groups(Known(groups))
        .filters(filters)
        .routes(routes)
}

fn addresses(
    id: &str,
    listed: ListedInterface<'_>,
    note: &dyn Fn(Gap) -> GapId,
) -> Fact<Vec<String>> {
    match listed.status() {
        Some(InterfaceStatus::Available) => return Known(Vec::new()),
        Some(InterfaceStatus::Other) | None => {
            let gap = Gap::undetermined(INTERFACES.name, id, "its status is not known here");
            return Fact::Gap(note(gap));
        }
        Some(_) => {}
    }
    let v4 = listed.private().map(PrivateAddress::address);
    let all: Option<Vec<String>> =
        v4.chain(listed.v6().map(V6Address::address)).map(|text| text.map(str::to_owned)).collect();
    let wrong = || malformed(INTERFACES.name, id, "an address is missing");
    all.map_or_else(|| Fact::Gap(note(wrong())), Known)
}

fn routes(parts: &Parts<'_>, vpc: &str, subnet: &str) -> Result<Vec<PrivateRoute>, Gap> {
    let (own, _) = parts.topology.table_of(subnet, vpc)?;
    let table = parts.index.tables.get(own);
    let mut all = Vec::new();
    for route in table.into_iter().flat_map(|table| table.routes()) {
        // An endpoint of a service is reached by the public addresses of the service.
        if route.list().is_some() && route.gateway().is_some_and(|id| id.starts_with("vpce-")) {
            continue;
        }
        let hop = hop(parts.index, vpc, route);
        match (route.cidr().or(route.cidr6()), route.list()) {
            (Some(to), _) => all.push(PrivateRoute { to: to.to_owned(), hop }),
            (None, Some(list)) => {
                let named = vec![list.to_owned()];
                let to = prefixes(parts.prefixes, list).unwrap_or(named).into_iter();
                all.extend(to.map(|to| PrivateRoute { to, hop: hop.clone() }));
            }
            (None, None) => all.push(PrivateRoute { to: "?".to_owned(), hop }),
        }
        if all.len() > MOST_ROUTES {
            let detail = "its route table has more routes than are kept";
            return Err(Gap::undetermined(TABLES.name, own, detail));
        }
    }
    Ok(all)
}

/// Where a route leads. A peering leads to the other of its two networks.
fn hop(index: &Index<'_>, vpc: &str, route: ListedRoute<'_>) -> Hop {
    match route.state() {
        Some(RouteState::Active) => {}
        Some(RouteState::Blackhole) => return Hop::Nowhere,
        _ => return Hop::Other("an unknown place".to_owned()),
    }
    if let Some(peering) = route.peering() {
        let found = index.peerings.get(peering);
        let sides = found.into_iter().flat_map(|one| [one.accepter(), one.requester()]);
        let ids: Vec<&str> = sides.flatten().filter_map(Peer::vpc).collect();
        return match ids.as_slice() {
            [one, other] | [other, one] if *one == vpc && *other != vpc => {
                Hop::Peer((*other).to_owned())
            }
            _ => Hop::Other(format!("{peering}, whose networks are not known")),
        };
    }
    match route.gateway() {
        Some("local") => return Hop::Local,
        Some(id) if id.starts_with("igw-") => return Hop::Internet,
        _ => {}
    }
    let ids = [route.nat(), route.egress(), route.transit(), route.gateway(), route.interface()];
    let id = ids.into_iter().flatten().next();
    Hop::Other(id.unwrap_or("an unknown target").to_owned())
}

/// The prefixes of a list, where they are known.
fn prefixes(lists: &Prefixes, id: &str) -> Option<Vec<String>> {
    match lists.get(id) {
        Some(Ok(all)) => Some(all.iter().map(ToString::to_string).collect()),
        Some(Err(_)) | None => None,
    }
}

/// The rules of a security group. A list of prefixes that is not known is named, so that it may be any address.
pub(super) fn group(listed: ListedGroup<'_>, lists: &Prefixes) -> Vec<PacketRule> {
    let one = |outbound: bool, rule: IpPermission<'_>| -> Option<PacketRule> {
        let found = rule.protocol().and_then(|protocol| service(protocol, rule.from(), rule.to()));
        let mut ends: Vec<String> = Vec::new();
        ends.extend(rule.ranges().map(|range| range.cidr().unwrap_or("?").to_owned()));
        ends.extend(rule.ranges6().map(|range| range.cidr().unwrap_or("?").to_owned()));
        for list in rule.lists() {
            let id = list.id().unwrap_or("?");
            ends.extend(prefixes(lists, id).unwrap_or_else(|| vec![id.to_owned()]));
        }
        ends.extend(rule.groups().map(|group| match group.id() {
            Some(id) => format!("group {id}"),
            None => "?".to_owned(),
        }));
        // Without an end it matches nothing.
        let (from, to) = if outbound { (Vec::new(), ends) } else { (ends, Vec::new()) };
        (!from.is_empty() || !to.is_empty()).then(|| PacketRule {
            outbound,
            services: vec![found.map_or_else(|| "?".to_owned(), |service| service.to_string())],
            from,
            to,
            ..PacketRule::default()
        })
    };
    let inbound = listed.inbound().filter_map(|rule| one(false, rule));
    inbound.chain(listed.outbound().filter_map(|rule| one(true, rule))).collect()
}

/// The rules of a network ACL by their numbers. One whose action is not known may allow and may deny.
pub(super) fn acl(listed: ListedAcl<'_>) -> Vec<PacketRule> {
    let mut entries: Vec<AclEntry<'_>> = listed.entries().collect();
    entries.sort_by_key(|entry| entry.number());
    let mut rules = Vec::new();
    for entry in entries {
        let (ports, icmp) = (entry.ports(), entry.icmp());
        let found = match entry.protocol() {
            Some(protocol @ ("1" | "58" | "icmp" | "icmpv6")) => service(
                protocol,
                icmp.and_then(IcmpTypeCode::kind),
                icmp.and_then(IcmpTypeCode::code),
            ),
            Some(protocol) => {
                service(protocol, ports.and_then(PortRange::from), ports.and_then(PortRange::to))
            }
            None => None,
        };
        let end = entry.cidr().or(entry.cidr6()).unwrap_or("?").to_owned();
        let outbound = entry.egress().unwrap_or_default();
        let rule = |end: String, denies: bool| {
            let (from, to) =
                if outbound { (Vec::new(), vec![end]) } else { (vec![end], Vec::new()) };
            PacketRule {
                name: format!("rule {}", entry.number().unwrap_or_default()),
                outbound,
                denies,
                services: vec![found.map_or_else(|| "?".to_owned(), |it| it.to_string())],
                from,
                to,
                ..PacketRule::default()
            }
        };
        match entry.action() {
            Some(RuleAction::Allow) => rules.push(rule(end, false)),
            Some(RuleAction::Deny) => rules.push(rule(end, true)),
            _ => rules.extend([rule("?".to_owned(), false), rule(end, true)]),
        }
    }
    rules
}
