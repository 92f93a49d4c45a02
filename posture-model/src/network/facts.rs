//! What reaches something, as facts.

use super::{Opening, Reach, Traffic};
use crate::entries::Entries;
use crate::fact::Fact;
use crate::gap::{Gap, GapId};

/// What is open to strangers, and what to some of the internet but not to strangers, as facts: entries that are certain, and what
/// else there may be by name. `path` is asked for some traffic that comes one way; `note` gives a gap its number.
pub fn openings(
    flow: &Reach<Gap>,
    path: impl Fn(&Traffic) -> String,
    note: impl Fn(Gap) -> GapId,
) -> (Fact<Entries>, Fact<Entries>) {
    let gap = flow.why().cloned().map(note);
    let anyone = |traffic: &Traffic| Opening::to_anyone(traffic, &path);
    // What may be open to a wide part of the internet may be open to a narrow one, so that these cannot be named.
    let some = Entries::new(texts(&Opening::to_some(flow.certain(), &path)), gap);
    (named(flow, gap, anyone), some.into_fact())
}

/// What is open to the whole internet, as a fact.
pub fn open_to_everyone(
    flow: &Reach<Gap>,
    path: impl Fn(&Traffic) -> String,
    note: impl Fn(Gap) -> GapId,
) -> Fact<Entries> {
    let gap = flow.why().cloned().map(note);
    named(flow, gap, |traffic| Opening::to_everyone(traffic, &path))
}

fn named(
    flow: &Reach<Gap>,
    gap: Option<GapId>,
    of: impl Fn(&Traffic) -> Vec<Opening>,
) -> Fact<Entries> {
    let certain = of(flow.certain());
    // What may be open beyond what certainly is. A run of ports that is certain in part is named as a whole.
    let more = |open: &Opening| {
        let covers =
            |sure: &Opening| sure.service.covers(open.service) && sure.sources == open.sources;
        !certain.iter().any(covers)
    };
    let named: Vec<Opening> = of(flow.possible()).into_iter().filter(more).collect();
    let gap = gap.filter(|_| !named.is_empty());
    Entries::new(texts(&certain), gap).naming(texts(&named)).into_fact()
}

fn texts(openings: &[Opening]) -> Vec<String> {
    openings.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::super::addresses::{Addresses, Family};
    use super::super::service::{Service, TCP};
    use super::*;
    use crate::gap::Reason;

    const GAP: GapId = GapId::new(7);

    fn from(text: &str, ports: std::ops::RangeInclusive<u16>) -> Traffic {
        Traffic::of(Service::ports(TCP, ports).unwrap(), &Addresses::parse(text).unwrap())
    }

    fn gap() -> Gap {
        Gap::new("x:Read", "", Reason::Denied)
    }

    fn open(flow: &Reach<Gap>) -> (Fact<Entries>, Fact<Entries>) {
        openings(flow, |_| "p".to_owned(), |_| GAP)
    }

    fn entries(certain: &[&str], gap: Option<GapId>, possible: &[&str]) -> Fact<Entries> {
        let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        Entries::new(texts(certain), gap).naming(texts(possible)).into_fact()
    }

    #[test]
    fn what_is_certain_is_listed_without_a_gap() {
        let flow =
            Reach::exactly(from("0.0.0.0/0", 22..=22).or(&from("198.51.100.0/24", 443..=443)));
        let (anyone, some) = open(&flow);
        assert_eq!(anyone, entries(&["tcp 22 from 0.0.0.0/0: p"], None, &[]));
        assert_eq!(some, entries(&["tcp 443 from 198.51.100.0/24: p"], None, &[]));
        assert_eq!(
            open_to_everyone(&flow, |_| "p".to_owned(), |_| GAP),
            entries(&["tcp 22 from 0.0.0.0/0: p"], None, &[])
        );
    }

    #[test]
    fn what_may_be_open_beyond_that_is_named_with_the_gap() {
        let certain = from(Family::V4.everything(), 22..=22);
        let flow = Reach::between(certain, from("0.0.0.0/0", 443..=443), gap());
        let (anyone, some) = open(&flow);
        let expected =
            entries(&["tcp 22 from 0.0.0.0/0: p"], Some(GAP), &["tcp 443 from 0.0.0.0/0: p"]);
        assert_eq!(anyone, expected);
        assert_eq!(open_to_everyone(&flow, |_| "p".to_owned(), |_| GAP), expected);
        assert_eq!(some, entries(&[], Some(GAP), &[]));
    }

    #[test]
    fn what_may_be_open_to_a_few_only_is_a_gap_of_these_alone() {
        let flow = Reach::between(
            from(Family::V6.everything(), 22..=22),
            from("198.51.100.0/24", 443..=443),
            gap(),
        );
        let (anyone, some) = open(&flow);
        assert_eq!(anyone, entries(&["tcp 22 from ::/0: p"], None, &[]));
        assert_eq!(some, entries(&[], Some(GAP), &[]));
    }

    #[test]
    fn more_sources_or_more_ports_than_certain_are_named() {
        let certain = from("0.0.0.0/0", 22..=22);
        let more_ports = Reach::between(certain.clone(), from("0.0.0.0/0", 21..=23), gap());
        let ssh = "tcp 22 from 0.0.0.0/0: p";
        assert_eq!(
            open(&more_ports).0,
            entries(&[ssh], Some(GAP), &["tcp 21-23 from 0.0.0.0/0: p"])
        );
        let more_sources = Reach::between(certain, from("::/0", 22..=22), gap());
        assert_eq!(open(&more_sources).0, entries(&[ssh], Some(GAP), &["tcp 22 from ::/0: p"]));
    }
}
