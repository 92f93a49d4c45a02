//! Sets of traffic: sources by protocol and port.

use std::net::IpAddr;

use rangemap::RangeInclusiveMap;

use super::addresses::{Addresses, Breadth, Family};
use super::service::Service;

/// A set of traffic: for each port of each protocol, the addresses at the other end. It is exact, and equal sets are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic(RangeInclusiveMap<u32, Addresses>);

impl Traffic {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// All of it, over both versions of the internet protocol.
    pub fn all() -> Self {
        Self::of(Service::ALL, &Addresses::all())
    }

    /// Of these addresses, by this service.
    pub fn of(service: Service, addresses: &Addresses) -> Self {
        let mut one = Self::none();
        one.add(service, addresses);
        one
    }

    /// Adds these addresses by this service.
    pub fn add(&mut self, service: Service, addresses: &Addresses) {
        if addresses.is_empty() {
            return;
        }
        let range = service.range();
        let gaps: Vec<_> = self.0.gaps(&range).collect();
        for (part, held) in self.held(service) {
            self.0.insert(part.range(), held.or(addresses));
        }
        for gap in gaps {
            self.0.insert(gap, addresses.clone());
        }
    }

    /// Removes these addresses by this service.
    pub fn remove(&mut self, service: Service, addresses: &Addresses) {
        for (part, held) in self.held(service) {
            let rest = held.minus(addresses);
            if rest.is_empty() {
                self.0.remove(part.range());
            } else {
                self.0.insert(part.range(), rest);
            }
        }
    }

    /// What is held of a service, in parts with the same addresses.
    fn held(&self, service: Service) -> Vec<(Service, Addresses)> {
        let range = service.range();
        let clip = |part: &std::ops::RangeInclusive<u32>| {
            Service::of(&((*part.start()).max(*range.start())..=(*part.end()).min(*range.end())))
        };
        let parts = self.0.overlapping(&range);
        parts.map(|(part, addresses)| (clip(part), addresses.clone())).collect()
    }

    /// Each service with its addresses, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Service, &Addresses)> {
        self.0.iter().map(|(range, addresses)| (Service::of(range), addresses))
    }

    /// The traffic of either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        other.iter().for_each(|(service, addresses)| sum.add(service, addresses));
        sum
    }

    /// The traffic of this set that is not of the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        other.iter().for_each(|(service, addresses)| rest.remove(service, addresses));
        rest
    }

    /// The traffic of both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut both = Self::none();
        for (service, addresses) in other.iter() {
            for (part, held) in self.held(service) {
                both.add(part, &held.and(addresses));
            }
        }
        both
    }

    /// The traffic whose other end is one of these addresses.
    #[must_use]
    pub fn among(&self, addresses: &Addresses) -> Self {
        self.and(&Self::of(Service::ALL, addresses))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds every traffic of the other.
    pub fn covers(&self, other: &Self) -> bool {
        other.minus(self).is_empty()
    }

    /// Whether it holds this: an address and a port of a protocol.
    pub fn has(&self, address: IpAddr, protocol: u8, port: u16) -> bool {
        let place = *Service::port(protocol, port).range().start();
        self.0.get(&place).is_some_and(|addresses| addresses.has(address))
    }

    /// Every address that is at the other end by some port of a service.
    pub fn addresses(&self, service: Service) -> Addresses {
        let mut all = Addresses::none();
        self.held(service).iter().for_each(|(_, addresses)| all.add(addresses));
        all
    }

    /// Every address that is at the other end by each port of a service.
    pub fn addresses_of_all(&self, service: Service) -> Addresses {
        if self.0.gaps(&service.range()).next().is_some() {
            return Addresses::none();
        }
        let parts = self.held(service).into_iter().map(|(_, addresses)| addresses);
        parts.reduce(|all, one| all.and(&one)).unwrap_or_default()
    }

    /// The services that are open to at least this much of the internet by one version, without gaps between them.
    pub fn open_to(&self, breadth: Breadth, family: Family) -> Vec<Service> {
        let mut open: Vec<Service> = Vec::new();
        for (service, addresses) in self.iter() {
            if addresses.breadth(family) < breadth {
                continue;
            }
            match open.last_mut() {
                Some(last) if *last.range().end() + 1 == *service.range().start() => {
                    *last = Service::of(&(*last.range().start()..=*service.range().end()));
                }
                _ => open.push(service),
            }
        }
        open
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::service::{TCP, UDP};
    use super::*;

    /// A world small enough to ask every point of it: 16 addresses of each version, four ports of two protocols.
    const PORTS: [(u8, u16); 8] =
        [(TCP, 0), (TCP, 1), (TCP, 2), (TCP, 65535), (UDP, 0), (UDP, 1), (UDP, 2), (UDP, 65535)];

    fn hosts() -> impl Iterator<Item = IpAddr> {
        let v4 = (0..16).map(|host| IpAddr::from([10, 0, 0, host]));
        v4.chain((0..16).map(|host| format!("2001:db8::{host:x}").parse().unwrap()))
    }

    fn points() -> impl Iterator<Item = (IpAddr, u8, u16)> {
        hosts().flat_map(|host| PORTS.map(|(protocol, port)| (host, protocol, port)))
    }

    fn addresses() -> impl Strategy<Value = Addresses> {
        (any::<bool>(), 0..16_u8, 0..5_u8).prop_map(|(v4, host, bits)| {
            let text = if v4 {
                format!("10.0.0.{host}/{}", 28 + bits)
            } else {
                format!("2001:db8::{host:x}/{}", 124 + bits)
            };
            Addresses::parse(&text).unwrap()
        })
    }

    fn service() -> impl Strategy<Value = Service> {
        prop_oneof![
            1 => Just(Service::ALL),
            1 => Just(Service::protocol(TCP)),
            4 => (prop_oneof![Just(TCP), Just(UDP)], 0..3_u16, 0..3_u16).prop_map(|(protocol, a, b)| {
                Service::ports(protocol, a.min(b)..=a.max(b)).unwrap()
            }),
        ]
    }

    fn parts() -> impl Strategy<Value = Vec<(Service, Addresses, bool)>> {
        prop::collection::vec((service(), addresses(), prop::bool::weighted(0.7)), 0..8)
    }

    fn build(parts: &[(Service, Addresses, bool)]) -> Traffic {
        let mut all = Traffic::none();
        for (service, addresses, add) in parts {
            if *add { all.add(*service, addresses) } else { all.remove(*service, addresses) }
        }
        all
    }

    /// The same by asking for one point.
    fn holds(
        parts: &[(Service, Addresses, bool)],
        (host, protocol, port): (IpAddr, u8, u16),
    ) -> bool {
        let of = |(service, addresses, _): &&(Service, Addresses, bool)| {
            service.covers(Service::port(protocol, port)) && addresses.has(host)
        };
        parts.iter().rev().find(of).is_some_and(|(_, _, add)| *add)
    }

    #[test]
    fn a_set_covers_its_parts_and_nothing_else() {
        let of = |port: u16, prefix: &str| {
            Traffic::of(Service::port(TCP, port), &Addresses::parse(prefix).unwrap())
        };
        let whole = of(22, "10.0.0.0/8").or(&of(80, "10.0.0.0/8"));
        assert!(whole.covers(&of(22, "10.1.0.0/16")) && whole.covers(&Traffic::none()));
        assert!(!whole.covers(&of(443, "10.1.0.0/16")) && !whole.covers(&of(22, "10.0.0.0/7")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(
            std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
        ))]

        #[test]
        fn sets_hold_what_their_points_say(a in parts(), b in parts(), asked in service()) {
            let (one, other) = (build(&a), build(&b));
            let (or, and, minus) = (one.or(&other), one.and(&other), one.minus(&other));
            for point @ (host, protocol, port) in points() {
                let (x, y) = (holds(&a, point), holds(&b, point));
                prop_assert_eq!(one.has(host, protocol, port), x, "{:?}", point);
                prop_assert_eq!(or.has(host, protocol, port), x || y);
                prop_assert_eq!(and.has(host, protocol, port), x && y);
                prop_assert_eq!(minus.has(host, protocol, port), x && !y);
            }
            // Equal sets are equal, however they came about.
            prop_assert_eq!(&minus.or(&and), &one);
            prop_assert_eq!(&or, &other.or(&one));
            prop_assert_eq!(and.is_empty(), one.minus(&other) == one);
            prop_assert!(or.covers(&one) && one.covers(&and));
            let (some, every) = (one.addresses(asked), one.addresses_of_all(asked));
            prop_assert!(some.covers(&every));
            for host in hosts() {
                let of = |(protocol, port): &&(u8, u16)| asked.covers(Service::port(*protocol, *port));
                let any = PORTS.iter().filter(of).any(|(protocol, port)| one.has(host, *protocol, *port));
                // Ports between those that are asked for are like their neighbors.
                prop_assert!(!any || some.has(host));
                if every.has(host) {
                    prop_assert!(PORTS.iter().filter(of).all(|(protocol, port)| one.has(host, *protocol, *port)));
                }
            }
        }
    }

    #[test]
    fn what_is_open_is_without_gaps() {
        let mut traffic = Traffic::of(Service::ALL, &Addresses::parse("8.0.0.0/7").unwrap());
        traffic.add(Service::port(TCP, 22), &Addresses::all());
        traffic.add(Service::port(TCP, 443), &Addresses::all_of(Family::V4));
        traffic.add(Service::port(TCP, 444), &Addresses::all());
        let tcp = |first, last| Service::ports(TCP, first..=last).unwrap();
        assert_eq!(traffic.open_to(Breadth::Everyone, Family::V4), [tcp(22, 22), tcp(443, 444)]);
        assert_eq!(traffic.open_to(Breadth::Everyone, Family::V6), [tcp(22, 22), tcp(444, 444)]);
        assert_eq!(traffic.open_to(Breadth::Wide, Family::V4), [Service::ALL]);
        assert_eq!(Traffic::none().open_to(Breadth::Narrow, Family::V4), []);
    }
}
