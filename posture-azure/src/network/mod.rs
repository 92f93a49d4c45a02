//! What the internet reaches in the virtual networks of a subscription, and along which path: pure functions over what was
//! read.
//!
//! Every answer is in three values. What was not read leaves open what depends on it, and nothing else. What a proxy or an
//! appliance passes on is not followed; where a route of the subnet, an Azure Firewall or an application gateway shows that
//! there may be one, the answer is open. Sources of the rules, read on 2026-11-30:
//!
//! - [How network security groups work](https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works):
//!   the group of the subnet and that of the interface both decide.
//! - [Network security groups](https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview): rules
//!   by priority, default rules, private addresses as destinations, as addresses are translated before.
//! - [Public addresses](https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-addresses): Basic is open
//!   without a group, Standard is closed.
//! - [Service tags](https://learn.microsoft.com/en-us/azure/virtual-network/service-tags-overview): what they hold.
//! - [Routing](https://learn.microsoft.com/en-us/azure/virtual-network/virtual-networks-udr-overview): the longest prefix wins,
//!   then routes of the user, of BGP, of the system.
//! - [Load balancer components](https://learn.microsoft.com/en-us/azure/load-balancer/components).

mod balancer;
mod group;
mod interface;
#[cfg(test)]
mod oracle;
mod place;
pub(crate) mod read;
mod route;
mod ways;
mod within;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Reach};

pub(crate) use balancer::{Balancer, BalancerRule, Frontend, NatRule, Pool};
pub(crate) use group::{Group, GroupRule, Protocol, ports_of};
pub(crate) use interface::{Configuration, Interface};
pub(crate) use place::Place;
use place::Span;
pub(crate) use route::{Gateway, NextHop, Route, RouteTable};
pub(crate) use ways::Way;
pub(crate) use within::{kept, network as network_in};

/// Traffic that passes, and why that is open.
pub(crate) type Flow = Reach<Gap>;

/// What was read of one type, by id in small letters, and why some of it may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Table<T> {
    pub(crate) items: BTreeMap<String, Result<T, Gap>>,
    pub(crate) missing: Option<Gap>,
    /// The action that reads them.
    pub(crate) action: &'static str,
}

impl<T> Table<T> {
    pub(crate) fn new(action: &'static str) -> Self {
        Self { items: BTreeMap::new(), missing: None, action }
    }

    /// The one of this id, or why it is not known.
    pub(crate) fn get(&self, id: &str) -> Result<&T, Gap> {
        match self.items.get(id) {
            Some(Ok(item)) => Ok(item),
            Some(Err(gap)) => Err(gap.clone()),
            None => Err(self.missing.clone().unwrap_or_else(|| {
                Gap::undetermined(self.action, id, "the response does not hold it")
            })),
        }
    }

    /// Those that could be read.
    pub(crate) fn known(&self) -> impl Iterator<Item = (&str, &T)> {
        self.items.iter().filter_map(|(id, item)| Some((id.as_str(), item.as_ref().ok()?)))
    }

    /// Why there may be more than [`Self::known`] holds.
    pub(crate) fn unread(&self) -> Option<&Gap> {
        let unread = self.items.values().find_map(|item| item.as_ref().err());
        self.missing.as_ref().or(unread)
    }
}

/// A public address.
#[derive(Clone, Debug)]
pub(crate) struct PublicAddress {
    pub(crate) name: String,
    /// The address; none while none is allocated.
    pub(crate) address: Option<String>,
    /// Whether it lets in what no group forbids (Basic), or only what a group allows.
    pub(crate) open: Result<bool, Gap>,
    /// The configuration of an interface, or the front end, that it belongs to, in small letters.
    pub(crate) user: Option<String>,
}

/// A virtual network.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub(crate) space: Addresses,
    pub(crate) subnets: BTreeMap<String, Subnet>,
    pub(crate) peers: Vec<Peer>,
    /// Whether its own gateway subnet is in use.
    pub(crate) gateway: bool,
}

/// A network that a network is peered with.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) network: String,
    pub(crate) space: Addresses,
    /// Whether its gateways serve this network too.
    pub(crate) gateways: bool,
    /// Whether all of it is accessible from this network; none where the response does not say.
    pub(crate) open: Option<bool>,
}

/// A subnet.
#[derive(Clone, Debug)]
pub(crate) struct Subnet {
    pub(crate) group: Option<String>,
    pub(crate) table: Option<String>,
}

/// An Azure Firewall.
#[derive(Clone, Debug)]
pub(crate) struct Firewall {
    pub(crate) name: String,
    /// The networks that it is in.
    pub(crate) networks: Vec<String>,
    /// The private addresses that its rules may translate addresses of the internet to.
    pub(crate) translates: Addresses,
}

/// The networks of a subscription, as far as they decide what the internet reaches.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    pub(crate) networks: Table<Network>,
    pub(crate) groups: Table<Group>,
    pub(crate) tables: Table<RouteTable>,
    pub(crate) addresses: Table<PublicAddress>,
    pub(crate) balancers: Table<Balancer>,
    pub(crate) gateways: Table<Gateway>,
    pub(crate) firewalls: Table<Firewall>,
    /// Why the rules that a network manager puts before all groups are not known; none where no manager has a say.
    pub(crate) managed: Option<Gap>,
    pub(crate) memory: Memory,
}

/// A group, a network, which rules name the receiver, and the port of the sender.
type Asked = (String, String, Vec<u8>, u16);

/// What many interfaces have in common, so that it is worked out once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    /// The addresses of the tag `VirtualNetwork` by network.
    tagged: RefCell<HashMap<String, Rc<Span>>>,
    /// What a group lets in.
    admitted: RefCell<HashMap<Asked, Rc<Flow>>>,
    /// The groups that say that they filter a subnet or an interface.
    claims: OnceCell<HashMap<String, Vec<String>>>,
}

impl Topology {
    /// One of which everything was read, and in which nothing exists.
    pub(crate) fn empty() -> Self {
        Self {
            networks: Table::new("Microsoft.Network/virtualNetworks/read"),
            groups: Table::new("Microsoft.Network/networkSecurityGroups/read"),
            tables: Table::new("Microsoft.Network/routeTables/read"),
            addresses: Table::new("Microsoft.Network/publicIPAddresses/read"),
            balancers: Table::new("Microsoft.Network/loadBalancers/read"),
            gateways: Table::new("Microsoft.Network/virtualNetworkGateways/read"),
            firewalls: Table::new("Microsoft.Network/azureFirewalls/read"),
            managed: None,
            memory: Memory::default(),
        }
    }

    /// The subnet of an id with its network.
    pub(crate) fn subnet(&self, id: &str) -> Result<(&Network, &Subnet), Gap> {
        let network = self.networks.get(network_of(id))?;
        let subnet = network.subnets.get(id).ok_or_else(|| {
            Gap::undetermined(self.networks.action, id, "the response does not hold the subnet")
        })?;
        Ok((network, subnet))
    }
}

/// The network of a subnet, by its id in small letters.
pub(crate) fn network_of(subnet: &str) -> &str {
    subnet.split_once("/subnets/").map_or("", |(network, _)| network)
}
