//! Protocols and ports.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The number of ICMP.
pub const ICMP: u8 = 1;
/// The number of TCP.
pub const TCP: u8 = 6;
/// The number of UDP.
pub const UDP: u8 = 17;
/// The number of ICMP for IPv6.
pub const ICMP6: u8 = 58;

/// A run of protocols and their ports: one axis, on which the ports of a protocol follow each other and the protocols follow
/// each other by [number](https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml).
///
/// A port is the destination's. For ICMP it is the type times 256 plus the code. A protocol without ports has all of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    first: u32,
    last: u32,
}

impl Service {
    /// Every port of every protocol.
    pub const ALL: Self = Self { first: 0, last: 0x00ff_ffff };

    /// Every port of a protocol.
    pub const fn protocol(number: u8) -> Self {
        let first = (number as u32) << 16;
        Self { first, last: first | 0xffff }
    }

    /// A port of a protocol.
    pub const fn port(protocol: u8, port: u16) -> Self {
        let first = (protocol as u32) << 16 | port as u32;
        Self { first, last: first }
    }

    /// Ports of a protocol; nothing if the range is empty.
    pub fn ports(protocol: u8, ports: RangeInclusive<u16>) -> Option<Self> {
        let place = |port: u16| u32::from(protocol) << 16 | u32::from(port);
        (!ports.is_empty())
            .then(|| Self { first: place(*ports.start()), last: place(*ports.end()) })
    }

    /// Messages of ICMP: of every type or one, with every code or one.
    pub fn icmp(protocol: u8, kind: Option<u8>, code: Option<u8>) -> Self {
        let Some(kind) = kind else { return Self::protocol(protocol) };
        let first = u32::from(protocol) << 16 | u32::from(kind) << 8;
        match code {
            Some(code) => Self { first: first | u32::from(code), last: first | u32::from(code) },
            None => Self { first, last: first | 0xff },
        }
    }

    pub(super) const fn range(self) -> RangeInclusive<u32> {
        self.first..=self.last
    }

    pub(super) fn of(range: &RangeInclusive<u32>) -> Self {
        Self { first: *range.start(), last: *range.end() }
    }

    /// Whether it holds every port of the other.
    pub const fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    /// Whether both hold a port.
    pub const fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }

    /// The protocol, where it is of one only.
    pub fn only_protocol(self) -> Option<u8> {
        let (first, last) = (self.first >> 16, self.last >> 16);
        (first == last).then(|| u8::try_from(first).ok()).flatten()
    }

    /// The protocol and its ports, where it is of one protocol only.
    pub fn of_one(self) -> Option<(u8, RangeInclusive<u16>)> {
        let port = |place: u32| u16::try_from(place & 0xffff).ok();
        Some((self.only_protocol()?, port(self.first)?..=port(self.last)?))
    }

    /// The same in parts: each a range of ports of one protocol, or whole protocols that follow each other.
    pub fn parts(self) -> Vec<Self> {
        let (start, end) = (self.first >> 16, self.last >> 16);
        if start == end {
            return vec![self];
        }
        let (head, tail) = (self.first & 0xffff != 0, self.last & 0xffff != 0xffff);
        let mut parts = Vec::new();
        if head {
            parts.push(Self { first: self.first, last: start << 16 | 0xffff });
        }
        let whole = (start + u32::from(head))..(end + u32::from(!tail));
        if !whole.is_empty() {
            parts.push(Self { first: whole.start << 16, last: (whole.end - 1) << 16 | 0xffff });
        }
        if tail {
            parts.push(Self { first: end << 16, last: self.last });
        }
        parts
    }
}

/// The names of protocols that have ports or types.
const NAMES: [(u8, &str); 4] = [(TCP, "tcp"), (UDP, "udp"), (ICMP, "icmp"), (ICMP6, "icmp6")];

/// `all traffic`, `tcp`, `tcp 22`, `udp 1-1023`, `icmp type 8`, `icmp type 3 code 4`, `protocol 50`, `protocols 0-5`. What is of several
/// protocols in part is written in [`parts`](Service::parts) with ` and ` between them.
impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::ALL {
            return f.write_str("all traffic");
        }
        let parts = self.parts();
        if parts.len() > 1 {
            for (place, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if place == 0 { "" } else { " and " })?;
            }
            return Ok(());
        }
        let (start, end) = (self.first >> 16, self.last >> 16);
        if start != end {
            return write!(f, "protocols {start}-{end}");
        }
        let name = NAMES.iter().find(|(number, _)| u32::from(*number) == start);
        match name {
            Some((_, name)) => f.write_str(name)?,
            None => write!(f, "protocol {start}")?,
        }
        let (low, high) = (self.first & 0xffff, self.last & 0xffff);
        if (low, high) == (0, 0xffff) {
            return Ok(());
        }
        let icmp = start == u32::from(ICMP) || start == u32::from(ICMP6);
        match (icmp, low >> 8 == high >> 8) {
            (true, true) if (low & 0xff, high & 0xff) == (0, 0xff) => {
                write!(f, " type {}", low >> 8)
            }
            (true, true) if low == high => write!(f, " type {} code {}", low >> 8, low & 0xff),
            _ if low == high => write!(f, " {low}"),
            _ => write!(f, " {low}-{high}"),
        }
    }
}

/// The text is not one of a [`Service`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a protocol with ports, such as `tcp 22`, `udp 1-1023` or `all traffic`")]
pub struct NotAService;

impl FromStr for Service {
    type Err = NotAService;

    fn from_str(text: &str) -> Result<Self, NotAService> {
        if text == "all traffic" {
            return Ok(Self::ALL);
        }
        let mut parts = text.split(" and ").map(one);
        let mut all = parts.next().ok_or(NotAService)??;
        for part in parts {
            let part = part?;
            if part.first != all.last + 1 {
                return Err(NotAService);
            }
            all.last = part.last;
        }
        Ok(all)
    }
}

fn one(text: &str) -> Result<Service, NotAService> {
    let words: Vec<&str> = text.split(' ').collect();
    let number = |text: &str| text.parse::<u8>().map_err(|_| NotAService);
    let named = |name: &str| NAMES.iter().find(|(_, it)| *it == name).map(|(number, _)| *number);
    let within = |protocol: u8, rest: &[&str]| match rest {
        [] => Ok(Service::protocol(protocol)),
        ["type", kind] => Ok(Service::icmp(protocol, Some(number(kind)?), None)),
        ["type", kind, "code", code] => {
            Ok(Service::icmp(protocol, Some(number(kind)?), Some(number(code)?)))
        }
        [ports] => {
            let (low, high) = ports.split_once('-').unwrap_or((ports, ports));
            let port = |text: &str| text.parse::<u16>().map_err(|_| NotAService);
            Service::ports(protocol, port(low)?..=port(high)?).ok_or(NotAService)
        }
        _ => Err(NotAService),
    };
    match &words[..] {
        ["protocols", range] => {
            let (first, last) = range.split_once('-').ok_or(NotAService)?;
            let (first, last) = (number(first)?, number(last)?);
            let range = Service::protocol(first).first..=Service::protocol(last).last;
            if range.is_empty() { Err(NotAService) } else { Ok(Service::of(&range)) }
        }
        ["protocol", protocol, rest @ ..] => within(number(protocol)?, rest),
        [name, rest @ ..] => within(named(name).ok_or(NotAService)?, rest),
        [] => Err(NotAService),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_read_back_from_its_words() {
        let span = |first, last| Service { first, last };
        for (service, words) in [
            (Service::ALL, "all traffic"),
            (Service::protocol(TCP), "tcp"),
            (Service::port(TCP, 22), "tcp 22"),
            (Service::ports(UDP, 0..=1023).unwrap(), "udp 0-1023"),
            (Service::icmp(ICMP, None, None), "icmp"),
            (Service::icmp(ICMP, Some(8), None), "icmp type 8"),
            (Service::icmp(ICMP6, Some(3), Some(4)), "icmp6 type 3 code 4"),
            (Service::protocol(50), "protocol 50"),
            (Service::port(132, 22), "protocol 132 22"),
            (span(1 << 16 | 0x0301, 1 << 16 | 0x0304), "icmp 769-772"),
            (span(1 << 16 | 0x0300, 1 << 16 | 0x04ff), "icmp 768-1279"),
            (span(0, 0x0005_ffff), "protocols 0-5"),
            (span(0, 6 << 16 | 21), "protocols 0-5 and tcp 0-21"),
            (span(6 << 16 | 23, 0x00ff_ffff), "tcp 23-65535 and protocols 7-255"),
            (span(6 << 16 | 23, 8 << 16 | 1), "tcp 23-65535 and protocol 7 and protocol 8 0-1"),
            (span(6 << 16 | 23, 7 << 16 | 1), "tcp 23-65535 and protocol 7 0-1"),
        ] {
            assert_eq!(service.to_string(), words);
            assert_eq!(words.parse(), Ok(service), "{words}");
        }
        for wrong in [
            "",
            "tcp ",
            "tcp 65536",
            "tcp 5-4",
            "tcp -1",
            "ftp 21",
            "icmp type",
            "icmp type 256",
            "protocol",
            "protocol 256",
            "protocols 5-4",
            "protocols 5",
            "tcp 22 and udp 53",
            "all",
            "tcp 22 23",
        ] {
            assert_eq!(wrong.parse::<Service>(), Err(NotAService), "{wrong}");
        }
    }

    #[test]
    fn services_meet_where_both_have_a_port() {
        let (ssh, low) = (Service::port(TCP, 22), Service::ports(TCP, 0..=1023).unwrap());
        assert!(low.covers(ssh) && !ssh.covers(low) && low.overlaps(ssh) && ssh.overlaps(low));
        assert!(Service::ALL.covers(low) && Service::protocol(TCP).covers(low));
        assert!(!Service::protocol(UDP).overlaps(ssh) && !Service::port(TCP, 21).overlaps(ssh));
        assert_eq!((ssh.only_protocol(), Service::ALL.only_protocol()), (Some(TCP), None));
        assert_eq!(Service::ports(TCP, RangeInclusive::new(2, 1)), None);
        assert_eq!(low.of_one(), Some((TCP, 0..=1023)));
        assert_eq!(Service::port(UDP, 53).of_one(), Some((UDP, 53..=53)));
        assert_eq!(Service::ALL.of_one(), None);
    }
}
