//! Three-valued logic, with the reason where a question stays open.

use std::collections::BTreeSet;
use std::ops::{BitAnd, BitOr, Not};

use crate::gap::{Gap, GapId};

/// The answer to a question that may stay open, by
/// [three-valued logic](https://en.wikipedia.org/wiki/Three-valued_logic): one certain yes decides an "or", one certain no
/// decides an "and", whatever else is open.
///
/// There is no conversion to `bool`, on purpose: code that needs one must decide what open means there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tri<W> {
    /// It holds, whatever is open.
    Yes,
    /// It does not hold, whatever is open.
    No,
    /// It may hold or not, and this is why that cannot be decided.
    Unknown(W),
}

use Tri::{No, Unknown, Yes};

/// The reason why a question is open.
pub trait Why {
    /// The reason for an answer that depends on two open questions.
    #[must_use]
    fn join(self, other: Self) -> Self;
}

/// Openness without a reason.
impl Why for () {
    fn join(self, (): Self) {}
}

/// Everything that the answer depends on.
impl<T: Ord> Why for BTreeSet<T> {
    fn join(mut self, mut other: Self) -> Self {
        self.append(&mut other);
        self
    }
}

/// The first gap: a finding names one.
impl Why for Gap {
    fn join(self, _: Self) -> Self {
        self
    }
}

/// The first gap: a finding names one.
impl Why for GapId {
    fn join(self, _: Self) -> Self {
        self
    }
}

impl<W> Tri<W> {
    /// Whether it certainly holds.
    pub const fn is_yes(&self) -> bool {
        matches!(self, Yes)
    }

    /// Whether it certainly does not hold.
    pub const fn is_no(&self) -> bool {
        matches!(self, No)
    }

    /// The reason why it is open; none for a certain answer.
    pub const fn why(&self) -> Option<&W> {
        match self {
            Unknown(why) => Some(why),
            Yes | No => None,
        }
    }

    /// The opposite; `!` for the end of a chain.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Yes => No,
            No => Yes,
            open @ Unknown(_) => open,
        }
    }

    /// The opposite, if `negated`.
    #[must_use]
    pub fn negate_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }
}

impl<W: Why> Tri<W> {
    /// Whether both hold; `&` for chains.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (No, _) | (_, No) => No,
            (Yes, answer) | (answer, Yes) => answer,
            (Unknown(one), Unknown(other)) => Unknown(one.join(other)),
        }
    }

    /// Whether either holds; `|` for chains.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Yes, _) | (_, Yes) => Yes,
            (No, answer) | (answer, No) => answer,
            (Unknown(one), Unknown(other)) => Unknown(one.join(other)),
        }
    }

    /// Whether any of the answers is yes; no for none at all. Answers after a certain yes are not evaluated.
    pub fn any(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut sum = No;
        for answer in answers {
            sum = sum.or(answer);
            if sum.is_yes() {
                break;
            }
        }
        sum
    }

    /// Whether all of the answers are yes; yes for none at all. Answers after a certain no are not evaluated.
    pub fn all(answers: impl IntoIterator<Item = Self>) -> Self {
        let mut product = Yes;
        for answer in answers {
            product = product.and(answer);
            if product.is_no() {
                break;
            }
        }
        product
    }
}

impl Tri<BTreeSet<String>> {
    /// An open answer with one dependency.
    pub fn needs(what: impl Into<String>) -> Self {
        Unknown(BTreeSet::from([what.into()]))
    }

    /// What an open answer depends on, in words; empty for a certain one.
    pub fn reason(&self) -> String {
        let needs = self.why().into_iter().flatten();
        needs.map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl<W> From<bool> for Tri<W> {
    fn from(holds: bool) -> Self {
        if holds { Yes } else { No }
    }
}

impl<W> From<Result<bool, W>> for Tri<W> {
    fn from(answer: Result<bool, W>) -> Self {
        answer.map_or_else(Unknown, Self::from)
    }
}

impl<W: Why> BitOr for Tri<W> {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl<W: Why> BitAnd for Tri<W> {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        self.and(other)
    }
}

impl<W> Not for Tri<W> {
    type Output = Self;

    fn not(self) -> Self {
        self.negate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gap::Reason;

    type Plain = Tri<()>;
    type Needs = Tri<BTreeSet<String>>;

    const ALL: [Plain; 3] = [Yes, No, Unknown(())];

    /// Every list of up to four answers.
    fn lists() -> Vec<Vec<Plain>> {
        let mut all: Vec<Vec<Plain>> = vec![vec![]];
        let mut longest = all.clone();
        for _ in 0..4 {
            longest = longest
                .iter()
                .flat_map(|list| ALL.iter().map(|one| [&list[..], &[*one]].concat()))
                .collect();
            all.extend(longest.iter().cloned());
        }
        all
    }

    /// Every answer that an open one can still become.
    fn outcomes(answer: Plain) -> Vec<bool> {
        match answer {
            Yes => vec![true],
            No => vec![false],
            Unknown(()) => vec![true, false],
        }
    }

    /// The answer that holds for all of the outcomes.
    fn common(outcomes: &[bool]) -> Plain {
        match (outcomes.contains(&true), outcomes.contains(&false)) {
            (true, false) => Yes,
            (false, true) => No,
            _ => Unknown(()),
        }
    }

    #[test]
    fn the_tables_are_those_of_three_valued_logic() {
        for (a, b, or, and) in [
            (Yes, Yes, Yes, Yes),
            (Yes, No, Yes, No),
            (Yes, Unknown(()), Yes, Unknown(())),
            (No, Yes, Yes, No),
            (No, No, No, No),
            (No, Unknown(()), Unknown(()), No),
            (Unknown(()), Yes, Yes, Unknown(())),
            (Unknown(()), No, Unknown(()), No),
            (Unknown(()), Unknown(()), Unknown(()), Unknown(())),
        ] {
            assert_eq!(a | b, or, "{a:?} | {b:?}");
            assert_eq!(a & b, and, "{a:?} & {b:?}");
        }
        assert_eq!(ALL.map(|answer| !answer), [No, Yes, Unknown(())]);
    }

    #[test]
    fn an_answer_is_certain_exactly_where_every_outcome_agrees() {
        for a in ALL {
            assert_eq!(!a, common(&outcomes(a).iter().map(|x| !x).collect::<Vec<_>>()));
            for b in ALL {
                let pairs = |of: fn(bool, bool) -> bool| -> Vec<bool> {
                    let each = outcomes(a).into_iter();
                    each.flat_map(|x| outcomes(b).into_iter().map(move |y| of(x, y))).collect()
                };
                assert_eq!(a | b, common(&pairs(|x, y| x || y)), "{a:?} | {b:?}");
                assert_eq!(a & b, common(&pairs(|x, y| x && y)), "{a:?} & {b:?}");
            }
        }
    }

    #[test]
    fn the_laws_of_the_operators_hold_for_every_answer() {
        for a in ALL {
            assert_eq!(!!a, a);
            assert_eq!((a | a, a & a), (a, a));
            assert_eq!((a | No, a & Yes), (a, a));
            assert_eq!((a | Yes, a & No), (Yes, No));
            assert_eq!((a.negate_if(true), a.negate_if(false)), (!a, a));
            for b in ALL {
                assert_eq!((a | b, a & b), (b | a, b & a));
                assert_eq!((!(a | b), !(a & b)), (!a & !b, !a | !b));
                assert_eq!((a | (a & b), a & (a | b)), (a, a));
                for c in ALL {
                    assert_eq!(((a | b) | c, (a & b) & c), (a | (b | c), a & (b & c)));
                    assert_eq!(a & (b | c), (a & b) | (a & c));
                    assert_eq!(a | (b & c), (a | b) & (a | c));
                }
            }
        }
    }

    #[test]
    fn any_and_all_weigh_every_item() {
        for list in lists() {
            let any = list.iter().fold(No, |sum, answer| sum | *answer);
            let all = list.iter().fold(Yes, |product, answer| product & *answer);
            assert_eq!(Tri::any(list.iter().copied()), any, "any of {list:?}");
            assert_eq!(Tri::all(list.iter().copied()), all, "all of {list:?}");
            assert_eq!(any.is_yes(), list.contains(&Yes), "any of {list:?}");
            assert_eq!(all.is_no(), list.contains(&No), "all of {list:?}");
        }
    }

    #[test]
    fn any_and_all_stop_where_the_answer_is_certain() {
        let left = |answers: [Plain; 3], of: fn(&mut dyn Iterator<Item = Plain>) -> Plain| {
            let mut left = answers.into_iter();
            (of(&mut left), left.len())
        };
        assert_eq!(left([Unknown(()), Yes, No], |all| Tri::any(all)), (Yes, 1));
        assert_eq!(left([Unknown(()), No, Yes], |all| Tri::all(all)), (No, 1));
        assert_eq!(left([Unknown(()), No, No], |all| Tri::any(all)), (Unknown(()), 0));
        assert_eq!(left([Unknown(()), Yes, Yes], |all| Tri::all(all)), (Unknown(()), 0));
    }

    #[test]
    fn an_open_answer_keeps_its_reasons_and_a_certain_one_has_none() {
        let [a, b] = ["a", "b"].map(Needs::needs);
        assert_eq!((a.clone() | b.clone()).reason(), "a, b");
        assert_eq!((b.clone() & a.clone()).reason(), "a, b");
        // The same thing is named once.
        assert_eq!((a.clone() | a.clone()).reason(), "a");
        assert_eq!((!a.clone()).reason(), "a");
        assert_eq!((a.clone() | No, a.clone() & Yes), (a.clone(), a.clone()));
        assert_eq!((a.clone() & No).reason(), "");
        assert_eq!((a | Yes).why(), None);
        let gaps = ["1", "2"].map(|target| Gap::new("x:Read", target, Reason::Denied));
        let [one, other] = gaps.clone().map(Unknown);
        assert_eq!((one.clone() | other.clone()).why(), Some(&gaps[0]));
        assert_eq!((other & one).why(), Some(&gaps[1]));
        let [one, other] = [1, 2].map(|number| Unknown(GapId::new(number)));
        assert_eq!((one | other, other & one), (one, other));
    }

    #[test]
    fn an_answer_is_made_from_what_was_read() {
        assert_eq!([true, false].map(Plain::from), [Yes, No]);
        assert_eq!([Ok(true), Ok(false), Err(())].map(Plain::from), ALL);
        assert_eq!(ALL.map(|answer| answer.is_yes()), [true, false, false]);
        assert_eq!(ALL.map(|answer| answer.is_no()), [false, true, false]);
        assert_eq!(ALL.map(|answer| answer.why().is_some()), [false, false, true]);
    }
}
