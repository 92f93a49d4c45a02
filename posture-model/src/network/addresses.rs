//! Sets of addresses of both versions of the internet protocol.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use ipnet::{IpNet, Ipv4Net, Ipv4Subnets, Ipv6Net, Ipv6Subnets};
use rangemap::RangeInclusiveSet;

use crate::dated::Dated;

/// A version of the internet protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// Both versions.
    pub const ALL: [Self; 2] = [Self::V4, Self::V6];

    /// The version of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    /// The prefix that holds every address of this version.
    pub fn everything(self) -> &'static str {
        match self {
            Self::V4 => "0.0.0.0/0",
            Self::V6 => "::/0",
        }
    }
}

/// How much of the internet a set of addresses holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// Not a single address of it.
    None,
    /// Fewer addresses than [`Breadth::Wide`].
    Narrow,
    /// At least one of 256 addresses: as many as a `/8` of IPv4. No one owns that many, so that such a rule is open to
    /// strangers, whatever it was meant for.
    Wide,
    /// Every address.
    Everyone,
}

/// A set of addresses of both versions.
///
/// It is exact: prefixes that together make a larger one equal that one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    v4: RangeInclusiveSet<u32>,
    v6: RangeInclusiveSet<u128>,
}

/// What is not of the internet: prefixes of IPv4 from which the internet delivers nothing. Those for documentation are left in, as
/// they stand for the internet in examples.
static SPECIAL: Dated<&str> = Dated::new(
    &[
        "https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml",
    ],
    "2026-11-30",
    &[
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        // Multicast and what is reserved: no host sends from there.
        "224.0.0.0/3",
    ],
);

/// What is of the internet by IPv6: global unicast addresses.
static GLOBAL: Dated<&str> = Dated::new(
    &["https://www.iana.org/assignments/ipv6-address-space/ipv6-address-space.xhtml"],
    "2026-11-30",
    &["2000::/3"],
);

static INTERNET: LazyLock<Addresses> = LazyLock::new(|| {
    let mut internet = Addresses::all_of(Family::V4);
    let special = SPECIAL.iter().filter_map(|prefix| Addresses::parse(prefix));
    special.for_each(|prefix| internet.remove(&prefix));
    GLOBAL.iter().filter_map(|prefix| Addresses::parse(prefix)).for_each(|it| internet.add(&it));
    internet
});

impl Addresses {
    /// Not a single address.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every address of both versions.
    pub fn all() -> Self {
        let mut all = Self::all_of(Family::V4);
        all.add(&Self::all_of(Family::V6));
        all
    }

    /// Every address of one version.
    pub fn all_of(family: Family) -> Self {
        match family {
            Family::V4 => Self::between_v4(0..=u32::MAX),
            Family::V6 => Self::between_v6(0..=u128::MAX),
        }
    }

    /// The addresses that packets come from on the internet: those that are globally reachable.
    pub fn internet() -> &'static Self {
        &INTERNET
    }

    /// The addresses of a prefix. Bits beyond its length count as zero, as providers take them.
    pub fn of(prefix: IpNet) -> Self {
        match prefix {
            IpNet::V4(net) => Self::between_v4(net.network().into()..=net.broadcast().into()),
            IpNet::V6(net) => Self::between_v6(net.network().into()..=net.broadcast().into()),
        }
    }

    /// One address.
    pub fn one(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::between_v4(v4.into()..=v4.into()),
            IpAddr::V6(v6) => Self::between_v6(v6.into()..=v6.into()),
        }
    }

    /// The addresses from the first to the last; nothing if they are of different versions or in the wrong order.
    pub fn between(first: IpAddr, last: IpAddr) -> Option<Self> {
        match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) if first <= last => {
                Some(Self::between_v4(first.into()..=last.into()))
            }
            (IpAddr::V6(first), IpAddr::V6(last)) if first <= last => {
                Some(Self::between_v6(first.into()..=last.into()))
            }
            _ => None,
        }
    }

    /// The addresses that a text names: a prefix (`10.0.0.0/8`, `::/0`) or an address. Nothing for another text.
    pub fn parse(text: &str) -> Option<Self> {
        let address = || text.parse::<IpAddr>().ok().map(Self::one);
        text.parse::<IpNet>().ok().map(Self::of).or_else(address)
    }

    fn between_v4(range: RangeInclusive<u32>) -> Self {
        Self { v4: [range].into(), v6: RangeInclusiveSet::new() }
    }

    fn between_v6(range: RangeInclusive<u128>) -> Self {
        Self { v4: RangeInclusiveSet::new(), v6: [range].into() }
    }

    /// Adds the addresses of another set.
    pub fn add(&mut self, other: &Self) {
        self.v4.extend(other.v4.iter().cloned());
        self.v6.extend(other.v6.iter().cloned());
    }

    /// Removes the addresses of another set.
    pub fn remove(&mut self, other: &Self) {
        other.v4.iter().for_each(|range| self.v4.remove(range.clone()));
        other.v6.iter().for_each(|range| self.v6.remove(range.clone()));
    }

    /// The addresses of either set.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        sum.add(other);
        sum
    }

    /// The addresses of this set that are not of the other.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.remove(other);
        rest
    }

    /// The addresses of both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self {
            v4: self.v4.intersection(&other.v4).collect(),
            v6: self.v6.intersection(&other.v6).collect(),
        }
    }

    /// Those of one version.
    #[must_use]
    pub fn only(&self, family: Family) -> Self {
        match family {
            Family::V4 => Self { v4: self.v4.clone(), v6: RangeInclusiveSet::new() },
            Family::V6 => Self { v4: RangeInclusiveSet::new(), v6: self.v6.clone() },
        }
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    /// Whether it holds this one.
    pub fn has(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(v4) => self.v4.contains(&v4.into()),
            IpAddr::V6(v6) => self.v6.contains(&v6.into()),
        }
    }

    /// Whether it holds every address of the other.
    pub fn covers(&self, other: &Self) -> bool {
        other.minus(self).is_empty()
    }

    /// How much of the internet it holds, by one version.
    pub fn breadth(&self, family: Family) -> Breadth {
        let internet = Self::internet().only(family);
        let held = self.and(&internet);
        if held.is_empty() {
            return Breadth::None;
        }
        if held == internet {
            return Breadth::Everyone;
        }
        let wide = match family {
            Family::V4 => count(held.v4.iter().map(|range| (*range.start(), *range.end()))) >> 24,
            // A 256th of the 2^125 addresses that are global unicast.
            Family::V6 => count(held.v6.iter().map(|range| (*range.start(), *range.end()))) >> 117,
        };
        if wide > 0 { Breadth::Wide } else { Breadth::Narrow }
    }

    /// The fewest prefixes that make up the set, in order, IPv4 first.
    pub fn prefixes(&self) -> Vec<IpNet> {
        let v4 = self.v4.iter().flat_map(|range| {
            let (first, last) = (Ipv4Addr::from(*range.start()), Ipv4Addr::from(*range.end()));
            Ipv4Subnets::new(first, last, 0).map(|net: Ipv4Net| IpNet::V4(net))
        });
        let v6 = self.v6.iter().flat_map(|range| {
            let (first, last) = (Ipv6Addr::from(*range.start()), Ipv6Addr::from(*range.end()));
            Ipv6Subnets::new(first, last, 0).map(|net: Ipv6Net| IpNet::V6(net))
        });
        v4.chain(v6).collect()
    }

    /// One address of it, the lowest of the internet if it holds one; nothing for an empty set.
    pub fn sample(&self, family: Family) -> Option<IpAddr> {
        let of = self.only(family);
        let held = of.and(Self::internet());
        let held = if held.is_empty() { of } else { held };
        match family {
            Family::V4 => held.v4.first().map(|range| Ipv4Addr::from(*range.start()).into()),
            Family::V6 => held.v6.first().map(|range| Ipv6Addr::from(*range.start()).into()),
        }
    }
}

/// How many numbers ranges hold together.
fn count<T: Into<u128>>(ranges: impl Iterator<Item = (T, T)>) -> u128 {
    ranges.fold(0, |sum: u128, (first, last)| {
        sum.saturating_add((last.into() - first.into()).saturating_add(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(prefixes: &[&str]) -> Addresses {
        let mut all = Addresses::none();
        prefixes.iter().for_each(|prefix| all.add(&Addresses::parse(prefix).unwrap()));
        all
    }

    #[test]
    fn halves_make_a_whole() {
        let halves = of(&["0.0.0.0/1", "128.0.0.0/1"]);
        assert_eq!(halves, Addresses::all_of(Family::V4));
        assert_eq!(halves.prefixes(), ["0.0.0.0/0".parse::<IpNet>().unwrap()]);
        assert_eq!(of(&["::/1", "8000::/1"]), Addresses::all_of(Family::V6));
    }

    #[test]
    fn a_text_is_a_prefix_or_an_address() {
        assert_eq!(of(&["10.0.0.1/8"]), of(&["10.0.0.0/8"]));
        assert_eq!(of(&["10.0.0.1"]), of(&["10.0.0.1/32"]));
        assert_eq!(of(&["2001:db8::1"]), of(&["2001:db8::1/128"]));
        for text in ["", "10.0.0.0/33", "10.0.0/8", "Internet", "*", "10.0.0.1-10.0.0.2", " ::/0"] {
            assert_eq!(Addresses::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_breadth_is_what_is_held_of_the_internet() {
        use Breadth::{Everyone, Narrow, None, Wide};
        for (prefixes, breadth) in [
            (&["0.0.0.0/0"][..], Everyone),
            (&["0.0.0.0/1", "128.0.0.0/1"], Everyone),
            // Everything but private networks is everyone.
            (
                &[
                    "0.0.0.0/5",
                    "8.0.0.0/7",
                    "11.0.0.0/8",
                    "12.0.0.0/6",
                    "16.0.0.0/4",
                    "32.0.0.0/3",
                    "64.0.0.0/2",
                    "128.0.0.0/1",
                ],
                Everyone,
            ),
            (&["0.0.0.0/1"], Wide),
            (&["11.0.0.0/8"], Wide),
            (&["11.0.0.0/9", "13.0.0.0/9"], Wide),
            (&["11.0.0.0/9"], Narrow),
            (&["8.8.8.8"], Narrow),
            (&["10.0.0.0/8", "192.168.0.0/16"], None),
            (&["::/0"], None),
        ] {
            assert_eq!(of(prefixes).breadth(Family::V4), breadth, "{prefixes:?}");
        }
        for (prefix, breadth) in [
            ("::/0", Everyone),
            ("2000::/3", Everyone),
            ("2000::/11", Wide),
            ("2000::/12", Narrow),
            ("fd00::/8", None),
        ] {
            assert_eq!(of(&[prefix]).breadth(Family::V6), breadth, "{prefix}");
        }
    }

    #[test]
    fn sets_are_combined_as_sets() {
        let (a, b) = (of(&["10.0.0.0/8", "2001:db8::/32"]), of(&["10.1.0.0/16", "2001:db8::/48"]));
        assert!(a.covers(&b) && !b.covers(&a));
        assert_eq!(a.and(&b), b);
        assert_eq!(a.or(&b), a);
        assert_eq!(a.minus(&b).or(&b), a);
        assert!(!a.minus(&b).has("10.1.2.3".parse().unwrap()));
        assert!(a.minus(&b).has("10.2.2.3".parse().unwrap()));
        assert_eq!(b.only(Family::V6), of(&["2001:db8::/48"]));
        assert_eq!(a.sample(Family::V4), Some("10.0.0.0".parse().unwrap()));
        assert_eq!(Addresses::all().sample(Family::V4), Some("1.0.0.0".parse().unwrap()));
        assert_eq!(Addresses::none().sample(Family::V6), None);
    }

    #[test]
    fn a_range_has_an_order_and_one_version() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(
            Addresses::between(ip("10.0.0.0"), ip("10.0.0.255")),
            Some(of(&["10.0.0.0/24"]))
        );
        assert_eq!(Addresses::between(ip("10.0.0.1"), ip("10.0.0.0")), None);
        assert_eq!(Addresses::between(ip("10.0.0.1"), ip("::2")), None);
    }
}
