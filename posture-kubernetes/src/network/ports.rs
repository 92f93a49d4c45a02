//! Protocols, and sets of ports.

use std::fmt;
use std::ops::RangeInclusive;

use posture_model::network::{Addresses, Service, TCP, Traffic, UDP};

/// The number of SCTP, by
/// [IANA](https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml).
const SCTP: u8 = 132;

/// A protocol that network policies know. They leave all others, such as ICMP, to the network plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP, which is meant where a policy names none.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// The protocol of a name, as Kubernetes spells it.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }

    /// Its name, as Kubernetes spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::Tcp => TCP,
            Self::Udp => UDP,
            Self::Sctp => SCTP,
        }
    }

    /// The place of port 0 on the axis of all ports.
    const fn start(self) -> u32 {
        match self {
            Self::Tcp => 0,
            Self::Udp => 1 << 16,
            Self::Sctp => 2 << 16,
        }
    }

    fn at(place: u32) -> (Self, u16) {
        let protocol = match place >> 16 {
            0 => Self::Tcp,
            1 => Self::Udp,
            _ => Self::Sctp,
        };
        // Exactly the lower half.
        (protocol, (place & 0xffff) as u16)
    }
}

/// A set of ports of TCP, UDP and SCTP. It is exact, and equal sets are equal.
///
/// [`Traffic`] of `posture-model` also holds addresses. Between two pods these are fixed, and a matrix compares millions of pairs,
/// so that this set holds ranges alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ports(
    /// In order, without gaps of nothing between them. Ranges of different protocols are not merged.
    Vec<(u32, u32)>,
);

impl Ports {
    /// None.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Every port of all three protocols.
    pub fn everything() -> Self {
        Self(Protocol::ALL.map(|protocol| (protocol.start(), protocol.start() | 0xffff)).into())
    }

    /// Ports of one protocol; none if the range is empty.
    pub fn of(protocol: Protocol, ports: RangeInclusive<u16>) -> Self {
        if ports.is_empty() {
            return Self::none();
        }
        let place = |port: &u16| protocol.start() | u32::from(*port);
        Self(vec![(place(ports.start()), place(ports.end()))])
    }

    /// Whether it holds a port.
    pub fn has(&self, protocol: Protocol, port: u16) -> bool {
        let place = protocol.start() | u32::from(port);
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&place))
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it holds every port of all three protocols.
    pub fn is_everything(&self) -> bool {
        *self == Self::everything()
    }

    /// The ports of either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        if self.0.is_empty() || self == other {
            return other.clone();
        }
        if other.0.is_empty() {
            return self.clone();
        }
        let mut all: Vec<_> = self.0.iter().chain(&other.0).copied().collect();
        all.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match merged.last_mut() {
                Some(before) if first <= before.1 + 1 && first >> 16 == before.1 >> 16 => {
                    before.1 = before.1.max(last);
                }
                _ => merged.push((first, last)),
            }
        }
        Self(merged)
    }

    /// The ports of both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut one, mut two) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                both.push((first, last));
            }
            if a.1 <= b.1 {
                one.next()
            } else {
                two.next()
            };
        }
        Self(both)
    }

    /// The ports of this set that are not in the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut rest = Vec::new();
        for (first, last) in &self.0 {
            let mut next = Some(*first);
            for (cut_first, cut_last) in &other.0 {
                let Some(start) = next else { break };
                if cut_last < &start || cut_first > last {
                    continue;
                }
                if *cut_first > start {
                    rest.push((start, cut_first - 1));
                }
                next = (cut_last < last).then(|| cut_last + 1);
            }
            rest.extend(next.map(|start| (start, *last)));
        }
        Self(rest)
    }

    /// The ports of a service that are of the three protocols.
    pub(crate) fn of_service(service: Service) -> Self {
        let mut all = Self::none();
        for (number, ports) in service.parts().into_iter().filter_map(Service::of_one) {
            if let Some(protocol) = Protocol::ALL.into_iter().find(|one| one.number() == number) {
                all = all.or(&Self::of(protocol, ports));
            }
        }
        all
    }

    /// Each run of ports, by protocol and number.
    pub fn iter(&self) -> impl Iterator<Item = (Protocol, RangeInclusive<u16>)> {
        self.0.iter().map(|(first, last)| {
            let ((protocol, low), (_, high)) = (Protocol::at(*first), Protocol::at(*last));
            (protocol, low..=high)
        })
    }

    /// The same as traffic with these addresses at the other end.
    pub fn with(&self, addresses: &Addresses) -> Traffic {
        let mut traffic = Traffic::none();
        for (protocol, ports) in self.iter() {
            if let Some(service) = Service::ports(protocol.number(), ports) {
                traffic.add(service, addresses);
            }
        }
        traffic
    }
}

/// `every port`, `no port`, or `TCP 80, TCP 8080-8090, every port of UDP`.
impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("no port");
        }
        if self.is_everything() {
            return f.write_str("every port");
        }
        for (place, (protocol, ports)) in self.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { ", " })?;
            let (low, high) = (ports.start(), ports.end());
            match (low, high) {
                (0, &u16::MAX) => write!(f, "every port of {}", protocol.name())?,
                _ if low == high => write!(f, "{} {low}", protocol.name())?,
                _ => write!(f, "{} {low}-{high}", protocol.name())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cases::cases;

    const AT: [u16; 5] = [0, 1, 2, 3, u16::MAX];

    fn ports() -> impl Strategy<Value = Ports> {
        let one = (0..3_usize, 0..5_usize, 0..5_usize).prop_map(|(protocol, a, b)| {
            Ports::of(Protocol::ALL[protocol], AT[a.min(b)]..=AT[a.max(b)])
        });
        prop::collection::vec(one, 0..4)
            .prop_map(|all| all.iter().fold(Ports::none(), |sum, one| sum.or(one)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases(256)))]

        #[test]
        fn sets_of_ports_are_combined_as_sets(a in ports(), b in ports()) {
            for protocol in Protocol::ALL {
                for port in AT.into_iter().chain([4, 70]) {
                    let has = |set: &Ports| set.has(protocol, port);
                    prop_assert_eq!(has(&a.or(&b)), has(&a) || has(&b));
                    prop_assert_eq!(has(&a.and(&b)), has(&a) && has(&b));
                    prop_assert_eq!(has(&a.minus(&b)), has(&a) && !has(&b));
                }
            }
            // Equal sets are equal, however they were made.
            prop_assert_eq!(a.minus(&b).or(&a.and(&b)), a.clone());
            prop_assert_eq!(a.or(&b), b.or(&a));
            prop_assert_eq!(a.minus(&a), Ports::none());
            prop_assert_eq!(a.or(&Ports::everything()), Ports::everything());
            let net = Addresses::parse("10.0.0.0/8").unwrap();
            prop_assert_eq!(a.with(&net).and(&b.with(&net)), a.and(&b).with(&net));
        }
    }

    #[test]
    fn ports_are_written_by_protocol() {
        let web = Ports::of(Protocol::Tcp, 80..=80).or(&Ports::of(Protocol::Tcp, 8080..=8090));
        assert_eq!(web.to_string(), "TCP 80, TCP 8080-8090");
        let udp = Ports::of(Protocol::Udp, 0..=u16::MAX);
        assert_eq!(web.or(&udp).to_string(), "TCP 80, TCP 8080-8090, every port of UDP");
        assert_eq!(
            (Ports::none().to_string(), Ports::everything().to_string()),
            ("no port".into(), "every port".into())
        );
        // Port 65535 of TCP and port 0 of UDP are not one range.
        let both = Ports::of(Protocol::Tcp, 65535..=65535).or(&Ports::of(Protocol::Udp, 0..=0));
        assert_eq!(both.to_string(), "TCP 65535, UDP 0");
        assert_eq!(Protocol::of("tcp"), None);
        assert_eq!(Protocol::of("SCTP"), Some(Protocol::Sctp));
    }
}
