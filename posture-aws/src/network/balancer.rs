//! What load balancers lead to the interfaces behind them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Service, Traffic};

use super::group::union;
use super::hop::{Client, Hop};
use super::interface::STEP;
use super::{Flow, Interface, Topology};

/// The load balancers of a region, as far as it is known where they lead.
#[derive(Clone, Debug, Default)]
pub(crate) struct Balancers {
    pub(crate) all: Vec<Balancer>,
    /// The target groups that listeners name, by their ARNs or names.
    pub(crate) groups: BTreeMap<String, TargetGroup>,
}

/// A load balancer.
#[derive(Clone, Debug)]
pub(crate) struct Balancer {
    /// Its ARN, or the name of one of the older kind.
    pub(crate) id: String,
    /// The ids of its interfaces.
    pub(crate) nodes: Vec<String>,
    /// Whether each of its interfaces leads to the targets in every zone; why that is not known else.
    pub(crate) crosses_zones: Result<(), Gap>,
    pub(crate) listeners: Vec<Listener>,
}

/// What answers at a balancer.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    /// The listener in words: a step of a path.
    pub(crate) name: String,
    /// The port, by each protocol that it takes.
    pub(crate) services: Vec<Service>,
    pub(crate) forwards: Vec<Forward>,
}

/// Where a rule of a listener leads.
#[derive(Clone, Debug)]
pub(crate) struct Forward {
    /// What it forwards, by the address of the client.
    pub(crate) takes: Flow,
    /// The target group.
    pub(crate) group: String,
}

/// The targets of a rule.
#[derive(Clone, Debug)]
pub(crate) struct TargetGroup {
    /// The group in words: a step of a path.
    pub(crate) name: String,
    pub(crate) client: Client,
    pub(crate) targets: Vec<Target>,
}

/// A target.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) to: To,
    pub(crate) port: u16,
    /// Why it is not known whether the balancer sends anything to it.
    pub(crate) doubt: Option<Gap>,
}

/// What a target is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// An address of an interface.
    Interface(String, IpAddr),
    /// Another balancer.
    Balancer(String),
}

/// One way to an interface through a balancer.
#[derive(Clone, Debug)]
pub(crate) struct Way<'a> {
    /// What arrives, by the port of the target.
    pub(crate) flow: Flow,
    legs: Vec<Leg<'a>>,
}

/// A part of a way.
#[derive(Clone, Debug)]
enum Leg<'a> {
    /// From the internet to an interface of a balancer.
    In(&'a Interface, Service),
    /// Through a balancer.
    Through(&'a Listener, &'a TargetGroup),
    /// From a balancer to what is behind it.
    On(Hop<'a>),
}

/// What arrives at interfaces through balancers, by their ids.
pub(crate) type Ways<'a> = BTreeMap<&'a str, Vec<Way<'a>>>;

impl Topology {
    /// The ways through balancers to the interfaces behind them. `more` is what else may arrive at an interface of a balancer, beside
    /// what reaches it from the internet.
    pub(crate) fn ways<'a>(
        &self,
        interfaces: &'a BTreeMap<String, Interface>,
        balancers: &'a Balancers,
        more: impl Fn(&Interface) -> Flow,
    ) -> Ways<'a> {
        let mut by_id: BTreeMap<&str, &'a Balancer> = BTreeMap::new();
        for balancer in &balancers.all {
            by_id.entry(&balancer.id).or_insert(balancer);
        }
        let leader = |balancer| Leader {
            topology: self,
            interfaces,
            groups: &balancers.groups,
            by_id: &by_id,
            balancer,
        };
        let mut ways = Ways::new();
        // What arrives at balancers from other ones.
        let mut inner: BTreeMap<&str, Ways<'a>> = BTreeMap::new();
        for balancer in &balancers.all {
            let nodes = balancer.nodes.iter().filter_map(|id| interfaces.get(id));
            let entries = nodes.map(|node| {
                let flow = self.reach(node).or(more(node));
                (node, vec![Way { flow, legs: Vec::new() }])
            });
            for (to, way) in leader(balancer).lead(entries.collect()) {
                match to {
                    Behind::Interface(id) => ways.entry(id).or_default().push(way),
                    Behind::Balancer(id, node) => {
                        inner.entry(id).or_default().entry(node).or_default().push(way);
                    }
                }
            }
        }
        for (id, entries) in inner {
            let Some(balancer) = by_id.get(id) else { continue };
            let entries = entries.into_iter();
            let entries = entries.filter_map(|(id, ways)| Some((interfaces.get(id)?, ways)));
            for (to, way) in leader(balancer).lead(entries.collect()) {
                // A balancer that is a target has no balancer for a target.
                if let Behind::Interface(id) = to {
                    ways.entry(id).or_default().push(way);
                }
            }
        }
        ways
    }

    /// The path of some traffic along a way.
    pub(crate) fn way_path(&self, way: &Way<'_>, traffic: &Traffic) -> String {
        let clients = traffic.addresses(Service::ALL);
        let leg = |leg: &Leg<'_>| match leg {
            Leg::In(node, service) => self.path(node, &Traffic::of(*service, &clients)),
            Leg::Through(listener, group) => format!("{}{STEP}{}", listener.name, group.name),
            Leg::On(hop) => self.hop_path(hop, &clients),
        };
        way.legs.iter().map(leg).collect::<Vec<_>>().join(STEP)
    }
}

/// What a way through a balancer ends at.
enum Behind<'a> {
    Interface(&'a str),
    /// An interface of another balancer.
    Balancer(&'a str, &'a str),
}

/// What arrives at an interface of a balancer, by ways.
type Entries<'a> = Vec<(&'a Interface, Vec<Way<'a>>)>;

/// Leads what arrives at a balancer to its targets.
struct Leader<'a, 't> {
    topology: &'t Topology,
    interfaces: &'a BTreeMap<String, Interface>,
    groups: &'a BTreeMap<String, TargetGroup>,
    by_id: &'t BTreeMap<&'a str, &'a Balancer>,
    balancer: &'a Balancer,
}

impl<'a> Leader<'a, '_> {
    fn lead(&self, entries: Entries<'a>) -> Vec<(Behind<'a>, Way<'a>)> {
        let mut all = Vec::new();
        for listener in &self.balancer.listeners {
            for forward in &listener.forwards {
                let Some(group) = self.groups.get(&forward.group) else { continue };
                for target in &group.targets {
                    let route = Route { listener, forward, group, target };
                    for service in &listener.services {
                        self.target(&route, *service, &entries, &mut all);
                    }
                }
            }
        }
        all
    }

    fn target(
        &self,
        route: &Route<'a>,
        service: Service,
        entries: &Entries<'a>,
        all: &mut Vec<(Behind<'a>, Way<'a>)>,
    ) {
        match &route.target.to {
            To::Interface(id, address) => {
                let Some(to) = self.interfaces.get(id) else { return };
                let way = self.way(route, service, entries, to, *address);
                all.extend(way.map(|way| (Behind::Interface(to.id.as_str()), way)));
            }
            To::Balancer(id) => {
                let Some(other) = self.by_id.get(id.as_str()) else { return };
                for to in other.nodes.iter().filter_map(|id| self.interfaces.get(id)) {
                    let Some(address) = to.own.first() else { continue };
                    let way = self.way(route, service, entries, to, *address);
                    let behind = || Behind::Balancer(other.id.as_str(), to.id.as_str());
                    all.extend(way.map(|way| (behind(), way)));
                }
            }
        }
    }

    /// What arrives at a target from all interfaces of the balancer.
    fn way(
        &self,
        route: &Route<'a>,
        service: Service,
        entries: &Entries<'a>,
        to: &'a Interface,
        address: IpAddr,
    ) -> Option<Way<'a>> {
        let protocol = service.only_protocol()?;
        let port = Service::port(protocol, route.target.port);
        let mut flows = Vec::new();
        let mut legs: Option<Vec<Leg<'a>>> = None;
        for (node, ways) in entries {
            let hop = Hop { from: node, to, address, service: port, client: &route.group.client };
            let on = self.topology.hop(&hop);
            let mut arriving = Vec::new();
            for way in ways {
                let flow = shifted(&way.flow, service, port);
                let flow = flow.and(taken(route, way)).and(on.clone());
                let better =
                    legs.is_none() || flows.iter().all(|it: &Flow| it.certain().is_empty());
                if !flow.possible().is_empty() && better {
                    let first = way.legs.is_empty().then_some(Leg::In(node, service));
                    let through = Leg::Through(route.listener, route.group);
                    let before = way.legs.iter().cloned().chain(first);
                    legs = Some(before.chain([through, Leg::On(hop)]).collect());
                }
                arriving.push(flow);
            }
            flows.push(union(arriving.into_iter()));
        }
        let flow = match &self.balancer.crosses_zones {
            Ok(()) => union(flows.into_iter()),
            Err(gap) => of_each(flows, gap),
        };
        let flow = match &route.target.doubt {
            Some(gap) => flow.and(Flow::unknown(gap.clone())),
            None => flow,
        };
        Some(Way { flow, legs: legs? })
    }
}

/// From a listener to a target.
struct Route<'a> {
    listener: &'a Listener,
    forward: &'a Forward,
    group: &'a TargetGroup,
    target: &'a Target,
}

/// What a rule takes of what came along a way. Where another balancer passed it on, the rule may see the address of that one.
fn taken(route: &Route<'_>, way: &Way<'_>) -> Flow {
    let takes = &route.forward.takes;
    let hidden = way.legs.iter().find_map(|leg| match leg {
        Leg::On(hop) if !matches!(hop.client, Client::Kept) => Some(hop.from.id.as_str()),
        _ => None,
    });
    match hidden.filter(|_| takes.certain() != &Traffic::all()) {
        Some(other) => {
            let detail =
                "a rule is about addresses of clients, which another load balancer may hide";
            let action = "elasticloadbalancing:DescribeRules";
            Flow::unknown(Gap::undetermined(action, other, detail))
        }
        None => takes.clone(),
    }
}

/// Traffic that arrives by one service, as it is passed on by another.
fn shifted(flow: &Flow, from: Service, to: Service) -> Flow {
    let of = |traffic: &Traffic| Traffic::of(to, &traffic.addresses(from));
    let (certain, possible) = (of(flow.certain()), of(flow.possible()));
    match flow.why() {
        Some(why) => Flow::between(certain, possible, why.clone()),
        None => Flow::exactly(certain),
    }
}

/// What arrives by each of several flows certainly does by whichever is taken; what arrives by one may.
fn of_each(flows: Vec<Flow>, gap: &Gap) -> Flow {
    let certain = flows.iter().map(|flow| flow.certain().clone()).reduce(|all, one| all.and(&one));
    let possible = flows.iter().fold(Traffic::none(), |all, one| all.or(one.possible()));
    let why = flows.iter().find_map(Flow::why).unwrap_or(gap).clone();
    Flow::between(certain.unwrap_or_default(), possible, why)
}

impl Balancers {
    /// What arrives at the listeners of the balancers, by the interfaces of these.
    pub(crate) fn listens(&self) -> BTreeMap<&str, Flow> {
        let mut all = BTreeMap::new();
        for balancer in &self.all {
            let mut traffic = Traffic::none();
            let services = balancer.listeners.iter().flat_map(|listener| &listener.services);
            services.for_each(|service| traffic.add(*service, &Addresses::all()));
            for node in &balancer.nodes {
                all.entry(node.as_str()).or_insert_with(|| Flow::exactly(traffic.clone()));
            }
        }
        all
    }
}
