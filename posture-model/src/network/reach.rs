//! Traffic that passes, as far as that is known.

use super::addresses::Addresses;
use super::traffic::Traffic;
use crate::tri::{Tri, Why};

/// Which traffic passes, in three values: what certainly does, and what may. What is in neither certainly does not pass.
///
/// A question that stays open about any traffic has a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach<W> {
    certain: Traffic,
    possible: Traffic,
    why: Option<W>,
}

impl<W> Reach<W> {
    /// Nothing passes.
    pub fn nothing() -> Self {
        Self::exactly(Traffic::none())
    }

    /// Everything passes.
    pub fn everything() -> Self {
        Self::exactly(Traffic::all())
    }

    /// This passes, and nothing else.
    pub fn exactly(traffic: Traffic) -> Self {
        Self { certain: traffic.clone(), possible: traffic, why: None }
    }

    /// Nothing is known.
    pub fn unknown(why: W) -> Self {
        Self::between(Traffic::none(), Traffic::all(), why)
    }

    /// At least the first passes, and at most both.
    pub fn between(certain: Traffic, more: Traffic, why: W) -> Self {
        let possible = certain.or(&more);
        let why = (possible != certain).then_some(why);
        Self { certain, possible, why }
    }

    /// What certainly passes.
    pub fn certain(&self) -> &Traffic {
        &self.certain
    }

    /// What passes or may pass.
    pub fn possible(&self) -> &Traffic {
        &self.possible
    }

    /// What may pass and may not.
    pub fn open(&self) -> Traffic {
        self.possible.minus(&self.certain)
    }

    /// Why it is open what passes; nothing if it is not.
    pub fn why(&self) -> Option<&W> {
        self.why.as_ref()
    }

    /// Whether any traffic of a set passes.
    pub fn any_of(&self, traffic: &Traffic) -> Tri<&W> {
        if !self.certain.and(traffic).is_empty() {
            return Tri::Yes;
        }
        match &self.why {
            Some(why) if !self.possible.and(traffic).is_empty() => Tri::Unknown(why),
            _ => Tri::No,
        }
    }
}

impl<W: Why> Reach<W> {
    fn with(certain: Traffic, possible: Traffic, one: Option<W>, other: Option<W>) -> Self {
        let why = match (one, other) {
            (Some(one), Some(other)) => Some(one.join(other)),
            (one, other) => one.or(other),
        };
        let why = why.filter(|_| certain != possible);
        Self { certain, possible, why }
    }

    /// What passes both, one after the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let (certain, possible) =
            (self.certain.and(&other.certain), self.possible.and(&other.possible));
        // A reason that leaves nothing of the result open is none.
        let one = self
            .why
            .filter(|_| !self.possible.minus(&self.certain).and(&other.possible).is_empty());
        let two = other
            .why
            .filter(|_| !other.possible.minus(&other.certain).and(&self.possible).is_empty());
        Self::with(certain, possible, one, two)
    }

    /// What passes by either of two ways.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let (certain, possible) =
            (self.certain.or(&other.certain), self.possible.or(&other.possible));
        let one = self
            .why
            .filter(|_| !self.possible.minus(&self.certain).minus(&other.certain).is_empty());
        let two = other
            .why
            .filter(|_| !other.possible.minus(&other.certain).minus(&self.certain).is_empty());
        Self::with(certain, possible, one, two)
    }

    /// What passes this, where whether anything passes at all is an answer of its own.
    #[must_use]
    pub fn if_so(self, answer: Tri<W>) -> Self {
        match answer {
            Tri::Yes => self,
            Tri::No => Self::nothing(),
            Tri::Unknown(why) => self.and(Self::unknown(why)),
        }
    }

    /// What of it has one of these addresses at the other end.
    #[must_use]
    pub fn among(self, addresses: &Addresses) -> Self {
        let (certain, possible) = (self.certain.among(addresses), self.possible.among(addresses));
        Self::with(certain, possible, self.why, None)
    }
}

#[cfg(test)]
mod tests {
    use super::super::service::{Service, TCP};
    use super::*;

    fn port(port: u16) -> Traffic {
        Traffic::of(Service::port(TCP, port), &Addresses::all())
    }

    #[test]
    fn any_of_a_set_may_pass_where_some_of_it_may() {
        let flow = Reach::between(port(22), port(80), "why");
        assert_eq!(flow.any_of(&port(22)), Tri::Yes);
        assert_eq!(flow.any_of(&port(80)), Tri::Unknown(&"why"));
        assert_eq!(flow.any_of(&port(443)), Tri::No);
        assert_eq!(Reach::<&str>::exactly(port(22)).any_of(&port(80)), Tri::No);
    }

    #[test]
    fn a_reason_stays_only_where_it_leaves_something_open() {
        let open = |flow: Reach<Why>| (flow.open(), flow.why().cloned());
        let one = Reach::between(Traffic::none(), port(22), Why("one"));
        let two = Reach::between(Traffic::none(), port(80), Why("two"));
        let sure = Reach::exactly(port(22));
        // The other way passes it for sure.
        assert_eq!(open(one.clone().or(sure.clone())), (Traffic::none(), None));
        assert_eq!(open(two.clone().or(sure.clone())), (port(80), Some(Why("two"))));
        assert_eq!(open(sure.clone().or(two.clone())), (port(80), Some(Why("two"))));
        // What does not pass the other is not open.
        assert_eq!(open(one.clone().and(two)), (Traffic::none(), None));
        let first = Addresses::parse("10.0.0.0/8").unwrap();
        let some = one.among(&first);
        assert_eq!(open(some), (port(22).among(&first), Some(Why("one"))));
    }

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Why(&'static str);

    impl super::Why for Why {
        fn join(self, _: Self) -> Self {
            self
        }
    }
}
