//! Whether something reaches a machine or an interface, by the facts of a snapshot and whatever its provider is.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::entries::Entries;
use crate::fact::{Fact, Known};
use crate::gap::{Gap, GapId};
use crate::network::{End, Filters, Opening, Service, between};
use crate::resource::NetworkInterface;
use crate::scope::Scope;
use crate::snapshot::Snapshot;
use crate::tri::Tri;

/// Who asks to get in.
#[derive(Clone, Copy, Debug)]
pub enum Source<'t> {
    /// Anyone on the internet: a wide part of it, or all.
    Internet,
    /// One address of the internet.
    Address(IpAddr),
    /// Machines or interfaces of the snapshot, by their private addresses.
    Machines(&'t [Target<'t>]),
}

/// What may be reached: an interface, or a machine by any of its interfaces.
#[derive(Clone, Debug)]
pub struct Target<'s> {
    /// The provider's id.
    pub id: &'s str,
    /// The name people know it by.
    pub name: &'s str,
    scope: &'s Scope,
    anyone: &'s Fact<Entries>,
    some: &'s Fact<Entries>,
    interfaces: Vec<&'s NetworkInterface>,
    /// Why it may have other interfaces.
    lacks: Option<Gap>,
}

/// Whether a source gets in.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It does, by each of these ways.
    Reaches(Vec<Opening>),
    /// It does not.
    Closed,
    /// It may: by these ways where they can be named, and why that is open.
    Open(Vec<Opening>, Option<Gap>),
}

/// The machines and interfaces that a name is of: the id, its last part, the name that people know, a public or private address, or
/// the subnet that they are in.
pub fn targets<'s>(snapshot: &'s Snapshot, name: &str) -> Vec<Target<'s>> {
    let holds = |addresses: &Fact<Vec<String>>| matches!(addresses, Known(all) if all.iter().any(|one| one == name));
    let is = |id: &str, known: &str| {
        let last = id.rsplit('/').next();
        id.eq_ignore_ascii_case(name) || last == Some(name) || known == name
    };
    let mut all = Vec::new();
    for scope in &snapshot.scopes {
        let machines = scope.machines.items.iter();
        for one in machines.filter(|one| is(&one.id, &one.name) || holds(&one.addresses)) {
            let (interfaces, lacks) = interfaces_of(scope, &one.id);
            let (anyone, some) = (&one.open_to_anyone, &one.open_to_some);
            all.push(Target {
                id: &one.id,
                name: &one.name,
                scope,
                anyone,
                some,
                interfaces,
                lacks,
            });
        }
        for one in &scope.network_interfaces.items {
            let own = holds(&one.addresses) || holds(&one.private_addresses);
            let within = matches!(&one.subnet, Known(subnet) if is_subnet(subnet, name));
            if !is(&one.id, &one.name) && !own && !within {
                continue;
            }
            let (anyone, some) = (&one.open_to_anyone, &one.open_to_some);
            let (interfaces, lacks) = (vec![one], None);
            all.push(Target {
                id: &one.id,
                name: &one.name,
                scope,
                anyone,
                some,
                interfaces,
                lacks,
            });
        }
    }
    all
}

/// Whether a name is one of a subnet: its id, or on Azure the last two names in it, `network/subnet`.
fn is_subnet(subnet: &str, name: &str) -> bool {
    let mut parts = subnet.split('/').rev();
    let (last, network) = (parts.next(), parts.nth(1));
    let short = || match (network, last) {
        (Some(network), Some(last)) => name
            .split_once('/')
            .is_some_and(|(a, b)| a.eq_ignore_ascii_case(network) && b.eq_ignore_ascii_case(last)),
        _ => false,
    };
    subnet.eq_ignore_ascii_case(name.trim_matches('/')) || short()
}

/// The interfaces of a machine, and why there may be others.
fn interfaces_of<'s>(scope: &'s Scope, id: &str) -> (Vec<&'s NetworkInterface>, Option<Gap>) {
    let last = id.rsplit('/').next().unwrap_or(id);
    let (mut found, mut lacks) = (Vec::new(), scope.network_interfaces.gaps.first().copied());
    for one in &scope.network_interfaces.items {
        match &one.machine {
            Known(Some(of)) if of.eq_ignore_ascii_case(id) || of == last => found.push(one),
            Known(_) | Fact::NotOffered => {}
            Fact::Gap(gap) => lacks = lacks.or(Some(*gap)),
        }
    }
    (found, lacks.map(|gap| gap_of(scope, gap)))
}

fn gap_of(scope: &Scope, gap: GapId) -> Gap {
    scope.gap(gap).cloned().unwrap_or_else(Gap::not_collected)
}

impl Target<'_> {
    /// Whether a source gets in by a service, or by any where none is named.
    pub fn answer(&self, source: Source<'_>, service: Option<Service>) -> Answer {
        match source {
            Source::Machines(from) => self.within(from, service),
            Source::Internet => self.outside(None, service),
            Source::Address(address) => self.outside(Some(address), service),
        }
    }

    fn outside(&self, source: Option<IpAddr>, service: Option<Service>) -> Answer {
        let mut sure = Vec::new();
        let mut maybe = Vec::new();
        let mut open: Option<GapId> = None;
        let facts = match source {
            None => vec![self.anyone],
            Some(_) => vec![self.anyone, self.some],
        };
        for fact in facts {
            let entries = match fact {
                Known(entries) => entries,
                Fact::NotOffered => continue,
                Fact::Gap(gap) => {
                    open = open.or(Some(*gap));
                    continue;
                }
            };
            for opening in
                entries.certain().iter().filter_map(|entry| entry.parse::<Opening>().ok())
            {
                match admits(&opening, source, service) {
                    Tri::Yes => sure.push(opening),
                    Tri::Unknown(()) => maybe.push(opening),
                    Tri::No => {}
                }
            }
            let Some(gap) = entries.undecided() else { continue };
            // What else there may be is these, or anything where they have no names.
            let named: Vec<&str> = entries.named().iter().map(String::as_str).collect();
            if named.is_empty() {
                open = open.or(Some(gap));
            }
            for entry in named {
                match entry.parse::<Opening>() {
                    Ok(opening) if admits(&opening, source, service).is_no() => {}
                    Ok(opening) => {
                        open = open.or(Some(gap));
                        maybe.push(opening);
                    }
                    Err(_) => open = open.or(Some(gap)),
                }
            }
        }
        if !sure.is_empty() {
            return Answer::Reaches(sure);
        }
        match open {
            Some(gap) => Answer::Open(maybe, Some(gap_of(self.scope, gap))),
            None if !maybe.is_empty() => Answer::Open(maybe, None),
            None => Answer::Closed,
        }
    }

    fn within(&self, from: &[Target<'_>], service: Option<Service>) -> Answer {
        let mut filters: HashMap<&str, Filters<'_>> = HashMap::new();
        for scope in from.iter().map(|one| one.scope).chain([self.scope]) {
            filters.entry(&scope.id).or_insert_with(|| Filters::of(scope));
        }
        let asked = |opening: &Opening| service.is_none_or(|it| opening.service.overlaps(it));
        let mut why = self.lacks.clone();
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        for one in from {
            why = why.or_else(|| one.lacks.clone());
            let (Some(sends), Some(receives)) =
                (filters.get(one.scope.id.as_str()), filters.get(self.scope.id.as_str()))
            else {
                continue;
            };
            for interface in &one.interfaces {
                for own in self.interfaces.iter().filter(|own| own.id != interface.id) {
                    let sender = End { interface, filters: sends };
                    let found = between(sender, End { interface: own, filters: receives });
                    sure.extend(found.certain.into_iter().filter(asked));
                    let open: Vec<Opening> = found.possible.into_iter().filter(asked).collect();
                    // A reason without a way is one for any traffic.
                    let unnamed = found.why.is_some() && found.all_open;
                    if !open.is_empty() || unnamed {
                        why = why.or(found.why);
                    }
                    maybe.extend(open);
                }
            }
        }
        if !sure.is_empty() {
            return Answer::Reaches(sure);
        }
        if why.is_some() || !maybe.is_empty() {
            return Answer::Open(maybe, why);
        }
        // By its public addresses it may be reached from within as well, if the sender's traffic gets to the internet.
        let outside = [self.outside(None, service), self.openings_to_some(service)];
        let mut open = None;
        for answer in outside {
            match answer {
                Answer::Closed => {}
                Answer::Reaches(ways) => {
                    let detail = "it is reached from the internet, and whether the source sends through the internet is not followed";
                    let gap = Gap::undetermined("", self.id, detail);
                    return Answer::Open(ways, Some(gap));
                }
                Answer::Open(ways, gap) => open = open.or(Some((ways, gap))),
            }
        }
        open.map_or(Answer::Closed, |(ways, gap)| Answer::Open(ways, gap))
    }

    /// What is open to some of the internet, whichever part that is.
    fn openings_to_some(&self, service: Option<Service>) -> Answer {
        let closed = Fact::Known(Entries::none());
        let some = Target { anyone: self.some, some: &closed, ..self.clone() };
        some.outside(None, service)
    }
}

/// Whether a way in is one for a source that asks for a service.
fn admits(opening: &Opening, source: Option<IpAddr>, service: Option<Service>) -> Tri<()> {
    if service.is_some_and(|service| !opening.service.overlaps(service)) {
        return Tri::No;
    }
    match source {
        None => Tri::Yes,
        Some(address) => opening.sources.has(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::TCP;
    use crate::provider::Provider;
    use crate::resource::{Machine, NetworkInterface};
    use crate::scope::Level;

    const WAY: &str = "tcp 22 from 0.0.0.0/0: address 203.0.113.7 → instance i-1";
    const OFFICE: &str = "tcp 443 from 198.51.100.0/24: address 203.0.113.7 → instance i-1";

    fn snapshot(anyone: Fact<Entries>, some: Fact<Entries>) -> Snapshot {
        let mut scope = crate::testing::world(|_| {});
        assert_eq!((scope.provider, scope.level), (Provider::Aws, Level::Account));
        let id = "arn:aws:ec2:us-east-1:1:instance/i-1";
        let machine = Machine::unread(id, "web", None)
            .addresses(Known(vec!["203.0.113.7".to_owned()]))
            .open_to_anyone(anyone)
            .open_to_some(some);
        scope.machines.items.push(machine);
        let id = "arn:aws:ec2:us-east-1:1:network-interface/eni-1";
        scope.network_interfaces.items.push(NetworkInterface::unread(id, "eni-1", None));
        Snapshot::new("test", scope.started, scope.finished, vec![scope])
    }

    fn word(snapshot: &Snapshot, source: Source<'_>, port: Option<u16>) -> &'static str {
        let target = targets(snapshot, "i-1").remove(0);
        match target.answer(source, port.map(|port| Service::port(TCP, port))) {
            Answer::Reaches(_) => "reaches",
            Answer::Closed => "closed",
            Answer::Open(..) => "open",
        }
    }

    fn address(text: &str) -> Source<'static> {
        Source::Address(text.parse().unwrap())
    }

    #[test]
    fn a_target_has_several_names() {
        let snapshot = snapshot(Known(Entries::none()), Known(Entries::none()));
        for name in ["i-1", "web", "203.0.113.7", "arn:aws:ec2:us-east-1:1:instance/i-1"] {
            assert_eq!(targets(&snapshot, name).len(), 1, "{name}");
        }
        assert_eq!(targets(&snapshot, "eni-1").len(), 1);
        assert_eq!(targets(&snapshot, "i-2").len(), 0);
    }

    #[test]
    fn the_internet_and_an_address_get_in_where_it_is_open_to_them() {
        let snapshot = snapshot(Known(Entries::from([WAY])), Known(Entries::from([OFFICE])));
        assert_eq!(word(&snapshot, Source::Internet, Some(22)), "reaches");
        assert_eq!(word(&snapshot, Source::Internet, None), "reaches");
        assert_eq!(word(&snapshot, Source::Internet, Some(443)), "closed");
        assert_eq!(word(&snapshot, address("198.51.100.9"), Some(443)), "reaches");
        assert_eq!(word(&snapshot, address("8.8.8.8"), Some(443)), "closed");
        assert_eq!(word(&snapshot, address("8.8.8.8"), Some(22)), "reaches");
        assert_eq!(word(&snapshot, address("2001:db8::1"), Some(22)), "closed");
    }

    #[test]
    fn what_is_not_known_is_neither() {
        let gap = GapId::NOT_COLLECTED;
        let maybe = Known(Entries::new(Vec::new(), Some(gap)).naming(vec![WAY.to_owned()]));
        let closed = || Known(Entries::none());
        let named = snapshot(maybe, closed());
        assert_eq!(word(&named, Source::Internet, Some(22)), "open");
        assert_eq!(word(&named, Source::Internet, Some(443)), "closed");
        let gapped = snapshot(Fact::Gap(gap), closed());
        assert_eq!(word(&gapped, Source::Internet, Some(443)), "open");
        let some = snapshot(closed(), Fact::Gap(gap));
        assert_eq!(word(&some, Source::Internet, Some(443)), "closed");
        assert_eq!(word(&some, address("8.8.8.8"), Some(443)), "open");
        // A certain way in outranks what is not known of another.
        let both = snapshot(Known(Entries::new(vec![WAY.to_owned()], Some(gap))), closed());
        assert_eq!(word(&both, Source::Internet, Some(22)), "reaches");
        assert_eq!(word(&both, Source::Internet, Some(443)), "open");
    }
}
