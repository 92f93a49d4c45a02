//! Load balancers: what a front end passes on, and to whom.

use std::net::IpAddr;

use posture_model::gap::Gap;
use posture_model::network::{Service, TCP, UDP};

use super::Protocol;

/// A load balancer.
#[derive(Clone, Debug)]
pub(crate) struct Balancer {
    pub(crate) name: String,
    /// Whether it lets in what no group forbids (Basic), or only what a group allows.
    pub(crate) open: Result<bool, Gap>,
    pub(crate) frontends: Vec<Frontend>,
    pub(crate) pools: Vec<Pool>,
    pub(crate) rules: Vec<BalancerRule>,
    pub(crate) nat: Vec<NatRule>,
}

/// A front end.
#[derive(Clone, Debug)]
pub(crate) struct Frontend {
    pub(crate) id: String,
    /// Its public address by id; none where it is an internal one.
    pub(crate) address: Option<String>,
    /// Whether another load balancer passes its traffic through appliances first.
    pub(crate) chained: bool,
}

/// A pool of those that traffic is passed on to.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    pub(crate) id: String,
    /// The configurations of interfaces that are in it, by id.
    pub(crate) members: Vec<String>,
    /// Those that are in it by address, each with its network if it is given.
    pub(crate) addresses: Vec<(IpAddr, Option<String>)>,
}

/// A rule that spreads traffic over a pool.
#[derive(Clone, Debug)]
pub(crate) struct BalancerRule {
    pub(crate) name: String,
    pub(crate) frontend: String,
    pub(crate) pools: Vec<String>,
    pub(crate) protocol: Protocol,
    pub(crate) frontend_port: u16,
    pub(crate) backend_port: u16,
    /// Whether the address of the front end stays the destination.
    pub(crate) floating: bool,
}

/// A rule that passes a port, or a range of ports, on to one of many.
#[derive(Clone, Debug)]
pub(crate) struct NatRule {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Whether it is an inbound NAT pool, which the interfaces of a scale set refer to: each instance gets a port of the range.
    pub(crate) of_scale_set: bool,
    pub(crate) frontend: String,
    pub(crate) protocol: Protocol,
    pub(crate) frontend_ports: (u16, u16),
    pub(crate) backend_port: u16,
    pub(crate) floating: bool,
    /// The configuration that it passes on to, by id.
    pub(crate) target: Option<String>,
    /// The pool whose members it passes on to, each by a port of its own.
    pub(crate) pool: Option<String>,
}

/// What a rule with this protocol passes on to a port. Port 0 means every port, which goes with every protocol.
pub(super) fn service(protocol: Protocol, port: u16) -> Vec<Service> {
    match (protocol, port) {
        (Protocol::Any, 0) => vec![Service::ALL],
        (Protocol::Any, port) => vec![Service::port(TCP, port), Service::port(UDP, port)],
        (Protocol::Udp, 0) => vec![Service::protocol(UDP)],
        (Protocol::Udp, port) => vec![Service::port(UDP, port)],
        (_, 0) => vec![Service::protocol(TCP)],
        (_, port) => vec![Service::port(TCP, port)],
    }
}

/// Ports in words.
pub(super) fn ports((low, high): (u16, u16)) -> String {
    match (low, high) {
        (0, 0) => "every port".to_owned(),
        (low, high) if low == high => low.to_string(),
        (low, high) => format!("{low}-{high}"),
    }
}
