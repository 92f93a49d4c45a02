//! What reaches the interfaces of a region, and the machines that they are attached to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::network::{Addresses, openings};

use super::Lists;
use super::actions::*;
use super::answers::*;
use super::convert::malformed;
use crate::network::{Flow, Front, Interface, Topology};

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
    // An accelerator has an interface in each subnet in which it leads to something.
    let accelerated: BTreeSet<&str> = listed()
        .filter(|one| one.kind() == Some("global_accelerator_managed"))
        .filter_map(ListedInterface::subnet)
        .collect();
    let fronts: Vec<Front> = listed().filter_map(front).collect();
    let mut all = BTreeMap::new();
    for one in listed() {
        let Some(id) = one.id() else { continue };
        let attached = one.attachment().and_then(Attachment::instance);
        let machine = attached.or_else(|| owners.get(id).copied()).map(str::to_owned);
        let interface = interface(id, one, machine.as_deref());
        let (anyone, some) = match topology {
            None => (Fact::not_collected(), Fact::not_collected()),
            Some(topology) => {
                let mut flow = topology.reach(&interface);
                if let Some(gap) = unclear(one) {
                    flow = flow.or(Flow::unknown(gap));
                }
                let subnet = one.subnet().filter(|subnet| accelerated.contains(subnet));
                if let Some(subnet) = subnet.filter(|_| machine.is_some()) {
                    let detail = "an accelerator of its subnet may lead to it";
                    flow = flow.or(topology
                        .forwarded(&interface, Gap::undetermined(INTERFACES.name, subnet, detail)));
                }
                if leads_nowhere(one) {
                    for front in fronts.iter().filter(|front| front.vpc == interface.vpc) {
                        flow = flow.or(topology.led_by(&interface, front));
                    }
                }
                openings(&flow, |traffic| topology.path(&interface, traffic), note)
            }
        };
        let addresses = interface
            .public
            .iter()
            .chain(interface.v6.iter().filter(|address| Addresses::internet().has(**address)));
        let addresses = addresses.map(ToString::to_string).collect();
        all.insert(id.to_owned(), Found { listed: one, machine, addresses, anyone, some });
    }
    all
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
    Interface {
        id: id.to_owned(),
        vpc: listed.vpc().unwrap_or_default().to_owned(),
        subnet: listed.subnet().unwrap_or_default().to_owned(),
        public: ips(associations.filter_map(Association::public).collect()),
        // Its IPv6 addresses may be closed to internet gateways one by one.
        v6: match listed.denies_gateways() {
            Some(true) => Vec::new(),
            Some(false) | None => ips(listed.v6().filter_map(V6Address::address).collect()),
        },
        groups: listed.groups().filter_map(GroupName::id).map(str::to_owned).collect(),
        in_use: listed.status() != Some(InterfaceStatus::Available),
        machine: what,
        listens: listens(id, listed),
    }
}

/// What can arrive, by what is behind it: a NAT gateway lets in no connection, and of a balancer only its listeners answer.
fn listens(id: &str, listed: ListedInterface<'_>) -> Flow {
    if is_nat(listed) {
        return Flow::nothing();
    }
    if is_balancer(listed) {
        let detail = "only the listeners of the load balancer answer there";
        let why = Gap::undetermined(INTERFACES.name, id, detail);
        return Flow::everything().and(Flow::unknown(why));
    }
    Flow::everything()
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

/// What an interface belongs to, if it answers the internet and leads to other interfaces: a load balancer with a public address, a VPC
/// link of API Gateway, a VPC origin of CloudFront.
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html>
fn front(listed: ListedInterface<'_>) -> Option<Front> {
    let v6 = || listed.v6().filter_map(V6Address::address);
    let is_public = listed.association().is_some()
        || listed.private().any(|address| address.association().is_some())
        || v6().next().is_some();
    let from_edge = listed.kind() == Some("api_gateway_managed")
        || listed.description().is_some_and(|text| text.contains("CloudFront"));
    if !(from_edge || is_balancer(listed) && is_public) {
        return None;
    }
    let mut addresses = Addresses::none();
    for text in listed.private().filter_map(PrivateAddress::address).chain(v6()) {
        match Addresses::parse(text) {
            Some(one) => addresses.add(&one),
            // One that makes no sense may be any of the network.
            None => addresses = Addresses::all(),
        }
    }
    if addresses.is_empty() {
        addresses = Addresses::all();
    }
    Some(Front {
        action: INTERFACES.name,
        id: listed.id().unwrap_or_default().to_owned(),
        vpc: listed.vpc().unwrap_or_default().to_owned(),
        addresses,
        groups: listed.groups().filter_map(GroupName::id).map(str::to_owned).collect(),
    })
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

/// What reaches a machine: by any of its interfaces, of which some may not be known.
pub(super) fn together<'a>(
    found: impl Iterator<Item = &'a Fact<Entries>>,
    unknown: Option<GapId>,
) -> Fact<Entries> {
    let mut all = Entries::none();
    for one in found {
        match one {
            Known(entries) => all = all.and(entries),
            Fact::NotOffered => {}
            Fact::Gap(gap) if *gap == GapId::NOT_COLLECTED => return Fact::not_collected(),
            Fact::Gap(gap) => all = all.and(&Entries::new(Vec::new(), Some(*gap))),
        }
    }
    if let Some(gap) = unknown {
        all = all.and(&Entries::new(Vec::new(), Some(gap)));
    }
    all.into_fact()
}
