//! Which rules match the traffic between two interfaces.

use std::net::IpAddr;

use super::{Ask, End, Flow, Pair, Relation, of, other};
use crate::gap::Gap;
use crate::network::filter::{Filter, Rule};
use crate::network::service::Service;
use crate::network::stored::{PacketRule, addresses_of, ports_of};
use crate::network::traffic::Traffic;
use crate::provider::Provider;
use crate::tri::Tri;

impl Pair<'_> {
    /// The rules of a filter of one end, by the services that they match for these two.
    pub(super) fn filter(
        &self,
        rules: &[PacketRule],
        end: End<'_>,
        outbound: bool,
        ask: Ask,
    ) -> Filter<Gap> {
        let rules = rules.iter().filter(|rule| rule.outbound == outbound);
        Filter::new(
            rules
                .map(|rule| Rule { matches: self.matched(rule, end, ask), allows: !rule.denies })
                .collect(),
        )
    }

    fn matched(&self, rule: &PacketRule, end: End<'_>, ask: Ask) -> Flow {
        let (sender, receiver) = if ask.back {
            ((self.to, self.target), (self.from, self.source))
        } else {
            ((self.from, self.source), (self.to, self.target))
        };
        let any = |places: &[String], (of, address): (End<'_>, IpAddr)| {
            if places.is_empty() {
                return Tri::Yes;
            }
            Tri::any(places.iter().map(|place| self.is_place(place, of, address, end)))
        };
        let ports = if rule.sender_ports.is_empty() {
            Tri::Yes
        } else {
            Tri::any(rule.sender_ports.iter().map(|text| match ports_of(text) {
                Some((low, high)) => (low..=high).contains(&ask.port).into(),
                None => Tri::Unknown(end.open("the ports of a rule are not known")),
            }))
        };
        let applies = any(&rule.from, sender).and(any(&rule.to, receiver)).and(ports);
        if applies.is_no() {
            return Flow::nothing();
        }
        let mut services = Traffic::none();
        let mut unclear = false;
        for text in &rule.services {
            match text.parse::<Service>() {
                Ok(service) => services.add(service, &other()),
                Err(_) => unclear = true,
            }
        }
        let flow = if unclear {
            let gap = end.open("the protocol or the ports of a rule are not known");
            Flow::between(services, of(Service::ALL), gap)
        } else {
            Flow::exactly(services)
        };
        flow.if_so(applies)
    }

    /// Whether a rule of one end names an address of an interface.
    fn is_place(&self, place: &str, of: End<'_>, address: IpAddr, end: End<'_>) -> Tri<Gap> {
        let relation = self.relation;
        match place {
            "*" => return Tri::Yes,
            "balancer" => return Tri::No,
            "network" if relation != Relation::Strangers => return Tri::Yes,
            "internet" if relation != Relation::Strangers => return Tri::No,
            _ => {}
        }
        if let Some(group) = place.strip_prefix("group ") {
            let groups = match of.known(&of.interface.groups) {
                Ok(groups) => groups,
                Err(gap) => return Tri::Unknown(gap),
            };
            let member = groups.iter().any(|own| own.eq_ignore_ascii_case(group));
            return match relation {
                _ if !member => Tri::No,
                Relation::Same => Tri::Yes,
                Relation::Peers if end.filters.scope.provider == Provider::Aws => {
                    // A rule can name a group of a peer in the same region only.
                    // https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html (2026-11-30)
                    (of.interface.region == end.interface.region).into()
                }
                _ => Tri::Unknown(end.open("a rule names a group of another network")),
            };
        }
        match addresses_of(place) {
            Some(addresses) => addresses.has(address).into(),
            None => {
                Tri::Unknown(end.open(&format!("which addresses {place} stands for is not known")))
            }
        }
    }
}
