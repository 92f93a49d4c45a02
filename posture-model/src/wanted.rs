//! What has to be collected for a selection of controls: the only thing that a collector knows about controls.

use std::collections::BTreeSet;

use crate::kind::{FactId, Kind};

/// The facts and kinds of resource that a selection of controls reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    facts: BTreeSet<FactId>,
    kinds: BTreeSet<Kind>,
}

impl Wanted {
    /// These facts, and the listings of these kinds and of the kinds that the facts belong to.
    pub fn of(facts: &[FactId], kinds: &[Kind]) -> Self {
        Self::default().with(facts, kinds)
    }

    /// Every fact of every kind.
    pub fn everything() -> Self {
        let facts: Vec<FactId> = Kind::ALL.iter().flat_map(|kind| kind.fact_ids()).collect();
        Self::of(&facts, Kind::ALL)
    }

    /// The same in addition to what is wanted already.
    #[must_use]
    pub fn with(mut self, facts: &[FactId], kinds: &[Kind]) -> Self {
        self.facts.extend(facts);
        self.kinds.extend(kinds);
        self.kinds.extend(facts.iter().map(|fact| fact.kind));
        self
    }

    /// These facts as well, of kinds that are listed anyway.
    #[must_use]
    pub fn and(mut self, facts: &[FactId]) -> Self {
        self.facts.extend(facts.iter().filter(|fact| self.kinds.contains(&fact.kind)));
        self
    }

    /// Whether this fact is read.
    pub fn fact(&self, fact: FactId) -> bool {
        self.facts.contains(&fact)
    }

    /// Whether any of these facts is read.
    pub fn any(&self, facts: &[FactId]) -> bool {
        facts.iter().any(|fact| self.fact(*fact))
    }

    /// Whether resources of this kind have to be listed.
    pub fn kind(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }
}
