//! The sign-ins to which no policy applies, if several are combined.
//!
//! A sign-in that no policy covers escapes each of them in some way. So the ways are combined, one of each policy, and
//! contradictions are dropped: no user is outside a group and in it. What is left are the gaps.

use std::collections::BTreeSet;

use posture_model::gap::Gap;

use super::region::{Atom, GUESTS, Kind, Literal, Members, Region, apart, within};
use super::truth::Truth;

/// Combinations that are looked at for one rule, beyond which it stays undecided.
pub(super) const LIMIT: usize = 200_000;

/// More combinations than are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

/// Sign-ins that no policy covers.
#[derive(Clone, Debug)]
pub(super) struct Hole<'a> {
    /// The exclusions of the policies that lead to it, by their own names; to accept one of these is to accept the gap. None
    /// if it is not excluded by name.
    pub(super) names: BTreeSet<&'a str>,
    /// What is not known and may close it.
    pub(super) doubts: Vec<Doubt<'a>>,
}

/// Two sets, and why it is not known how they overlap.
#[derive(Clone, Debug)]
pub(super) struct Doubt<'a> {
    pub(super) one: Atom<'a>,
    pub(super) other: Atom<'a>,
    pub(super) why: Gap,
}

impl Doubt<'_> {
    fn is(&self, other: &Doubt<'_>) -> bool {
        self.one.is(&other.one) && self.other.is(&other.other)
    }
}

impl Hole<'_> {
    pub(super) fn is_certain(&self) -> bool {
        self.doubts.is_empty()
    }

    /// Whether to accept this hole is to accept another one with these names and doubts as well, and this one exists if the
    /// other does.
    fn outweighs(&self, names: &BTreeSet<&str>, doubts: &[Doubt<'_>]) -> bool {
        let shared = |doubt: &Doubt<'_>| doubts.iter().any(|other| other.is(doubt));
        self.names.iter().all(|name| names.contains(name)) && self.doubts.iter().all(shared)
    }
}

/// A question about a set of regions.
pub(super) struct Space<'s, 'a> {
    pub(super) members: &'s dyn Members,
    /// Whether a set can be left out by name at all.
    pub(super) can_be_accepted: &'s dyn Fn(&Atom<'_>) -> bool,
    /// What all the sign-ins have in common.
    pub(super) start: Vec<Literal<'a>>,
}

#[derive(Clone, Debug, Default)]
struct State<'a> {
    literals: Vec<Literal<'a>>,
    names: BTreeSet<&'a str>,
    doubts: Vec<Doubt<'a>>,
}

impl<'a> Space<'_, 'a> {
    /// The sign-ins that escape all of the regions. The required steps are counted down.
    ///
    /// # Errors
    /// If they require more steps than are left.
    pub(super) fn holes(
        &self,
        regions: &[&Region<'a>],
        steps: &mut usize,
    ) -> Result<Vec<Hole<'a>>, TooMany> {
        // Those that can be escaped in few ways first: they rule out most.
        let mut regions = regions.to_vec();
        regions.sort_by_key(|region| region.escapes.len());
        let state = State { literals: self.start.clone(), ..State::default() };
        let mut holes = Vec::new();
        self.escape(&regions, state, &mut holes, steps)?;
        Ok(lightest(holes))
    }

    fn escape(
        &self,
        regions: &[&Region<'a>],
        state: State<'a>,
        holes: &mut Vec<Hole<'a>>,
        steps: &mut usize,
    ) -> Result<(), TooMany> {
        // To compare with many holes takes time as well.
        *steps = steps.checked_sub(1 + holes.len() / 16).ok_or(TooMany)?;
        // What a hole that is known says already adds nothing.
        if holes.iter().any(|hole| hole.outweighs(&state.names, &state.doubts)) {
            return Ok(());
        }
        let Some((region, rest)) = regions.split_first() else {
            holes.push(Hole { names: state.names, doubts: state.doubts });
            return Ok(());
        };
        // What escapes already has nothing else to fulfill.
        if region.escapes.iter().any(|escape| self.is_met(&state, escape)) {
            return self.escape(rest, state, holes, steps);
        }
        let mut next: Vec<State<'a>> =
            region.escapes.iter().filter_map(|escape| self.with(&state, escape)).collect();
        // The more certain a hole is, the more of the others it makes needless.
        next.sort_by_key(|state| (state.doubts.len(), state.names.len()));
        for state in next {
            self.escape(rest, state, holes, steps)?;
        }
        Ok(())
    }

    fn is_met(&self, state: &State<'a>, escape: &[Literal<'a>]) -> bool {
        escape.iter().all(|new| {
            let unnamed = !new.holds
                || state.names.contains(new.atom.name)
                || !(self.can_be_accepted)(&new.atom);
            unnamed
                && state.literals.iter().any(|old| old.holds == new.holds && old.atom.is(&new.atom))
        })
    }

    /// A state with a further condition; none if that contradicts itself.
    fn with(&self, state: &State<'a>, escape: &[Literal<'a>]) -> Option<State<'a>> {
        let mut state = state.clone();
        for new in escape {
            for (place, old) in state.literals.iter().enumerate() {
                let (one, other, contradicts) = match (old.holds, new.holds) {
                    (true, false) => {
                        (old.atom, new.atom, within(&old.atom, &new.atom, self.members))
                    }
                    (false, true) => {
                        (new.atom, old.atom, within(&new.atom, &old.atom, self.members))
                    }
                    // It is certain that a user is in the set that the whole question is about.
                    (true, true) if place < self.start.len() && new.atom.kind == Kind::User => {
                        continue;
                    }
                    (true, true) => (old.atom, new.atom, apart(&old.atom, &new.atom, self.members)),
                    (false, false) => continue,
                };
                match contradicts {
                    Truth::Yes => return None,
                    Truth::No => {}
                    Truth::Unknown(why) => state.doubts.push(Doubt { one, other, why }),
                }
            }
            if new.holds && (self.can_be_accepted)(&new.atom) {
                state.names.insert(new.atom.name);
            }
            state.literals.push(*new);
        }
        (!is_guest_of_no_type(&state.literals)).then_some(state)
    }
}

/// Whether a user would have to be a guest and of none of the guest types.
fn is_guest_of_no_type(literals: &[Literal<'_>]) -> bool {
    let guest = literals.iter().any(|literal| literal.holds && literal.atom.kind == Kind::AnyGuest);
    let is_ruled_out = |kind: &str| {
        let atom = Atom::new(Kind::Guest, kind);
        literals.iter().any(|literal| !literal.holds && literal.atom.is(&atom))
    };
    guest && GUESTS.iter().all(|kind| is_ruled_out(kind))
}

/// The holes without those that others outweigh, ordered.
pub(super) fn lightest(mut holes: Vec<Hole<'_>>) -> Vec<Hole<'_>> {
    holes.sort_by(|a, b| {
        (a.names.len(), !a.is_certain(), &a.names).cmp(&(b.names.len(), !b.is_certain(), &b.names))
    });
    let mut kept: Vec<Hole<'_>> = Vec::new();
    for hole in holes {
        if !kept.iter().any(|other| other.outweighs(&hole.names, &hole.doubts)) {
            kept.push(hole);
        }
    }
    kept
}

/// Sets of names, each of which has one of every set, small ones first and only a few: what has to be accepted so that
/// all gaps are accepted.
pub(super) fn choices<'a>(sets: &[&BTreeSet<&'a str>]) -> Vec<BTreeSet<&'a str>> {
    const FEW: usize = 16;
    let mut chosen: Vec<BTreeSet<&'a str>> = vec![BTreeSet::new()];
    for set in sets {
        let mut next: Vec<BTreeSet<&'a str>> = Vec::new();
        for choice in chosen {
            if !choice.is_disjoint(set) {
                next.push(choice);
                continue;
            }
            next.extend(set.iter().map(|name| {
                let mut choice = choice.clone();
                choice.insert(*name);
                choice
            }));
        }
        next.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        next.dedup();
        chosen = Vec::new();
        for choice in next {
            if chosen.len() < FEW && !chosen.iter().any(|smaller| smaller.is_subset(&choice)) {
                chosen.push(choice);
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::sign_in::members::Unread;
    use crate::collect::sign_in::region::{Choice, undetermined};

    fn set(names: &[&'static str]) -> BTreeSet<&'static str> {
        names.iter().copied().collect()
    }

    fn hole(names: &[&'static str], doubts: &[&'static str]) -> Hole<'static> {
        let doubt = |name: &&'static str| Doubt {
            one: Atom::new(Kind::User, name),
            other: Atom::new(Kind::Group, name),
            why: undetermined(name, name),
        };
        Hole { names: set(names), doubts: doubts.iter().map(doubt).collect() }
    }

    #[test]
    fn what_has_to_be_accepted_is_one_name_of_each_hole() {
        let of = |sets: &[&[&'static str]]| -> Vec<Vec<&'static str>> {
            let sets: Vec<BTreeSet<&str>> = sets.iter().map(|names| set(names)).collect();
            let chosen = choices(&sets.iter().collect::<Vec<_>>());
            chosen.into_iter().map(|names| names.into_iter().collect()).collect()
        };
        let none: Vec<Vec<&str>> = vec![vec![]];
        assert_eq!(of(&[]), none);
        assert_eq!(of(&[&["a"], &["b"]]), [["a", "b"]]);
        assert_eq!(of(&[&["a", "b"]]), [["a"], ["b"]]);
        assert_eq!(of(&[&["a", "b"], &["b"]]), [["b"]]);
        assert_eq!(of(&[&["a", "b"], &["b", "c"]]), [vec!["b"], vec!["a", "c"]]);
        // Nothing can be accepted of what has no name.
        assert_eq!(of(&[&["a"], &[]]), Vec::<Vec<&str>>::new());
        let many: [&[&'static str]; 5] =
            [&["a", "b"], &["c", "d"], &["e", "f"], &["g", "h"], &["i", "j"]];
        assert_eq!(of(&many).len(), 16);
    }

    #[test]
    fn a_hole_that_another_one_says_is_dropped() {
        let left = |holes: &[Hole<'static>]| -> Vec<(Vec<&'static str>, usize)> {
            let holes = lightest(holes.to_vec());
            holes
                .into_iter()
                .map(|hole| (hole.names.into_iter().collect(), hole.doubts.len()))
                .collect()
        };
        let certain = hole(&["a"], &[]);
        assert_eq!(left(&[hole(&["a", "b"], &[]), certain.clone()]), [(vec!["a"], 0)]);
        assert_eq!(left(&[hole(&["a"], &["x"]), certain.clone()]), [(vec!["a"], 0)]);
        assert_eq!(left(&[hole(&[], &["x"]), certain.clone()]), [(vec![], 1), (vec!["a"], 0)]);
        assert_eq!(left(&[hole(&["b"], &[]), certain.clone()]), [(vec!["a"], 0), (vec!["b"], 0)]);
        // Two doubts are two ways to close it.
        assert_eq!(left(&[hole(&["a"], &["x"]), hole(&["a"], &["y"])]).len(), 2);
        assert_eq!(left(&[hole(&["a"], &["x"]), hole(&["a"], &["x", "y"])]), [(vec!["a"], 1)]);
        assert!(certain.is_certain() && !hole(&["a"], &["x"]).is_certain());
    }

    #[test]
    fn more_steps_than_are_left_are_too_many() {
        let all = Region::new(Truth::Yes, [Ok(Choice::everything())]).unwrap();
        let space = Space { members: &Unread, can_be_accepted: &|_| true, start: Vec::new() };
        let mut steps = 2;
        assert!(space.holes(&[&all], &mut steps).unwrap().is_empty());
        assert_eq!(steps, 1);
        assert_eq!(space.holes(&[], &mut steps).unwrap().len(), 1);
        assert_eq!(space.holes(&[], &mut steps).unwrap_err(), TooMany);
    }
}
