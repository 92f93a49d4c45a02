//! What reaches the interfaces of a region, and the machines that they are attached to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId};
use posture_model::network::{Addresses, Traffic, openings};

use super::Lists;
use super::actions::*;
use super::answers::*;
use super::balancing::Balancing;
use super::convert::malformed;
use crate::network::{Flow, Interface, Topology, Way, union};

/// An interface, as far as it is of interest here.
pub(super) struct Found<'a> {
    pub(super) listed: ListedInterface<'a>,
    pub(super) machine: Option<String>,
    pub(super) addresses: Vec<String>,
    pub(super) anyone: Fact<Entries>,
    pub(super) some: Fact<Entries>,
}

/// The machines of a region by the interfaces that they say are theirs.
pub(super) fn machines<'a>(lists: &'a Lists) -> impl Iterator<Item = ListedInstance<'a>> {
    let reservations = lists.instances.pages().flat_map(DescribeInstances::reservations);
    // What is terminated is listed for an hour.
    reservations
        .flat_map(Reservation::instances)
        .filter(|instance| instance.state().and_then(InstanceState::name) != Some("terminated"))
}

/// Every interface, with what reaches it where that is wanted; `note` gives a gap its number.
pub(super) fn interfaces<'a>(
    lists: &'a Lists,
    topology: Option<&Topology>,
    note: &dyn Fn(Gap) -> GapId,
) -> BTreeMap<String, Found<'a>> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for instance in machines(lists) {
        let ids = instance.interfaces().filter_map(InterfaceName::id);
        owners.extend(ids.filter_map(|id| Some((id, instance.id()?))));
    }
    let listed = || lists.interfaces.pages().flat_map(DescribeNetworkInterfaces::interfaces);
    let machine = |id: &str, one: ListedInterface<'a>| {
        let attached = one.attachment().and_then(Attachment::instance);
        attached.or_else(|| owners.get(id).copied())
    };
    let named = || listed().filter_map(|one| Some((one.id()?, one)));
    let found = named().map(|(id, one)| (id.to_owned(), interface(id, one, machine(id, one))));
    let mut all: BTreeMap<String, Interface> = found.collect();
    let reached = topology.map(|topology| {
        // The machine by its own list, and that by the list of interfaces, where these differ.
        let machines = |id: &str, one: ListedInterface<'a>| {
            let owner = owners.get(id).copied();
            machine(id, one).into_iter().chain(owner).collect::<BTreeSet<&str>>()
        };
        let balancers = Balancing::of(lists, &mut all, topology, &machines);
        (topology, balancers)
    });
    let ways = reached.as_ref().map(|(topology, balancing)| balancing.ways(topology, &all));
    let one = |(id, one): (&str, ListedInterface<'a>)| {
        let interface = all.get(id)?;
        let (anyone, some) = match (&reached, &ways) {
            (Some((topology, balancing)), Some(ways)) => {
                let ways = ways.get(id).map(Vec::as_slice).unwrap_or_default();
                exposed(topology, balancing, interface, one, ways, note)
            }
            _ => (Fact::not_collected(), Fact::not_collected()),
        };
        let addresses = interface
            .public
            .iter()
            .chain(interface.v6.iter().filter(|address| Addresses::internet().has(**address)));
        let addresses = addresses.map(ToString::to_string).collect();
        let machine = machine(id, one).map(str::to_owned);
        Some((id.to_owned(), Found { listed: one, machine, addresses, anyone, some }))
    };
    named().filter_map(one).collect()
}

/// What reaches an interface: by its own addresses, and through what leads to it.
fn exposed(
    topology: &Topology,
    balancing: &Balancing<'_>,
    interface: &Interface,
    listed: ListedInterface<'_>,
    ways: &[Way<'_>],
    note: &dyn Fn(Gap) -> GapId,
) -> (Fact<Entries>, Fact<Entries>) {
    let direct = topology.reach(interface);
    let through = union(ways.iter().map(|way| way.flow.clone()));
    let mut flow = direct.clone().or(through);
    if let Some(gap) = unclear(listed) {
        flow = flow.or(Flow::unknown(gap));
    }
    let is_machine = listed.attachment().and_then(Attachment::instance).is_some();
    if is_machine || interface.machine.as_deref().is_some_and(|text| text.starts_with("instance "))
    {
        flow = flow.or(balancing.accelerated(topology, interface));
    }
    if leads_nowhere(listed) {
        flow = flow.or(balancing.led(topology, interface));
    }
    let path = |traffic: &Traffic| {
        let on_way = |flow: &Flow| !flow.possible().and(traffic).is_empty();
        if on_way(&direct) {
            return topology.path(interface, traffic);
        }
        let mut all = ways.iter().filter(|way| on_way(&way.flow)).collect::<Vec<_>>();
        // What certainly is a way is named first, of several the same in whichever order they are listed.
        all.sort_by_cached_key(|way| {
            let certain = !way.flow.certain().and(traffic).is_empty();
            (!certain, topology.way_path(way, traffic))
        });
        match all.as_slice() {
            [] => topology.path(interface, traffic),
            [way] => topology.way_path(way, traffic),
            [way, more @ ..] => {
                format!("{} (and {} more ways)", topology.way_path(way, traffic), more.len())
            }
        }
    };
    openings(&flow, path, note)
}

fn interface(id: &str, listed: ListedInterface<'_>, machine: Option<&str>) -> Interface {
    let ips = |texts: Vec<&str>| -> Vec<IpAddr> {
        let mut all: Vec<IpAddr> = texts.into_iter().filter_map(|text| text.parse().ok()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let associations = listed
        .association()
        .into_iter()
        .chain(listed.private().filter_map(PrivateAddress::association));
    let what = match listed.description().filter(|text| !text.is_empty()) {
        Some(text) if machine.is_none() => Some(text.to_owned()),
        _ => machine.map(|id| format!("instance {id}")),
    };
    let v6 = || listed.v6().filter_map(V6Address::address);
    let mut private: Vec<PrivateAddress<'_>> = listed.private().collect();
    private.sort_by_key(|address| address.primary() != Some(true));
    let own = private.iter().filter_map(|address| address.address()).chain(v6());
    let own: Option<Vec<IpAddr>> = own.map(|text| text.parse().ok()).collect();
    Interface {
        id: id.to_owned(),
        vpc: listed.vpc().unwrap_or_default().to_owned(),
        subnet: listed.subnet().unwrap_or_default().to_owned(),
        public: ips(associations.filter_map(Association::public).collect()),
        // Its IPv6 addresses may be closed to internet gateways one by one.
        v6: match listed.denies_gateways() {
            Some(true) => Vec::new(),
            Some(false) | None => ips(v6().collect()),
        },
        // Where one makes no sense it may have any.
        own: own.unwrap_or_default(),
        groups: listed.groups().filter_map(GroupName::id).map(str::to_owned).collect(),
        in_use: listed.status() != Some(InterfaceStatus::Available),
        machine: what,
        // A NAT gateway lets in no connection.
        listens: if is_nat(listed) { Flow::nothing() } else { Flow::everything() },
    }
}

/// Whether an interface belongs to a load balancer.
pub(super) fn is_balancer(listed: ListedInterface<'_>) -> bool {
    matches!(
        listed.kind(),
        Some("network_load_balancer" | "load_balancer" | "gateway_load_balancer")
    ) || listed.description().is_some_and(|text| text.starts_with("ELB "))
}

/// Whether an interface belongs to a NAT gateway.
pub(super) fn is_nat(listed: ListedInterface<'_>) -> bool {
    matches!(listed.kind(), Some("natGateway" | "nat_gateway"))
}

/// Whether an interface is the end of a path: what arrives there is not led on to another one.
fn leads_nowhere(listed: ListedInterface<'_>) -> bool {
    !is_balancer(listed) && !is_nat(listed)
}

/// Whether an interface leads something from outside into its network that no address of the network lets in: a VPC link of API
/// Gateway, a VPC origin of CloudFront, an accelerator.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>
pub(super) fn leads_in(listed: ListedInterface<'_>) -> bool {
    is_edge(listed) || is_accelerator(listed)
}

pub(super) fn is_edge(listed: ListedInterface<'_>) -> bool {
    listed.kind() == Some("api_gateway_managed")
        || listed.description().is_some_and(|text| text.contains("CloudFront"))
}

/// An accelerator has an interface in each subnet in which it leads to something.
pub(super) fn is_accelerator(listed: ListedInterface<'_>) -> bool {
    listed.kind() == Some("global_accelerator_managed")
}

/// Why it is open what reaches an interface, whatever lets it through: it has an address that cannot be read, or one of another
/// network.
fn unclear(listed: ListedInterface<'_>) -> Option<Gap> {
    let id = listed.id().unwrap_or_default();
    if listed.status() == Some(InterfaceStatus::Other) {
        return Some(Gap::undetermined(INTERFACES.name, id, "its status is not known here"));
    }
    let mut associations = listed
        .association()
        .into_iter()
        .chain(listed.private().filter_map(PrivateAddress::association));
    let unreadable = |text: Option<&str>| text.is_some_and(|text| text.parse::<IpAddr>().is_err());
    if associations.clone().any(|one| unreadable(one.public()))
        || listed.v6().any(|one| unreadable(one.address()))
    {
        return Some(malformed(INTERFACES.name, id, "an address makes no sense"));
    }
    associations.any(|one| one.public().is_none()).then(|| {
        Gap::undetermined(
            INTERFACES.name,
            id,
            "it has an address of a carrier or of a network on premises",
        )
    })
}
