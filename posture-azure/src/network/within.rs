//! What decides the traffic between machines, in the form that a snapshot keeps.

use posture_model::gap::Gap;
use posture_model::network::{Hop, PacketRule, PrivateRoute};

use super::group::{EVERY, GroupRule};
use super::{Interface, NextHop, Place, Topology, network_of};

/// How many routes of a subnet are kept.
const MOST_ROUTES: usize = 100;

impl Interface {
    /// Its private addresses.
    pub(crate) fn private(&self, action: &str) -> Result<Vec<String>, Gap> {
        let all = self.configurations.iter().map(|to| {
            let lacks =
                || Gap::undetermined(action, &self.id, "a private address is not allocated");
            to.address.map(|address| address.to_string()).ok_or_else(lacks)
        });
        all.collect()
    }

    /// The subnet of all its addresses. They are in one network, and nearly always in one subnet.
    pub(crate) fn subnet(&self, action: &str) -> Result<&str, Gap> {
        let mut subnets = self.configurations.iter().map(|to| to.subnet.as_str());
        match subnets.next() {
            Some(first) if subnets.all(|one| one == first) => Ok(first),
            _ => Err(Gap::undetermined(action, &self.id, "its addresses are not in one subnet")),
        }
    }

    /// The application security groups of all its addresses.
    pub(crate) fn members(&self, action: &str) -> Result<Vec<String>, Gap> {
        let mut all = self.configurations.iter().map(|to| &to.groups);
        match all.next() {
            Some(first) if all.all(|one| one == first) => Ok(first.clone()),
            None => Ok(Vec::new()),
            Some(_) => {
                let detail = "its addresses are in different application security groups";
                Err(Gap::undetermined(action, &self.id, detail))
            }
        }
    }
}

impl Topology {
    /// The groups that filter an interface by id: that of its subnet, and its own.
    pub(crate) fn filters(&self, interface: &Interface, action: &str) -> Result<Vec<String>, Gap> {
        if interface.machine.is_none() {
            let detail = "what an interface without a virtual machine accepts is not known";
            return Err(Gap::undetermined(action, &interface.id, detail));
        }
        if let Some(gap) = &self.managed {
            return Err(gap.clone());
        }
        interface.subnet(action)?;
        let Some(to) = interface.configurations.first() else { return Ok(Vec::new()) };
        let groups = self.groups(interface, to)?;
        Ok(groups.into_iter().map(|(id, _)| id.to_owned()).collect())
    }

    /// The routes of a subnet: those that users made, then those of the network and its peerings. A longer prefix counts before a
    /// shorter one, and routes of gateways do not replace those of networks, however long they are.
    pub(crate) fn routes(&self, subnet: &str) -> Result<Vec<PrivateRoute>, Gap> {
        let (network, own) = self.subnet(subnet)?;
        let mut all = Vec::new();
        if let Some(id) = own.table.as_deref() {
            let table = self.tables.get(id)?;
            for route in &table.routes {
                let hop = match route.to {
                    NextHop::Internet => Hop::Internet,
                    NextHop::Local => Hop::Local,
                    NextHop::Nowhere => Hop::Nowhere,
                    NextHop::Appliance => {
                        Hop::Other(format!("the appliance of route {}", route.name))
                    }
                    NextHop::Elsewhere => {
                        Hop::Other(format!("the gateway of route {}", route.name))
                    }
                };
                let to: Vec<String> = match &route.prefix {
                    Ok(prefix) => prefix.prefixes().iter().map(ToString::to_string).collect(),
                    Err(_) => vec!["?".to_owned()],
                };
                all.extend(to.into_iter().map(|to| PrivateRoute { to, hop: hop.clone() }));
            }
        }
        let mut system = |prefixes: &posture_model::network::Addresses, hop: Hop| {
            let prefixes = prefixes.prefixes().into_iter();
            all.extend(prefixes.map(|to| PrivateRoute { to: to.to_string(), hop: hop.clone() }));
        };
        system(&network.space, Hop::Local);
        for peer in &network.peers {
            let hop = match peer.open {
                Some(true) => Hop::Peer(peer.network.clone()),
                Some(false) | None => Hop::Other("a peering that limits access".to_owned()),
            };
            system(&peer.space, hop);
        }
        if all.len() > MOST_ROUTES {
            let detail = "its subnet has more routes than are kept";
            return Err(Gap::undetermined(self.tables.action, subnet, detail));
        }
        Ok(all)
    }
}

/// The network of a subnet by its id.
pub(crate) fn network(subnet: &str) -> String {
    network_of(subnet).to_owned()
}

/// Rules as they are kept: those that were made, by their priority, and after them those that every group has.
pub(crate) fn kept(mut made: Vec<(bool, GroupRule)>) -> Vec<PacketRule> {
    made.sort_by_key(|(_, rule)| rule.priority);
    let mut all: Vec<PacketRule> =
        made.iter().map(|(outbound, rule)| one(*outbound, rule)).collect();
    all.extend(super::group::defaults().iter().map(|rule| one(false, rule)));
    // https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview#outbound (2026-11-30)
    let outbound = |name: &str, from: &str, to: &str| PacketRule {
        name: name.to_owned(),
        outbound: true,
        services: vec!["all traffic".to_owned()],
        from: vec![from.to_owned()],
        to: vec![to.to_owned()],
        ..PacketRule::default()
    };
    all.push(outbound("AllowVnetOutBound", "network", "network"));
    all.push(outbound("AllowInternetOutBound", "*", "internet"));
    all.push(PacketRule { denies: true, ..outbound("DenyAllOutBound", "*", "*") });
    all
}

fn one(outbound: bool, rule: &GroupRule) -> PacketRule {
    let services = rule.protocol.services(&rule.destination_ports);
    let ports: &[(u16, u16)] =
        if rule.source_ports.contains(&EVERY) { &[] } else { &rule.source_ports };
    PacketRule {
        name: rule.name.clone(),
        outbound,
        denies: !rule.allows,
        services: services.iter().map(ToString::to_string).collect(),
        sender_ports: ports.iter().map(|(low, high)| format!("{low}-{high}")).collect(),
        from: rule.sources.iter().flat_map(place).collect(),
        to: rule.destinations.iter().flat_map(place).collect(),
    }
}

fn place(place: &Place) -> Vec<String> {
    match place {
        Place::Any => vec!["*".to_owned()],
        Place::Addresses(addresses) => {
            addresses.prefixes().iter().map(ToString::to_string).collect()
        }
        Place::Internet => vec!["internet".to_owned()],
        Place::Network => vec!["network".to_owned()],
        Place::Balancer => vec!["balancer".to_owned()],
        Place::Group(id) => vec![format!("group {id}")],
        Place::Tag(name) => vec![format!("service tag {name}")],
    }
}
