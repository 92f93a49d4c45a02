//! Resources of one kind, and whether these are all.

use serde::{Deserialize, Serialize};

use crate::fact::{Fact, Gap, Known};
use crate::gap::GapId;

/// The resources of one kind in a scope, with what is missing from the list.
///
/// Only a complete list can show that no trail exists; [`Listing::any`] and [`Listing::all`] ensure it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub struct Listing<T> {
    /// The resources that were found, ordered by id.
    #[serde(deserialize_with = "crate::budget::list")]
    pub items: Vec<T>,
    /// What kept the list from being complete, such as a region that denied; empty for a complete list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<GapId>,
}

impl<T> Default for Listing<T> {
    /// It was not requested.
    fn default() -> Self {
        Self::not_collected()
    }
}

impl<T> Listing<T> {
    /// All resources there are.
    pub fn complete(items: Vec<T>) -> Self {
        Self { items, gaps: Vec::new() }
    }

    /// No resource could be listed, for this reason.
    pub fn unread(gap: GapId) -> Self {
        Self { items: Vec::new(), gaps: vec![gap] }
    }

    /// It was not requested.
    pub fn not_collected() -> Self {
        Self::unread(GapId::NOT_COLLECTED)
    }

    /// Whether these are all.
    pub fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Whether the list was requested at all.
    pub fn is_collected(&self) -> bool {
        self.gaps != [GapId::NOT_COLLECTED]
    }

    /// Whether some resource satisfies `f`: a certain yes needs one, a certain no needs all and a complete list.
    pub fn any(&self, f: impl FnMut(&T) -> Fact<bool>) -> Fact<bool> {
        crate::fact::any(self.items.iter().map(f)) | self.absence()
    }

    /// Whether every resource satisfies `f`: a certain no needs one, a certain yes needs all and a complete list.
    pub fn all(&self, f: impl FnMut(&T) -> Fact<bool>) -> Fact<bool> {
        crate::fact::all(self.items.iter().map(f)) & !self.absence()
    }

    /// The resource that satisfies `f`. `Known(None)` only for a complete list.
    pub fn find(&self, mut f: impl FnMut(&T) -> bool) -> Fact<Option<&T>> {
        match self.items.iter().find(|item| f(item)) {
            Some(item) => Known(Some(item)),
            None => self.absence().map(|_| None),
        }
    }

    /// How many there are, where that is known.
    pub fn count(&self) -> Fact<usize> {
        self.absence().map(|_| self.items.len())
    }

    /// Adds what another part of the same scope found, such as another region.
    pub fn merge(&mut self, other: Self) {
        self.items.extend(other.items);
        self.gaps.extend(other.gaps);
    }

    /// `Known(false)` (nothing further exists) for a complete list, else its first gap.
    pub fn absence(&self) -> Fact<bool> {
        self.gaps.first().map_or(Known(false), |gap| Gap(*gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_is_only_reported_of_a_complete_list() {
        let full = Listing::complete(vec![1, 2]);
        let cut = Listing { items: vec![1, 2], gaps: vec![GapId::new(7)] };
        assert_eq!(full.any(|n| Known(*n > 2)), Known(false));
        assert_eq!(cut.any(|n| Known(*n > 2)), Gap(GapId::new(7)));
        assert_eq!(cut.any(|n| Known(*n > 1)), Known(true));
        assert_eq!(full.all(|n| Known(*n > 0)), Known(true));
        assert_eq!(cut.all(|n| Known(*n > 0)), Gap(GapId::new(7)));
        assert_eq!(cut.all(|n| Known(*n > 1)), Known(false));
        assert_eq!(cut.find(|n| *n == 3), Gap(GapId::new(7)));
        assert_eq!(full.find(|n| *n == 3), Known(None));
        assert_eq!(cut.count(), Gap(GapId::new(7)));
    }

    #[test]
    fn what_is_known_of_one_and_not_of_another_is_weighed_together() {
        const GAP: GapId = GapId::new(3);
        // Each item is its answer: 0 means no, 1 means yes, everything else could not be read.
        let answer = |n: &u8| match n {
            0 => Known(false),
            1 => Known(true),
            _ => Gap(GAP),
        };
        let of = |items: &[u8]| Listing::complete(items.to_vec());
        for (items, any, all) in [
            (vec![], Known(false), Known(true)),
            (vec![1, 0], Known(true), Known(false)),
            (vec![0, 1], Known(true), Known(false)),
            (vec![9, 0], Gap(GAP), Known(false)),
            (vec![0, 9], Gap(GAP), Known(false)),
            (vec![9, 1], Known(true), Gap(GAP)),
            (vec![1, 9], Known(true), Gap(GAP)),
            (vec![1, 0, 1], Known(true), Known(false)),
            (vec![0, 0], Known(false), Known(false)),
            (vec![1, 1], Known(true), Known(true)),
        ] {
            assert_eq!(of(&items).any(answer), any, "any of {items:?}");
            assert_eq!(of(&items).all(answer), all, "all of {items:?}");
        }
    }

    #[test]
    fn parts_are_merged_with_their_gaps() {
        let mut all = Listing::complete(vec![1]);
        assert!(all.is_complete() && all.is_collected());
        assert_eq!((all.find(|n| *n == 1), all.count()), (Known(Some(&1)), Known(1)));
        all.merge(Listing { items: vec![2], gaps: vec![GapId::new(7)] });
        assert_eq!(
            (all.items.as_slice(), all.gaps.as_slice()),
            ([1, 2].as_slice(), [GapId::new(7)].as_slice())
        );
        assert!(!all.is_complete() && all.is_collected());
        let unread = Listing::<u8>::default();
        assert!(!unread.is_complete() && !unread.is_collected());
        assert_eq!(Listing::<u8>::unread(GapId::new(7)).count(), Gap(GapId::new(7)));
    }
}
