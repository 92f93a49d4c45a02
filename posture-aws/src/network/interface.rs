//! What reaches an interface from the internet.

use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Family, Service, Traffic};
use posture_model::tri::Tri;

use super::group::union;
use super::{Flow, Topology};

/// A network interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    pub(crate) id: String,
    pub(crate) vpc: String,
    pub(crate) subnet: String,
    /// Its addresses on the internet, by IPv4.
    pub(crate) public: Vec<IpAddr>,
    /// Its addresses by IPv6, to which the internet may send.
    pub(crate) v6: Vec<IpAddr>,
    /// Its addresses in the network, by both versions.
    pub(crate) own: Vec<IpAddr>,
    pub(crate) groups: Vec<String>,
    /// Whether it is attached to something.
    pub(crate) in_use: bool,
    /// What answers at it, in words: the last step of a path.
    pub(crate) machine: Option<String>,
    /// What can arrive at all, by what answers there.
    pub(crate) listens: Flow,
}

/// Something in a network that the internet reaches and that leads to other interfaces of the network, where it is not known to
/// which.
#[derive(Clone, Debug)]
pub(crate) struct Front {
    /// The id of its interface.
    pub(crate) id: String,
    pub(crate) vpc: String,
    /// Its addresses in the network.
    pub(crate) addresses: Addresses,
    pub(crate) groups: Vec<String>,
    /// Who may reach it.
    pub(crate) clients: Addresses,
    /// Why it is not known where it leads.
    pub(crate) why: Gap,
}

impl Topology {
    /// What reaches an interface from the internet by its own addresses.
    pub(crate) fn reach(&self, interface: &Interface) -> Flow {
        if !interface.in_use {
            return Flow::nothing();
        }
        let sources = match self.sources(interface) {
            Some(sources) => sources,
            None => return Flow::nothing(),
        };
        let Interface { vpc, subnet, .. } = interface;
        let acl = self.acl_of(subnet);
        let acl = acl.map_or_else(Flow::unknown, |(_, acl)| acl.both_ways.clone());
        let filtered = acl.and(self.admitted(&interface.groups)).and(interface.listens.clone());
        if filtered.possible().among(&sources).is_empty() {
            return Flow::nothing();
        }
        let routed = match self.table_of(subnet, vpc) {
            Ok((_, table)) => table.internet.clone(),
            Err(gap) => Flow::unknown(gap),
        };
        let direct = match &self.block {
            Ok(block) => block.lets_in(vpc, subnet),
            Err(gap) => Tri::Unknown(gap.clone()),
        };
        let flow = filtered.and(routed).if_so(direct).among(&sources);
        match self.detour(interface, flow.possible()) {
            Some(gap) => flow.and(Flow::unknown(gap)),
            None => flow,
        }
    }

    /// What something within the network may bring from the internet: what its filters let in, wherever it comes from.
    pub(crate) fn forwarded(&self, interface: &Interface, why: Gap) -> Flow {
        let acl = self.acl_of(&interface.subnet);
        let acl = acl.map_or_else(Flow::unknown, |(_, acl)| acl.both_ways.clone());
        let filtered = acl.and(self.admitted(&interface.groups)).among(Addresses::internet());
        filtered.and(Flow::unknown(why))
    }

    /// What any of some things in its network may lead to an interface.
    pub(crate) fn led_by<'f>(
        &self,
        interface: &Interface,
        fronts: impl Iterator<Item = &'f Front>,
    ) -> Flow {
        let own = |front: &&Front| {
            !front.clients.is_empty() && front.vpc == interface.vpc && front.id != interface.id
        };
        let mut fronts = fronts.filter(own).peekable();
        if fronts.peek().is_none() {
            return Flow::nothing();
        }
        let admitted = self.admitted(&interface.groups);
        union(fronts.map(|front| self.led(interface, &admitted, front)))
    }

    /// What something in the network may lead to an interface: each service that the interface's groups let in from it. Where it
    /// leads is not known, so that nothing of this is certain.
    fn led(&self, interface: &Interface, admitted: &Flow, front: &Front) -> Flow {
        let services: Vec<Service> = match interface.groups.as_slice() {
            [] => vec![Service::ALL],
            groups => groups
                .iter()
                .flat_map(|id| match self.groups.get(id) {
                    Ok(group) => group.lets_in(&front.addresses, &front.groups),
                    Err(_) => vec![Service::ALL],
                })
                .collect(),
        };
        // A Network Load Balancer may keep the addresses of clients.
        let mut traffic = admitted.possible().among(&front.clients);
        services.into_iter().for_each(|service| traffic.add(service, &front.clients));
        Flow::between(Traffic::none(), traffic, front.why.clone())
    }

    /// Where the internet may send from to reach its addresses: by the versions of which it has one. Nothing if it has none.
    fn sources(&self, interface: &Interface) -> Option<Addresses> {
        let unannounced =
            self.subnets.items.get(&interface.subnet).map(|subnet| &subnet.unannounced);
        let announced = |address: &&IpAddr| {
            Addresses::internet().has(**address)
                && unannounced.is_none_or(|none| !none.has(**address))
        };
        let mut families = Vec::new();
        if !interface.public.is_empty() {
            families.push(Family::V4);
        }
        if interface.v6.iter().any(|address| announced(&address)) {
            families.push(Family::V6);
        }
        let sources = families.into_iter().map(|family| Addresses::internet().only(family));
        sources.reduce(|all, one| all.or(&one))
    }

    /// What the groups of an interface let in together. One without any is not filtered.
    pub(super) fn admitted(&self, groups: &[String]) -> Flow {
        if groups.is_empty() {
            return Flow::everything();
        }
        union(groups.iter().map(|id| match self.groups.get(id) {
            Ok(group) => group.inbound.clone(),
            Err(gap) => Flow::unknown(gap),
        }))
    }

    /// The ACL of a subnet, each of which has exactly one.
    pub(crate) fn acl_of(&self, subnet: &str) -> Result<(&str, &super::Acl), Gap> {
        let own = self.owned.acls.get(subnet).and_then(|id| self.acls.items.get_key_value(id));
        own.map(|(id, acl)| (id.as_str(), acl)).ok_or_else(|| {
            self.acls.lacks(subnet, "no network ACL in the list is associated with it")
        })
    }

    /// Why it is open what happens to traffic between the gateway and the subnet.
    fn detour(&self, interface: &Interface, traffic: &Traffic) -> Option<Gap> {
        if traffic.is_empty() {
            return None;
        }
        let subnet = match self.subnets.get(&interface.subnet) {
            Ok(subnet) => subnet.addresses.clone(),
            Err(_) => Addresses::all(),
        };
        let (_, table) = self.table_of(&interface.subnet, &interface.vpc).ok()?;
        let sources = traffic.addresses(Service::ALL);
        let mut gateways = table.deciding(&sources).into_iter().map(|(gateway, _)| gateway);
        gateways.find_map(|gateway| self.redirected(gateway, &subnet))
    }

    /// The path of some traffic to an interface, from the outside in.
    pub(crate) fn path(&self, interface: &Interface, traffic: &Traffic) -> String {
        let sources = traffic.addresses(Service::ALL);
        let family = if sources.only(Family::V4).is_empty() { Family::V6 } else { Family::V4 };
        let address = match family {
            Family::V4 => interface.public.first(),
            Family::V6 => interface.v6.iter().find(|address| Addresses::internet().has(**address)),
        };
        let mut steps: Vec<String> = Vec::new();
        steps.extend(address.map(|address| format!("address {address}")));
        match self.table_of(&interface.subnet, &interface.vpc) {
            Ok((id, table)) => {
                let routes = table.deciding(&sources).into_iter();
                let routes = routes.map(|(gateway, to)| format!("route {to} of {id} to {gateway}"));
                steps.extend(some(routes, "routes"));
            }
            Err(_) => steps.push("an unknown route table".to_owned()),
        }
        steps.extend(self.acl_step(&interface.subnet, traffic));
        steps.extend(some(self.group_rules(interface, traffic).into_iter(), "rules"));
        steps.push(format!("interface {}", interface.id));
        steps.extend(interface.machine.clone());
        steps.join(STEP)
    }

    /// The rules of a subnet's ACL that let some traffic in, as a step of a path.
    pub(super) fn acl_step(&self, subnet: &str, traffic: &Traffic) -> Option<String> {
        let Ok((id, acl)) = self.acl_of(subnet) else {
            return Some("an unknown network ACL".to_owned());
        };
        let rules = acl.deciding(traffic).into_iter().map(|number| format!("rule {number}"));
        some(rules, "rules").map(|rules| format!("network ACL {id} {rules}"))
    }

    /// The rules of an interface's groups that let some traffic in from addresses.
    pub(super) fn group_rules(&self, interface: &Interface, traffic: &Traffic) -> Vec<String> {
        let rules = interface.groups.iter().flat_map(|id| match self.groups.get(id) {
            Ok(group) => group
                .deciding(traffic)
                .map(|rule| format!("security group {id} ({rule})"))
                .collect(),
            Err(_) => vec![format!("security group {id} (unknown)")],
        });
        rules.collect()
    }
}

/// What is between the steps of a path.
pub(super) const STEP: &str = " → ";

/// Some of several, and how many more there are; nothing of none.
pub(super) fn some(all: impl Iterator<Item = String>, what: &str) -> Option<String> {
    const NAMED: usize = 3;
    let all: Vec<String> = all.collect();
    let named = all.get(..NAMED).unwrap_or(&all).join(" and ");
    match all.len().checked_sub(NAMED) {
        None | Some(0) => Some(named).filter(|named| !named.is_empty()),
        Some(more) => Some(format!("{named} and {more} more {what}")),
    }
}
