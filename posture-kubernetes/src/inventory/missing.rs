//! Which lists are not complete, and why.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::gap::GapId;
use posture_model::wanted::Wanted;

use crate::action::{ACTIONS, Request, wanted_actions};

/// Why lists are not complete, by the kind of object.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    by_kind: BTreeMap<String, BTreeSet<GapId>>,
    /// Why the lists of single namespaces are not complete, by the kind of object and the namespace.
    by_place: BTreeMap<(String, String), BTreeSet<GapId>>,
    /// What may have declared objects of any kind.
    pub(super) any: BTreeSet<GapId>,
}

impl Missing {
    pub(super) fn add(&mut self, kind: &str, gap: GapId) {
        self.by_kind.entry(kind.to_owned()).or_default().insert(gap);
    }

    /// Adds the list of one namespace. Those of the others are not affected.
    pub(super) fn add_in(&mut self, kind: &str, namespace: &str, gap: GapId) {
        self.by_place.entry((kind.to_owned(), namespace.to_owned())).or_default().insert(gap);
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { by_kind, by_place, any } = other;
        for (place, gaps) in by_place {
            self.by_place.entry(place).or_default().extend(gaps);
        }
        for (kind, gaps) in by_kind {
            self.by_kind.entry(kind).or_default().extend(gaps);
        }
        self.any.extend(any);
    }

    /// Adds the lists that nothing wanted needs, so that they were not read.
    pub(super) fn not_requested(&mut self, wanted: &Wanted) {
        let requested = wanted_actions(wanted);
        for action in ACTIONS {
            if let Request::List(api) = &action.own
                && !requested.iter().any(|one| one.name == action.name)
            {
                self.add(api.kind, GapId::NOT_COLLECTED);
            }
        }
    }

    /// What is missing from the objects of these kinds, in any namespace.
    pub(crate) fn of<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> Vec<GapId> {
        self.within(kinds, |_| true)
    }

    /// What is missing from the objects of these kinds in a namespace. Without a name, it may be any namespace.
    pub(crate) fn of_in<'k>(
        &self,
        kinds: impl IntoIterator<Item = &'k str>,
        namespace: &str,
    ) -> Vec<GapId> {
        self.within(kinds, |place| namespace.is_empty() || place == namespace)
    }

    fn within<'k>(
        &self,
        kinds: impl IntoIterator<Item = &'k str>,
        is_in: impl Fn(&str) -> bool,
    ) -> Vec<GapId> {
        let mut all = self.any.clone();
        for kind in kinds {
            all.extend(self.by_kind.get(kind).into_iter().flatten());
            let places = self.by_place.iter();
            let places = places.filter(|((of, place), _)| of == kind && is_in(place));
            all.extend(places.flat_map(|(_, gaps)| gaps));
        }
        all.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_namespace_lacks_is_not_missing_from_another() {
        let mut missing = Missing::default();
        let (one, other) = (GapId::new(3), GapId::new(4));
        missing.add_in("Pod", "shop", one);
        assert_eq!(missing.of(["Pod"]), [one]);
        assert_eq!(missing.of_in(["Pod"], "shop"), [one]);
        assert_eq!(missing.of_in(["Pod"], ""), [one]);
        assert!(missing.of_in(["Pod"], "bank").is_empty());
        assert!(missing.of(["Job"]).is_empty());
        let mut whole = Missing::default();
        whole.add("Pod", other);
        whole.extend(missing);
        assert_eq!(whole.of(["Pod"]), [one, other]);
        assert_eq!(whole.of_in(["Pod"], "bank"), [other]);
    }
}
