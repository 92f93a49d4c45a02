//! Rules that are asked one after the other, of which the first that matches decides.

use super::reach::Reach;
use super::traffic::Traffic;
use crate::tri::Why;

/// A rule of a list: what it matches, and whether that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<W> {
    /// What it matches, as far as that is known: a rule may name addresses that are not known.
    pub matches: Reach<W>,
    /// Whether what it matches passes.
    pub allows: bool,
}

/// The rules of a list, in the order in which they are asked. What none of them matches does not pass.
#[derive(Clone, Debug)]
pub struct Filter<W> {
    rules: Vec<Rule<W>>,
}

impl<W> Filter<W> {
    /// The list of these rules, the first one first.
    pub fn new(rules: Vec<Rule<W>>) -> Self {
        Self { rules }
    }

    /// The rules.
    pub fn rules(&self) -> &[Rule<W>] {
        &self.rules
    }

    /// The places of the rules that decide about some traffic: the first that certainly matches all of it, and those before that match
    /// some of it or may.
    pub fn deciding(&self, traffic: &Traffic) -> Vec<usize> {
        let mut left = traffic.clone();
        let mut places = Vec::new();
        for (place, rule) in self.rules.iter().enumerate() {
            if left.is_empty() {
                break;
            }
            if !rule.matches.possible().and(&left).is_empty() {
                places.push(place);
                left = left.minus(rule.matches.certain());
            }
        }
        places
    }
}

impl<W: Why + Clone> Filter<W> {
    /// What passes. A traffic is certain to pass where every rule that may be the first to match it allows it.
    pub fn passes(&self) -> Reach<W> {
        let mut left = Traffic::all();
        let (mut allowed, mut denied) = (Traffic::none(), Traffic::none());
        let mut why: Option<W> = None;
        for rule in &self.rules {
            let matched = rule.matches.possible().and(&left);
            if matched.is_empty() {
                continue;
            }
            let answer = if rule.allows { &mut allowed } else { &mut denied };
            *answer = answer.or(&matched);
            left = left.minus(rule.matches.certain());
            why = match (why, rule.matches.why().cloned()) {
                (Some(one), Some(other)) => Some(one.join(other)),
                (one, other) => one.or(other),
            };
        }
        let certain = allowed.minus(&denied.or(&left));
        match why {
            Some(why) => Reach::between(certain, allowed, why),
            None => Reach::exactly(certain),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::addresses::Addresses;
    use super::super::service::{Service, TCP, UDP};
    use super::*;
    use crate::tri::Tri;

    fn addresses() -> impl Strategy<Value = Addresses> {
        (0..8_u8, 0..4_u8).prop_map(|(host, bits)| {
            Addresses::parse(&format!("10.0.0.{host}/{}", 29 + bits)).unwrap()
        })
    }

    fn service() -> impl Strategy<Value = Service> {
        prop_oneof![
            1 => Just(Service::ALL),
            1 => Just(Service::protocol(TCP)),
            3 => (prop_oneof![Just(TCP), Just(UDP)], 0..3_u16, 0..3_u16)
                .prop_map(|(protocol, a, b)| Service::ports(protocol, a.min(b)..=a.max(b)).unwrap()),
        ]
    }

    fn traffic() -> impl Strategy<Value = Traffic> {
        (service(), addresses()).prop_map(|(service, addresses)| Traffic::of(service, &addresses))
    }

    fn reach() -> impl Strategy<Value = Reach<()>> {
        (traffic(), prop::option::weighted(0.3, traffic())).prop_map(|(certain, more)| match more {
            Some(more) => Reach::between(certain, more, ()),
            None => Reach::exactly(certain),
        })
    }

    fn rules() -> impl Strategy<Value = Vec<Rule<()>>> {
        prop::collection::vec(
            (reach(), any::<bool>()).prop_map(|(matches, allows)| Rule { matches, allows }),
            0..6,
        )
    }

    /// One address and port, and what a reach says about it.
    fn at(reach: &Reach<()>, host: u8, protocol: u8, port: u16) -> Tri<()> {
        let address = [10, 0, 0, host].into();
        match (
            reach.certain().has(address, protocol, port),
            reach.possible().has(address, protocol, port),
        ) {
            (true, _) => Tri::Yes,
            (false, true) => Tri::Unknown(()),
            (false, false) => Tri::No,
        }
    }

    /// Every answer that rules may give at a point: each open match is tried both ways.
    fn outcomes(rules: &[Rule<()>], point: (u8, u8, u16)) -> Tri<()> {
        let Some((first, rest)) = rules.split_first() else { return Tri::No };
        let (host, protocol, port) = point;
        let matched = Tri::from(first.allows);
        match at(&first.matches, host, protocol, port) {
            Tri::Yes => matched,
            Tri::No => outcomes(rest, point),
            Tri::Unknown(()) => {
                let other = outcomes(rest, point);
                if other == matched { matched } else { Tri::Unknown(()) }
            }
        }
    }

    fn points() -> impl Iterator<Item = (u8, u8, u16)> {
        (0..8).flat_map(|host| {
            [TCP, UDP]
                .into_iter()
                .flat_map(move |protocol| (0..3).map(move |port| (host, protocol, port)))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(
            std::env::var("POSTURE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64)
        ))]

        #[test]
        fn the_first_rule_that_matches_decides(rules in rules()) {
            let passes = Filter::new(rules.clone()).passes();
            for point @ (host, protocol, port) in points() {
                prop_assert_eq!(at(&passes, host, protocol, port), outcomes(&rules, point), "{:?}", point);
            }
            prop_assert_eq!(passes.why().is_some(), passes.certain() != passes.possible());
        }

        #[test]
        fn reaches_follow_three_valued_logic(a in reach(), b in reach()) {
            let (and, or) = (a.clone().and(b.clone()), a.clone().or(b.clone()));
            let (no, maybe) = (a.clone().if_so(Tri::No), a.clone().if_so(Tri::Unknown(())));
            for (host, protocol, port) in points() {
                let of = |reach| at(reach, host, protocol, port);
                prop_assert_eq!(of(&and), of(&a).and(of(&b)));
                prop_assert_eq!(of(&or), of(&a).or(of(&b)));
                prop_assert_eq!(of(&no), Tri::No);
                prop_assert_eq!(of(&maybe), of(&a).and(Tri::Unknown(())));
            }
            for reach in [&and, &or] {
                prop_assert_eq!(reach.why().is_some(), reach.certain() != reach.possible());
            }
            prop_assert_eq!(a.any_of(b.certain()).is_yes(), !a.certain().and(b.certain()).is_empty());
        }

        #[test]
        fn the_deciding_rules_are_those_without_which_it_is_otherwise(rules in rules(), asked in traffic()) {
            let filter = Filter::new(rules.clone());
            let kept = filter.deciding(&asked).into_iter().map(|place| rules[place].clone()).collect();
            let (all, some) = (filter.passes(), Filter::new(kept).passes());
            prop_assert_eq!(all.certain().and(&asked), some.certain().and(&asked));
            prop_assert_eq!(all.possible().and(&asked), some.possible().and(&asked));
        }
    }
}
