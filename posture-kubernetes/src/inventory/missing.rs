//! Which lists are not complete, and why.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::gap::GapId;
use posture_model::wanted::Wanted;

use crate::action::{ACTIONS, Request, wanted_actions};

/// Why lists are not complete, by the kind of object.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    by_kind: BTreeMap<String, BTreeSet<GapId>>,
    /// What may have declared objects of any kind.
    pub(super) any: BTreeSet<GapId>,
}

impl Missing {
    pub(super) fn add(&mut self, kind: &str, gap: GapId) {
        self.by_kind.entry(kind.to_owned()).or_default().insert(gap);
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { by_kind, any } = other;
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

    /// What is missing from the objects of these kinds.
    pub(crate) fn of<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> Vec<GapId> {
        let own = kinds.into_iter().filter_map(|kind| self.by_kind.get(kind)).flatten();
        let all: BTreeSet<GapId> = own.chain(&self.any).copied().collect();
        all.into_iter().collect()
    }
}
