//! One way in, as a line of text that is read back.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;

use super::addresses::{Addresses, Breadth, Family};
use super::service::{NotAService, Service};
use super::traffic::Traffic;
use crate::tri::Tri;

/// How many prefixes an entry names at most.
const NAMED: usize = 12;

/// The addresses that an opening is open to: named one by one, as far as they are few.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceList {
    prefixes: Vec<IpNet>,
    /// How many more there are.
    more: usize,
}

impl SourceList {
    /// The list of a set.
    pub fn of(addresses: &Addresses) -> Self {
        let mut prefixes = addresses.prefixes();
        let more = prefixes.len().saturating_sub(NAMED);
        prefixes.truncate(NAMED);
        Self { prefixes, more }
    }

    /// Those that are named.
    pub fn named(&self) -> &[IpNet] {
        &self.prefixes
    }

    /// How many more there are.
    pub fn more(&self) -> usize {
        self.more
    }

    /// Whether an address is among them; open where not all are named.
    pub fn has(&self, address: IpAddr) -> Tri<()> {
        let named = self.prefixes.iter().any(|prefix| prefix.contains(&address));
        if named {
            Tri::Yes
        } else if self.more > 0 {
            Tri::Unknown(())
        } else {
            Tri::No
        }
    }
}

impl fmt::Display for SourceList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.prefixes.iter().map(ToString::to_string).collect();
        f.write_str(&all.join(", "))?;
        if self.more > 0 { write!(f, " and {} more", self.more) } else { Ok(()) }
    }
}

/// One way in: by which service, from where, and along which path. As text it is an entry of the facts about what reaches
/// something: `tcp 22 from 0.0.0.0/0: address 198.51.100.7 → …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The protocol with its ports.
    pub service: Service,
    /// From where.
    pub sources: SourceList,
    /// Each thing that lets it through, from the outside in.
    pub path: String,
}

impl Opening {
    /// What is open to the whole internet: one for each run of ports that is. The path is asked for some traffic that comes this
    /// way.
    pub fn to_everyone(traffic: &Traffic, path: impl Fn(&Traffic) -> String) -> Vec<Self> {
        let mut all = Vec::new();
        for family in Family::ALL {
            for service in traffic.open_to(Breadth::Everyone, family) {
                let addresses = Addresses::all_of(family);
                let path = path(&Traffic::of(service, &addresses));
                all.push(Self { service, sources: SourceList::of(&addresses), path });
            }
        }
        all
    }

    /// What is open to strangers: to the whole internet, and to a wide part of it where the whole is not. Runs of ports that are wide in
    /// different ways have one each.
    pub fn to_anyone(traffic: &Traffic, path: impl Fn(&Traffic) -> String) -> Vec<Self> {
        let mut all = Self::to_everyone(traffic, &path);
        for family in Family::ALL {
            let everyone = traffic.open_to(Breadth::Everyone, family);
            let is_covered = |service: Service| everyone.iter().any(|one| one.covers(service));
            for service in traffic.open_to(Breadth::Wide, family) {
                if is_covered(service) {
                    continue;
                }
                let every = traffic.addresses_of_all(service).only(family);
                let parts = if every.breadth(family) >= Breadth::Wide {
                    Traffic::of(service, &every)
                } else {
                    traffic.and(&Traffic::of(service, &Addresses::all_of(family)))
                };
                for (service, addresses) in
                    parts.iter().filter(|(service, _)| !is_covered(*service))
                {
                    let path = path(&Traffic::of(service, addresses));
                    all.push(Self { service, sources: SourceList::of(addresses), path });
                }
            }
        }
        all
    }

    /// What is open to some of the internet, but not to strangers.
    pub fn to_some(traffic: &Traffic, path: impl Fn(&Traffic) -> String) -> Vec<Self> {
        let mut all = Vec::new();
        for (service, addresses) in traffic.iter() {
            for family in Family::ALL {
                if addresses.breadth(family) != Breadth::Narrow {
                    continue;
                }
                let addresses = addresses.only(family).and(Addresses::internet());
                let path = path(&Traffic::of(service, &addresses));
                all.push(Self { service, sources: SourceList::of(&addresses), path });
            }
        }
        all
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}: {}", self.service, self.sources, self.path)
    }
}

impl FromStr for Opening {
    type Err = NotAService;

    fn from_str(text: &str) -> Result<Self, NotAService> {
        let (service, rest) = text.split_once(" from ").ok_or(NotAService)?;
        let (sources, path) = rest.split_once(": ").ok_or(NotAService)?;
        let (sources, more) = match sources.split_once(" and ") {
            Some((sources, more)) => {
                let more = more.strip_suffix(" more").ok_or(NotAService)?;
                (sources, more.parse().map_err(|_| NotAService)?)
            }
            None => (sources, 0),
        };
        let prefixes: Result<Vec<IpNet>, _> = sources.split(", ").map(str::parse).collect();
        let sources = SourceList { prefixes: prefixes.map_err(|_| NotAService)?, more };
        Ok(Self { service: service.parse()?, sources, path: path.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::service::{TCP, UDP};
    use super::*;

    fn texts(openings: &[Opening]) -> Vec<String> {
        for opening in openings {
            assert_eq!(opening.to_string().parse().as_ref(), Ok(opening));
        }
        openings.iter().map(ToString::to_string).collect()
    }

    fn of(prefix: &str) -> Addresses {
        Addresses::parse(prefix).unwrap()
    }

    #[test]
    fn what_strangers_reach_is_apart_from_what_some_do() {
        let mut traffic = Traffic::of(Service::port(TCP, 22), &Addresses::all());
        traffic.add(Service::port(TCP, 443), &of("0.0.0.0/1").or(&of("128.0.0.0/1")));
        traffic.add(Service::port(UDP, 53), &of("11.0.0.0/8"));
        traffic.add(Service::port(TCP, 3389), &of("198.51.100.0/24").or(&of("10.0.0.0/8")));
        traffic.add(Service::port(TCP, 5432), &of("10.0.0.0/8"));
        let path = |_: &Traffic| "p: q → r".to_owned();
        assert_eq!(
            texts(&Opening::to_anyone(&traffic, path)),
            [
                "tcp 22 from 0.0.0.0/0: p: q → r",
                "tcp 443 from 0.0.0.0/0: p: q → r",
                "tcp 22 from ::/0: p: q → r",
                "udp 53 from 11.0.0.0/8: p: q → r",
            ]
        );
        assert_eq!(
            texts(&Opening::to_some(&traffic, path)),
            ["tcp 3389 from 198.51.100.0/24: p: q → r"]
        );
    }

    #[test]
    fn what_is_wide_does_not_hide_what_is_open_to_everyone() {
        let mut traffic = Traffic::of(Service::ALL, &of("11.0.0.0/8"));
        traffic.add(Service::port(TCP, 22), &of("0.0.0.0/0"));
        let path = |_: &Traffic| "p".to_owned();
        assert_eq!(texts(&Opening::to_everyone(&traffic, path)), ["tcp 22 from 0.0.0.0/0: p"]);
        assert_eq!(
            texts(&Opening::to_anyone(&traffic, path)),
            ["tcp 22 from 0.0.0.0/0: p", "all traffic from 11.0.0.0/8: p"]
        );
    }

    #[test]
    fn ports_that_are_wide_in_different_ways_have_a_line_each() {
        let mut traffic = Traffic::of(Service::port(TCP, 22), &of("11.0.0.0/8"));
        traffic.add(Service::port(TCP, 23), &of("12.0.0.0/8"));
        let all = texts(&Opening::to_anyone(&traffic, |_| "p".to_owned()));
        assert_eq!(all, ["tcp 22 from 11.0.0.0/8: p", "tcp 23 from 12.0.0.0/8: p"]);
    }

    #[test]
    fn sources_are_named_as_far_as_they_are_few() {
        let mut many = Addresses::none();
        (0..20).for_each(|host| many.add(&of(&format!("198.51.100.{}", host * 2))));
        let list = SourceList::of(&many);
        assert_eq!((list.named().len(), list.more()), (12, 8));
        assert!(list.to_string().ends_with("198.51.100.22/32 and 8 more"), "{list}");
        let has = |host: u8| list.has([198, 51, 100, host].into());
        assert_eq!((has(0), has(39), has(38)), (Tri::Yes, Tri::Unknown(()), Tri::Unknown(())));
        assert_eq!(SourceList::of(&of("10.0.0.0/8")).has([11, 0, 0, 1].into()), Tri::No);
        let opening = Opening { service: Service::ALL, sources: list, path: "p".to_owned() };
        assert_eq!(opening.to_string().parse(), Ok(opening));
    }

    #[test]
    fn another_text_is_not_an_opening() {
        for text in [
            "",
            "tcp 22",
            "tcp 22 from 0.0.0.0/0",
            "tcp x from 0.0.0.0/0: p",
            "tcp 22 from all: p",
            "tcp 22 from ::/0 and more: p",
        ] {
            assert_eq!(text.parse::<Opening>(), Err(NotAService), "{text}");
        }
    }
}
