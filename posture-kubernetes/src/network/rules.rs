//! What the parts of a rule match: selectors, blocks of addresses, ports.

use std::net::IpAddr;

use posture_model::network::Family;
use posture_model::tri::Tri;

use super::passing::Passing;
use super::pod::Pod;
use super::policy::{Block, Port, Rule};
use super::ports::{Ports, Protocol};
use crate::open::{Open, Why};

/// Whether a selector selects a pod, wherever that is.
pub(super) fn pod_matches(selector: &crate::labels::Selector, pod: &Pod) -> Tri<Why> {
    selector.matches(&pod.labels, |key| Open::PodLabel { pod: pod.id(), key: key.to_owned() })
}

/// Whether two pods are certainly on different nodes.
pub(super) fn on_different_nodes(one: &Pod, other: &Pod) -> bool {
    matches!((&one.node, &other.node), (Some(one), Some(other)) if one != other)
}

/// The versions of the internet protocol by which two pods connect. Pods whose addresses are not known are taken to have one in
/// common with the others: a cluster gives all its pods addresses of the same versions.
pub(super) enum Families {
    /// By each of these.
    These(Vec<Family>),
    /// By at least one of these.
    SomeOf(Vec<Family>),
}

pub(super) fn families(one: &Pod, other: &Pod) -> Families {
    match (one.families(), other.families()) {
        (Some(one), Some(other)) => {
            Families::These(one.into_iter().filter(|family| other.contains(family)).collect())
        }
        (Some(known), None) | (None, Some(known)) => Families::SomeOf(known),
        (None, None) => Families::SomeOf(Family::ALL.to_vec()),
    }
}

/// Whether a block holds the address of a pod.
pub(super) fn block_has(block: &Block, pod: &Pod, family: Family) -> Tri<Why> {
    if Family::of(block.cidr.addr()) != family {
        return Tri::No;
    }
    let of_family = |address: &&IpAddr| Family::of(**address) == family;
    match &pod.addresses {
        None => Tri::Unknown(Why::from([Open::Address { pod: pod.id() }])),
        Some(addresses) => {
            Tri::from(addresses.iter().filter(of_family).any(|address| block.has(*address)))
        }
    }
}

/// The ports that a rule names by number.
pub(super) fn by_number(rule: &Rule) -> Ports {
    if rule.ports.is_empty() {
        return Ports::everything();
    }
    rule.ports.iter().fold(Ports::none(), |sum, port| match port {
        Port::Numbers(protocol, numbers) => sum.or(&Ports::of(*protocol, numbers.clone())),
        Port::Named(..) => sum,
    })
}

/// The ports of a rule at the pod that receives the connection, which resolves their names.
pub(super) fn ports_at(rule: &Rule, receiver: &Pod) -> Passing<Ports> {
    let mut all = Passing::exactly(by_number(rule));
    for port in &rule.ports {
        if let Port::Named(protocol, name) = port {
            all = all.or(resolve(*protocol, name, receiver));
        }
    }
    all
}

/// The numbers of a named port at a pod.
pub(super) fn resolve(protocol: Protocol, name: &str, pod: &Pod) -> Passing<Ports> {
    let named = |sidecar: bool| {
        let ports = pod.ports.iter().filter(move |port| {
            port.name == name && port.protocol == protocol && port.sidecar == sidecar
        });
        ports.fold(Ports::none(), |sum, port| {
            sum.or(&Ports::of(protocol, port.number..=port.number))
        })
    };
    let (own, sidecars) = (named(false), named(true));
    let possible = own.or(&sidecars);
    let several = own.iter().map(|(_, run)| run.count()).sum::<usize>() > 1;
    let open =
        |because| Why::from([Open::NamedPort { pod: pod.id(), name: name.to_owned(), because }]);
    if several {
        return Passing::between(Ports::none(), possible, open("several containers have it"));
    }
    if own.is_empty() {
        return Passing::between(Ports::none(), possible, open("only a sidecar has it"));
    }
    Passing::between(own, possible, open("a sidecar has it too"))
}

/// The ports of a rule for addresses, where a pod receives: plugins differ in whether it resolves names.
pub(super) fn ports_of_block(rule: &Rule, receiver: &Pod, ports: Passing<Ports>) -> Passing<Ports> {
    let numbers = by_number(rule);
    if ports.possible == numbers {
        return ports;
    }
    let mut why = ports.why;
    let names = rule.ports.iter().filter_map(|port| match port {
        Port::Named(_, name) => Some(name.clone()),
        Port::Numbers(..) => None,
    });
    why.extend(names.map(|name| Open::NamedPort {
        pod: receiver.id(),
        name,
        because: "the rule is for a block of addresses",
    }));
    Passing::between(numbers, ports.possible, why)
}
