//! What the internet reaches in the networks of a region, and along which path: pure functions over what was read.
//!
//! Every answer is in three values. What was not read leaves open what depends on it, and nothing else.

mod acl;
mod balancer;
#[cfg(test)]
mod balancer_oracle;
mod block;
mod group;
mod hop;
mod interface;
#[cfg(test)]
mod oracle;
mod route;

use std::collections::BTreeMap;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Reach, Service, TCP, Traffic, UDP};
use posture_model::network::{ICMP, ICMP6};

pub(crate) use acl::{Acl, Entry};
pub(crate) use balancer::{
    Balancer, Balancers, Forward, Listener, Target, TargetGroup, To, Way, Ways,
};
pub(crate) use block::{Block, Exclusion, Mode};
pub(crate) use group::{Group, Permission, Reference, union};
pub(crate) use hop::Client;
pub(crate) use interface::{Front, Interface};
pub(crate) use route::{Route, RouteTable, Via};

/// Traffic that passes, and why that is open.
pub(crate) type Flow = Reach<Gap>;

/// What was read of one kind, by id, and why some of it may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Known<T> {
    pub(crate) items: BTreeMap<String, T>,
    pub(crate) missing: Option<Gap>,
    /// The action that lists them.
    pub(crate) action: &'static str,
}

impl<T> Known<T> {
    /// The one of this id, or why it is not known.
    pub(crate) fn get(&self, id: &str) -> Result<&T, Gap> {
        self.items.get(id).ok_or_else(|| self.lacks(id, "the list does not hold it"))
    }

    /// Why one that is not in the list is not known: what kept the list short, if anything did.
    fn lacks(&self, id: &str, detail: &str) -> Gap {
        self.missing.clone().unwrap_or_else(|| Gap::undetermined(self.action, id, detail))
    }
}

/// A subnet.
#[derive(Clone, Debug)]
pub(crate) struct Subnet {
    /// Its addresses.
    pub(crate) addresses: Addresses,
    /// Those of its addresses that AWS does not announce to the internet, whatever they look like.
    pub(crate) unannounced: Addresses,
}

/// The networks of a region, as far as they decide what the internet reaches.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    pub(crate) subnets: Known<Subnet>,
    pub(crate) tables: Known<RouteTable>,
    pub(crate) acls: Known<Acl>,
    pub(crate) groups: Known<Group>,
    /// What is blocked, whatever else allows it.
    pub(crate) block: Result<Block, Gap>,
    owned: Owned,
}

/// What subnets, networks and gateways have, by their ids: of several the first, as each has one.
#[derive(Clone, Debug, Default)]
struct Owned {
    /// The ACLs of subnets.
    acls: BTreeMap<String, String>,
    /// The route tables of subnets.
    tables: BTreeMap<String, String>,
    /// The main route tables of networks.
    mains: BTreeMap<String, String>,
    /// The route tables of gateways.
    gateways: BTreeMap<String, Vec<String>>,
}

impl Topology {
    pub(crate) fn new(
        subnets: Known<Subnet>,
        tables: Known<RouteTable>,
        acls: Known<Acl>,
        groups: Known<Group>,
        block: Result<Block, Gap>,
    ) -> Self {
        let mut owned = Owned::default();
        for (id, acl) in &acls.items {
            for subnet in &acl.subnets {
                owned.acls.entry(subnet.clone()).or_insert_with(|| id.clone());
            }
        }
        for (id, table) in &tables.items {
            for subnet in &table.subnets {
                owned.tables.entry(subnet.clone()).or_insert_with(|| id.clone());
            }
            if table.main {
                owned.mains.entry(table.vpc.clone()).or_insert_with(|| id.clone());
            }
            for gateway in &table.gateways {
                owned.gateways.entry(gateway.clone()).or_default().push(id.clone());
            }
        }
        Self { subnets, tables, acls, groups, block, owned }
    }
}

/// What a rule matches by protocol and ports, as EC2 writes these: a name or a number, and -1 for all. For ICMP the ports are type and
/// code, with -1 for all. Nothing where that is not a protocol or not a range.
pub(crate) fn service(protocol: &str, from: Option<i64>, to: Option<i64>) -> Option<Service> {
    let protocol = match protocol {
        "-1" | "all" => return Some(Service::ALL),
        "tcp" => TCP,
        "udp" => UDP,
        "icmp" => ICMP,
        "icmpv6" => ICMP6,
        number => number.parse::<u8>().ok()?,
    };
    match protocol {
        TCP | UDP => {
            let (from, to) = (u16::try_from(from?).ok()?, u16::try_from(to?).ok()?);
            Service::ports(protocol, from..=to)
        }
        ICMP | ICMP6 => {
            let part = |part: Option<i64>| match part {
                None | Some(-1) => Some(None),
                Some(number) => u8::try_from(number).ok().map(Some),
            };
            Some(Service::icmp(protocol, part(from)?, part(to)?))
        }
        // Ports are for those that have them: EC2 takes none for any other.
        other => Some(Service::protocol(other)),
    }
}

/// Traffic by a service, of addresses that may not be known.
pub(crate) fn matches(service: Service, addresses: &Result<Addresses, Gap>) -> Flow {
    match addresses {
        Ok(addresses) => Flow::exactly(Traffic::of(service, addresses)),
        Err(gap) => {
            let any = Traffic::of(service, &Addresses::all());
            Flow::between(Traffic::none(), any, gap.clone())
        }
    }
}
