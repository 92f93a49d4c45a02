//! What leads from outside to the interfaces of a region beside their own addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Service};

use super::actions::*;
use super::answers::*;
use super::balancers::actions::BALANCERS;
use super::balancers::{Nodes, balancers};
use super::exposure::{is_accelerator, is_balancer, is_edge};
use super::{ListedSubnet, Lists};
use crate::network::{Balancers, Flow, Front, Interface, Topology, Ways};

/// The balancers of a region, and what leads into its networks without their being known where to.
pub(super) struct Balancing<'a> {
    balancers: Balancers,
    /// The subnets in which an accelerator leads to something.
    accelerated: BTreeSet<&'a str>,
    /// What leads in from outside: links and origins.
    edges: Fronts,
    /// Balancers of which it is not known where they lead.
    unread: Fronts,
}

impl<'a> Balancing<'a> {
    /// What there is by the lists; `machines` are those that an interface may belong to. Interfaces of balancers learn what listens
    /// there.
    pub(super) fn of(
        lists: &'a Lists,
        all: &mut BTreeMap<String, Interface>,
        topology: &Topology,
        machines: &dyn Fn(&str, ListedInterface<'a>) -> BTreeSet<&'a str>,
    ) -> Self {
        let listed = || {
            let all = lists.interfaces.pages();
            let all = all.flat_map(DescribeNetworkInterfaces::interfaces);
            all.filter_map(|one| Some((one.id()?, one)))
        };
        let mut described: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut attached: BTreeMap<&str, Vec<(&str, Option<i64>)>> = BTreeMap::new();
        for (id, one) in listed() {
            if let Some(text) = one.description().filter(|_| is_balancer(one)) {
                described.entry(text).or_default().push(id);
            }
            let place = one.attachment().and_then(Attachment::place);
            for machine in machines(id, one) {
                attached.entry(machine).or_default().push((id, place));
            }
        }
        let subnet = |one: ListedSubnet<'a>| {
            let blocks = one.cidr().into_iter().chain(one.v6().filter_map(V6Block::cidr));
            let mut addresses = Addresses::none();
            blocks.filter_map(Addresses::parse).for_each(|block| addresses.add(&block));
            Some((one.vpc()?, addresses))
        };
        let subnets = lists.subnets.pages().flat_map(DescribeSubnets::subnets).filter_map(subnet);
        let mut addressed: BTreeMap<IpAddr, Vec<&str>> = BTreeMap::new();
        for one in all.values() {
            for own in one.own.iter().collect::<BTreeSet<_>>() {
                addressed.entry(*own).or_default().push(&one.id);
            }
        }
        let addressless = all.values().filter(|one| one.own.is_empty());
        let nodes = Nodes {
            interfaces: all,
            described,
            attached,
            addressed,
            addressless: addressless.map(|one| one.id.as_str()).collect(),
            missing: lists.interfaces.missing.clone(),
            subnets: subnets.collect(),
        };
        let mut found = balancers(&lists.balancers, &lists.behind, &nodes);
        let listening = found.balancers.listens();
        for (id, one) in listed().filter(|(_, one)| is_balancer(*one)) {
            // A list whose pages repeat has an interface more than once.
            let owned = listening.get(id).cloned();
            // What a Gateway Load Balancer passes on is what it was sent by routes, which count as such.
            let for_appliances = one.kind() == Some("gateway_load_balancer");
            if owned.is_none() && !for_appliances {
                found.unread.insert(id.to_owned(), unowned(lists, id, one));
            }
            let listens = match (owned, found.unread.get(id)) {
                (Some(listens), None) => listens,
                (listens, why) => {
                    // It may have other listeners than those that are known.
                    let detail = "only the listeners of the load balancer answer there";
                    let gap = Gap::undetermined(INTERFACES.name, id, detail);
                    let open = Flow::unknown(why.cloned().unwrap_or(gap));
                    listens.map_or(open.clone(), |listens| listens.or(open))
                }
            };
            if let Some(interface) = all.get_mut(id) {
                interface.listens = listens;
            }
        }
        let accelerated = listed()
            .filter(|(_, one)| is_accelerator(*one))
            .filter_map(|(_, one)| one.subnet())
            .collect();
        let edges = listed().filter(|(_, one)| is_edge(*one)).filter_map(|(id, _)| {
            let detail = "a VPC link or an origin may lead to it, whose targets are not read";
            let why = Gap::undetermined(INTERFACES.name, id, detail);
            Some(front(all.get(id)?, Addresses::internet().clone(), why))
        });
        let mut this = Self {
            balancers: found.balancers,
            accelerated,
            edges: by_network(edges),
            unread: Fronts::new(),
        };
        let unread = found.unread.iter().filter_map(|(id, why)| {
            let node = all.get(id)?;
            let arrives = topology.reach(node).or(this.led_in(topology, node));
            let clients = arrives.possible().addresses(Service::ALL);
            Some(front(node, clients, why.clone()))
        });
        let lost = found.lost.into_iter().map(|(vpc, groups, why)| Front {
            id: String::new(),
            vpc,
            addresses: Addresses::all(),
            groups,
            clients: Addresses::internet().clone(),
            why,
        });
        this.unread = by_network(unread.chain(lost));
        this
    }

    /// The ways through balancers to the interfaces behind them.
    pub(super) fn ways<'i>(
        &'i self,
        topology: &Topology,
        interfaces: &'i BTreeMap<String, Interface>,
    ) -> Ways<'i> {
        topology.ways(interfaces, &self.balancers, |node| {
            let arrives = self.led_in(topology, node).or(led(topology, node, &self.unread));
            arrives.and(node.listens.clone())
        })
    }

    /// What may be led to an interface by what is known to lead somewhere, and not where.
    pub(super) fn led(&self, topology: &Topology, interface: &Interface) -> Flow {
        led(topology, interface, &self.edges).or(led(topology, interface, &self.unread))
    }

    /// What an accelerator of its subnet may lead to an interface.
    pub(super) fn accelerated(&self, topology: &Topology, interface: &Interface) -> Flow {
        if !self.accelerated.contains(interface.subnet.as_str()) {
            return Flow::nothing();
        }
        let detail = "an accelerator of its subnet may lead to it";
        let why = Gap::undetermined(INTERFACES.name, &interface.subnet, detail);
        topology.forwarded(interface, why)
    }

    /// What leads from outside to an interface of a balancer.
    fn led_in(&self, topology: &Topology, node: &Interface) -> Flow {
        led(topology, node, &self.edges).or(self.accelerated(topology, node))
    }
}

/// What leads to interfaces of networks, by the ids of these.
type Fronts = BTreeMap<String, Vec<Front>>;

fn by_network(fronts: impl Iterator<Item = Front>) -> Fronts {
    let mut all = Fronts::new();
    for front in fronts {
        all.entry(front.vpc.clone()).or_default().push(front);
    }
    all
}

fn led(topology: &Topology, interface: &Interface, fronts: &Fronts) -> Flow {
    topology.led_by(interface, fronts.get(&interface.vpc).into_iter().flatten())
}

/// Why it is not known where the balancer leads that an interface belongs to, where none of the list has it.
fn unowned(lists: &Lists, id: &str, listed: ListedInterface<'_>) -> Gap {
    let missing = [&lists.balancers.balancers.missing, &lists.balancers.classic.missing];
    let missing = missing.into_iter().flatten().next();
    missing.cloned().unwrap_or_else(|| {
        let description = listed.description().unwrap_or_default();
        let detail = format!("no load balancer in the list has the interface {description:?}");
        Gap::undetermined(BALANCERS.name, id, &detail)
    })
}

fn front(interface: &Interface, clients: Addresses, why: Gap) -> Front {
    let mut addresses = Addresses::none();
    interface.own.iter().for_each(|own| addresses.add(&Addresses::one(*own)));
    // One that makes no sense may be any of the network.
    if addresses.is_empty() {
        addresses = Addresses::all();
    }
    Front {
        id: interface.id.clone(),
        vpc: interface.vpc.clone(),
        addresses,
        groups: interface.groups.clone(),
        clients,
        why,
    }
}
