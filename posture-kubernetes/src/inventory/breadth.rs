//! How much rules and ranges of addresses let through: whether it is everyone.

use std::sync::LazyLock;

use ipnet::IpNet;
use posture_model::network::{Addresses, Breadth, Family, Service, TCP, Traffic};

use crate::labels::{Operator, Requirement, Selector};
use crate::network::{Peer, Port, Ports, Protocol, Rule};

/// The addresses that no host has as its own or that no router passes on: this network, loopback, link-local, multicast and reserved
/// ones, by [IANA](https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml), read on 2026-12-01.
static NOBODY: LazyLock<Addresses> = LazyLock::new(|| {
    let v4 = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];
    let used = ["2000::/3", "fc00::/7"].into_iter().filter_map(Addresses::parse);
    let v6 = used.fold(Addresses::all_of(Family::V6), |rest, one| rest.minus(&one));
    v4.into_iter().filter_map(Addresses::parse).fold(v6, |sum, one| sum.or(&one))
});

/// Whether a set holds every address of a version of the internet protocol, but for fewer than a network has: less than a `/16` of IPv4
/// or a `/48` of IPv6.
pub(super) fn is_everyone(all: &Addresses) -> bool {
    Family::ALL.into_iter().any(|family| {
        let left_out = Addresses::all_of(family).minus(all).minus(&NOBODY);
        let size = |prefix: IpNet| {
            let bits = u32::from(prefix.max_prefix_len() - prefix.prefix_len());
            1_u128.checked_shl(bits).unwrap_or(u128::MAX)
        };
        let count = left_out.prefixes().into_iter().map(size).fold(0, u128::saturating_add);
        count < if family == Family::V4 { 1 << 16 } else { 1 << 80 }
    })
}

/// Whether a set holds every address of the internet of a version of its protocol.
pub(super) fn is_internet(all: &Addresses) -> bool {
    is_everyone(all) || Family::ALL.into_iter().any(|of| all.breadth(of) == Breadth::Everyone)
}

/// Everything that rules together allow on every port of TCP, if it is that much.
pub(super) fn is_open<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Option<&'static str> {
    let every_port = Ports::of(Protocol::Tcp, 1..=u16::MAX);
    let (mut everything, mut pods) = (Ports::none(), Ports::none());
    let mut addresses = Traffic::none();
    for rule in rules {
        let ports = numbers(rule);
        if rule.peers.is_empty() {
            everything = everything.or(&ports);
        }
        for peer in &rule.peers {
            match peer {
                Peer::Pods { namespaces: Some(namespaces), pods: selected }
                    if is_unlimited(namespaces, NAME) && is_unlimited(selected, "") =>
                {
                    pods = pods.or(&ports);
                }
                Peer::Pods { .. } => {}
                Peer::Block(block) => addresses = addresses.or(&ports.with(&block.addresses())),
            }
        }
    }
    let covers = |ports: &Ports| every_port.minus(ports).is_empty();
    if covers(&everything) {
        return Some("everything");
    }
    if covers(&pods.or(&everything)) {
        return Some("every pod of the cluster");
    }
    addresses = addresses.or(&everything.with(&Addresses::all()));
    let every_port = Service::ports(TCP, 1..=u16::MAX)?;
    is_everyone(&addresses.addresses_of_all(every_port)).then_some("every address")
}

/// The ports that a rule names by number.
fn numbers(rule: &Rule) -> Ports {
    if rule.ports.is_empty() {
        return Ports::everything();
    }
    rule.ports.iter().fold(Ports::none(), |sum, port| match port {
        Port::Numbers(protocol, numbers) => sum.or(&Ports::of(*protocol, numbers.clone())),
        Port::Named(..) => sum,
    })
}

/// The label that the server gives every namespace.
const NAME: &str = "kubernetes.io/metadata.name";

/// Whether a selector selects everything that does not opt out by a label of its own, where all have the label `given`.
pub(super) fn is_unlimited(selector: &Selector, given: &str) -> bool {
    selector.requirements.iter().all(|Requirement { key, operator }| match operator {
        Operator::Exists => key == given,
        Operator::NotIn(_) | Operator::DoesNotExist => key != given,
        Operator::In(_) => false,
    })
}
