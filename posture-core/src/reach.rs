//! Whether something reaches a machine or an interface, by the facts of a snapshot and whatever its provider is.

use std::net::IpAddr;

use crate::entries::Entries;
use crate::fact::{Fact, Known};
use crate::gap::{Gap, GapId};
use crate::network::{Opening, Service};
use crate::scope::Scope;
use crate::snapshot::Snapshot;
use crate::tri::Tri;

/// Who asks to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Anyone on the internet: a wide part of it, or all.
    Internet,
    /// One address of the internet.
    Address(IpAddr),
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
}

/// Whether a source gets in.
#[derive(Clone, Debug)]
pub enum Answer<'s> {
    /// It does, by each of these ways.
    Reaches(Vec<Opening>),
    /// It does not.
    Closed,
    /// It may: by these ways where they can be named, and why that is open.
    Open(Vec<Opening>, Option<&'s Gap>),
}

/// The machines and interfaces that a name is of: the id, its last part, the name that people know, or a public address.
pub fn targets<'s>(snapshot: &'s Snapshot, name: &str) -> Vec<Target<'s>> {
    let mut all = Vec::new();
    for scope in &snapshot.scopes {
        let is = |id: &str, known: &str, addresses: &Fact<Vec<String>>| {
            let last = id.rsplit('/').next();
            let own = matches!(addresses, Known(all) if all.iter().any(|one| one == name));
            id.eq_ignore_ascii_case(name) || last == Some(name) || known == name || own
        };
        for one in scope.machines.items.iter().filter(|one| is(&one.id, &one.name, &one.addresses))
        {
            let (anyone, some) = (&one.open_to_anyone, &one.open_to_some);
            all.push(Target { id: &one.id, name: &one.name, scope, anyone, some });
        }
        let interfaces = scope.network_interfaces.items.iter();
        for one in interfaces.filter(|one| is(&one.id, &one.name, &one.addresses)) {
            let (anyone, some) = (&one.open_to_anyone, &one.open_to_some);
            all.push(Target { id: &one.id, name: &one.name, scope, anyone, some });
        }
    }
    all
}

impl<'s> Target<'s> {
    /// Whether a source gets in by a service, or by any where none is named.
    pub fn answer(&self, source: Source, service: Option<Service>) -> Answer<'s> {
        let mut sure = Vec::new();
        let mut maybe = Vec::new();
        let mut open: Option<GapId> = None;
        let facts = match source {
            Source::Internet => vec![self.anyone],
            Source::Address(_) => vec![self.anyone, self.some],
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
            Some(gap) => Answer::Open(maybe, self.scope.gap(gap)),
            None if !maybe.is_empty() => Answer::Open(maybe, None),
            None => Answer::Closed,
        }
    }
}

/// Whether a way in is one for a source that asks for a service.
fn admits(opening: &Opening, source: Source, service: Option<Service>) -> Tri<()> {
    if service.is_some_and(|service| !opening.service.overlaps(service)) {
        return Tri::No;
    }
    match source {
        Source::Internet => Tri::Yes,
        Source::Address(address) => opening.sources.has(address),
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

    fn word(snapshot: &Snapshot, source: Source, port: Option<u16>) -> &'static str {
        let target = targets(snapshot, "i-1").remove(0);
        match target.answer(source, port.map(|port| Service::port(TCP, port))) {
            Answer::Reaches(_) => "reaches",
            Answer::Closed => "closed",
            Answer::Open(..) => "open",
        }
    }

    fn address(text: &str) -> Source {
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
