//! From what EC2 answers to what the engine takes.

use std::collections::BTreeMap;

use ipnet::IpNet;
use posture_model::gap::{Gap, Reason};
use posture_model::network::{Addresses, Service, Traffic};

use super::actions::*;
use super::answers::*;
use super::{Lists, Prefixes, Read};
use crate::network::{
    Acl, Block, Entry, Exclusion, Flow, Group, Known, Mode, Permission, Reference, Route,
    RouteTable, Subnet, Topology, Via, matches, service, union,
};
use crate::wire::Shape;

/// What came and makes no sense.
pub(super) fn malformed(action: &str, target: &str, detail: &str) -> Gap {
    Gap { detail: Some(detail.to_owned()), ..Gap::new(action, target, Reason::Malformed) }
}

pub(super) fn topology(lists: &Lists) -> Topology {
    Topology::new(
        subnets(&lists.subnets),
        tables(&lists.tables, &lists.prefixes),
        acls(&lists.acls),
        groups(&lists.groups, &lists.prefixes),
        block(lists),
    )
}

fn known<T, S: Shape>(
    read: &Read<S>,
    action: &'static str,
    items: impl Iterator<Item = Option<(String, T)>>,
) -> Known<T> {
    let mut known = Known { items: BTreeMap::new(), missing: read.missing.clone(), action };
    for item in items {
        match item {
            Some((id, item)) => {
                known.items.insert(id, item);
            }
            None => {
                let gap = || malformed(action, "", "an item of the list has no name");
                known.missing.get_or_insert_with(gap);
            }
        }
    }
    known
}

fn subnets(read: &Read<DescribeSubnets<'static>>) -> Known<Subnet> {
    let subnet = |subnet: ListedSubnet<'_>| {
        let v4 = subnet.cidr().and_then(Addresses::parse);
        let v6 = |private: bool| {
            let blocks = subnet.v6().filter(move |block| {
                !private || block.attribute() == Some(AddressAttribute::Private)
            });
            blocks
                .filter_map(|block| Addresses::parse(block.cidr()?))
                .reduce(|all, one| all.or(&one))
        };
        let addresses = v4.into_iter().chain(v6(false)).reduce(|all, one| all.or(&one));
        let found = Subnet {
            // Where it has none that can be read, it may have any.
            addresses: addresses.unwrap_or_else(Addresses::all),
            unannounced: v6(true).unwrap_or_default(),
        };
        Some((subnet.id()?.to_owned(), found))
    };
    let items = read.pages().flat_map(DescribeSubnets::subnets).map(subnet);
    known(read, SUBNETS.name, items)
}

fn tables(read: &Read<DescribeRouteTables<'static>>, lists: &Prefixes) -> Known<RouteTable> {
    let table = |table: ListedTable<'_>| {
        let id = table.id()?;
        let holds = |association: &TableAssociation<'_>| {
            use AssociationStatus::{Disassociated, Failed};
            let state = association.state().and_then(AssociationState::state);
            !matches!(state, Some(Disassociated | Failed))
        };
        let associations = || table.associations().filter(holds);
        let found = RouteTable::new(
            table.vpc()?.to_owned(),
            associations().any(|association| association.main() == Some(true)),
            associations().filter_map(TableAssociation::subnet).map(str::to_owned).collect(),
            associations().filter_map(TableAssociation::gateway).map(str::to_owned).collect(),
            table.routes().map(|one| route(id, one, lists)).collect(),
        );
        Some((id.to_owned(), found))
    };
    let items = read.pages().flat_map(DescribeRouteTables::tables).map(table);
    known(read, TABLES.name, items)
}

fn route(table: &str, route: ListedRoute<'_>, lists: &Prefixes) -> Route {
    let parse = |cidr: &str| {
        let prefix = cidr.parse::<IpNet>();
        prefix
            .map(|prefix| vec![prefix])
            .map_err(|_| malformed(TABLES.name, table, "a route is not to a prefix"))
    };
    let (destination, prefixes) = match (route.cidr().or(route.cidr6()), route.list()) {
        (Some(cidr), _) => (cidr, parse(cidr)),
        (None, Some(list)) => (list, listed(lists, list)),
        (None, None) => ("?", Err(malformed(TABLES.name, table, "a route has no destination"))),
    };
    Route { destination: destination.to_owned(), prefixes, via: via(route) }
}

fn via(route: ListedRoute<'_>) -> Via {
    match route.state() {
        Some(RouteState::Active) => {}
        // What matches it is dropped.
        Some(RouteState::Blackhole) => return Via::Elsewhere,
        _ => return Via::Appliance("a route whose state is not known".to_owned()),
    }
    if route.nat().or(route.egress()).or(route.transit()).or(route.peering()).is_some() {
        return Via::Elsewhere;
    }
    match route.gateway() {
        Some("local") => Via::Local,
        Some(id) if id.starts_with("igw-") => Via::Internet(id.to_owned()),
        Some(id) if id.starts_with("vgw-") => Via::Elsewhere,
        // An endpoint of a service is reached by the list of its addresses, an endpoint of an appliance by prefixes.
        Some(id) if id.starts_with("vpce-") && route.list().is_some() => Via::Elsewhere,
        other => {
            Via::Appliance(other.or(route.interface()).unwrap_or("an unknown target").to_owned())
        }
    }
}

fn listed(lists: &Prefixes, id: &str) -> Result<Vec<IpNet>, Gap> {
    let unread = || Err(Gap::not_collected());
    lists.get(id).cloned().unwrap_or_else(unread)
}

fn acls(read: &Read<DescribeNetworkAcls<'static>>) -> Known<Acl> {
    let acl = |acl: ListedAcl<'_>| {
        let id = acl.id()?;
        let subnets = acl.associations().filter_map(AclAssociation::subnet).map(str::to_owned);
        let entries = acl.entries().flat_map(|one| entries(id, one));
        let found = Acl::new(subnets.collect(), entries.collect());
        Some((id.to_owned(), found))
    };
    let items = read.pages().flat_map(DescribeNetworkAcls::acls).map(acl);
    known(read, ACLS.name, items)
}

/// A rule of an ACL as the engine has it: one whose action is not known may allow and may deny.
fn entries(acl: &str, entry: AclEntry<'_>) -> Vec<Entry> {
    let wrong = |detail: &str| malformed(ACLS.name, acl, detail);
    let prefix = entry.cidr().or(entry.cidr6()).and_then(|cidr| cidr.parse::<IpNet>().ok());
    let addresses = prefix.map(Addresses::of).ok_or_else(|| wrong("a rule is not about a prefix"));
    let (ports, icmp) = (entry.ports(), entry.icmp());
    let named = match entry.protocol() {
        Some(protocol @ ("1" | "58" | "icmp" | "icmpv6")) => {
            service(protocol, icmp.and_then(IcmpTypeCode::kind), icmp.and_then(IcmpTypeCode::code))
        }
        Some(protocol) => {
            service(protocol, ports.and_then(PortRange::from), ports.and_then(PortRange::to))
        }
        None => None,
    };
    let flow = match named {
        Some(service) => matches(service, &addresses),
        None => matches(Service::ALL, &Err(wrong("a rule has an unknown protocol or ports"))),
    };
    let number = entry.number().unwrap_or_default();
    let outbound = entry.egress().unwrap_or_default();
    let one = |allows, matches| Entry { number, outbound, allows, matches };
    match entry.action() {
        Some(RuleAction::Allow) => vec![one(true, flow)],
        Some(RuleAction::Deny) => vec![one(false, flow)],
        _ => {
            let gap = wrong("a rule has an unknown action");
            let perhaps = Flow::between(Traffic::none(), flow.possible().clone(), gap);
            vec![one(true, perhaps), one(false, flow)]
        }
    }
}

fn groups(read: &Read<DescribeSecurityGroups<'static>>, lists: &Prefixes) -> Known<Group> {
    let group = |group: ListedGroup<'_>| {
        let id = group.id()?;
        let permissions = group.inbound().flat_map(|rule| permissions(id, rule, lists));
        let converted = Group {
            from_groups: group.inbound().flat_map(|rule| references(id, rule)).collect(),
            outbound: union(group.outbound().map(|rule| lets_out(id, rule, lists))),
            to_groups: group.outbound().flat_map(|rule| references(id, rule)).collect(),
            ..Group::new(permissions.collect())
        };
        Some((id.to_owned(), converted))
    };
    let items = read.pages().flat_map(DescribeSecurityGroups::groups).map(group);
    known(read, GROUPS.name, items)
}

/// The groups that a rule is about, each with the service.
fn references<'a>(
    group: &'a str,
    rule: IpPermission<'a>,
) -> impl Iterator<Item = Reference> + use<'a> {
    let found = rule.protocol().and_then(|protocol| service(protocol, rule.from(), rule.to()));
    let wrong = || malformed(GROUPS.name, group, "a rule has an unknown protocol or ports");
    let found = found.ok_or_else(wrong);
    let groups = rule.groups().filter_map(GroupName::id);
    groups.map(move |id| Reference { service: found.clone(), group: id.to_owned() })
}

/// What a rule for what goes out lets out to addresses.
fn lets_out(group: &str, rule: IpPermission<'_>, lists: &Prefixes) -> Flow {
    let found = rule.protocol().and_then(|protocol| service(protocol, rule.from(), rule.to()));
    let wrong = || malformed(GROUPS.name, group, "a rule has an unknown protocol or ports");
    union(ends(group, rule, lists).map(|(_, addresses)| match found {
        Some(service) => matches(service, &addresses),
        None => matches(Service::ALL, &Err(wrong())),
    }))
}

/// The other ends of a rule, each as it is written, with its addresses.
fn ends<'a>(
    group: &'a str,
    rule: IpPermission<'a>,
    lists: &'a Prefixes,
) -> impl Iterator<Item = (&'a str, Result<Addresses, Gap>)> {
    let ranges = rule.ranges().map(IpRange::cidr);
    let ranges = ranges.chain(rule.ranges6().map(Ipv6Range::cidr)).flatten().map(move |cidr| {
        let addresses = cidr.parse::<IpNet>().map(Addresses::of);
        let wrong = |_| malformed(GROUPS.name, group, "a rule is not about a prefix");
        (cidr, addresses.map_err(wrong))
    });
    let named = rule.lists().filter_map(PrefixListName::id).map(|id| {
        let all = |prefixes: Vec<IpNet>| {
            let mut all = Addresses::none();
            prefixes.into_iter().for_each(|prefix| all.add(&Addresses::of(prefix)));
            all
        };
        (id, listed(lists, id).map(all))
    });
    ranges.chain(named)
}

fn permissions(group: &str, rule: IpPermission<'_>, lists: &Prefixes) -> Vec<Permission> {
    let found = rule.protocol().and_then(|protocol| service(protocol, rule.from(), rule.to()));
    let words =
        found.map_or_else(|| "an unknown protocol".to_owned(), |service| service.to_string());
    let mut all: Vec<Permission> = Vec::new();
    for (text, addresses) in ends(group, rule, lists) {
        let flow = match found {
            Some(service) => matches(service, &addresses),
            None => {
                let gap = malformed(GROUPS.name, group, "a rule has an unknown protocol or ports");
                matches(Service::ALL, &Err(gap))
            }
        };
        all.push(Permission { flow, text: format!("{words} from {text}") });
    }
    all
}

/// The rules of a group in words.
pub(super) fn rules(group: ListedGroup<'_>) -> Vec<String> {
    let words = |way: &str, rule: IpPermission<'_>| -> Vec<String> {
        let found = rule.protocol().and_then(|protocol| service(protocol, rule.from(), rule.to()));
        let what =
            found.map_or_else(|| "an unknown protocol".to_owned(), |service| service.to_string());
        let ends = rule.ranges().filter_map(IpRange::cidr);
        let ends = ends.chain(rule.ranges6().filter_map(Ipv6Range::cidr));
        let ends = ends.chain(rule.lists().filter_map(PrefixListName::id));
        let ends: Vec<&str> = ends.chain(rule.groups().filter_map(GroupName::id)).collect();
        let word = if way == "in" { "from" } else { "to" };
        ends.into_iter().map(|end| format!("{way}: {what} {word} {end}")).collect()
    };
    let inbound = group.inbound().flat_map(|rule| words("in", rule));
    inbound.chain(group.outbound().flat_map(|rule| words("out", rule))).collect()
}

fn block(lists: &Lists) -> Result<Block, Gap> {
    let answer = lists.block.as_ref().map_err(Clone::clone)?;
    let gap = |detail: &str| Gap::undetermined(BLOCK.name, "", detail);
    let options = answer.read().options();
    let settled = match options.and_then(BlockOptions::state) {
        Some(BlockState::Default | BlockState::Updated) => true,
        Some(BlockState::Updating | BlockState::Other) | None => false,
    };
    let mode = match options.and_then(BlockOptions::mode) {
        _ if !settled => Mode::Open(gap("the block of public access is being changed")),
        Some(BlockMode::Off) => Mode::Off,
        Some(BlockMode::BothWays | BlockMode::Ingress) => Mode::Ingress,
        Some(BlockMode::Other) | None => Mode::Open(gap("what is blocked is not known here")),
    };
    let exclusions = match &lists.exclusions.missing {
        Some(gap) => Err(gap.clone()),
        None => Ok(exclusions(lists)),
    };
    Ok(Block { mode, exclusions })
}

/// What is excluded from the block, by the last part of its ARN.
pub(super) fn exclusions(lists: &Lists) -> BTreeMap<String, Exclusion> {
    use ExclusionState::{Created, Deleted, Disabled, NotCreated, NotUpdated, Updated};
    let all = lists.exclusions.pages().flat_map(DescribeVpcBlockPublicAccessExclusions::exclusions);
    let one = |listed: ListedExclusion<'_>| {
        let id = listed.resource()?.rsplit('/').next()?.to_owned();
        let exclusion = match (listed.state(), listed.mode()) {
            (Some(Deleted | Disabled | NotCreated), _) => return None,
            (Some(Created | Updated), Some(ExclusionMode::BothWays)) => Exclusion::BothWays,
            (Some(Created | Updated), Some(ExclusionMode::Egress)) => Exclusion::Egress,
            // Which of both modes holds after a failed change is not documented.
            (Some(NotUpdated), _) | (_, _) => Exclusion::Open(Gap::undetermined(
                EXCLUSIONS.name,
                &id,
                "the exclusion is being changed, or is not known here",
            )),
        };
        Some((id, exclusion))
    };
    all.filter_map(one).collect()
}
