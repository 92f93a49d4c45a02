//! What has to be collected for a selection of controls: the only thing a collector knows of controls.

use std::collections::BTreeSet;

use crate::control::Control;
use crate::provider::Provider;
use crate::resource::{FactId, Kind};

/// The facts and kinds of resource that a selection of controls reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    facts: BTreeSet<FactId>,
    kinds: BTreeSet<Kind>,
}

impl Wanted {
    /// What these controls read on a provider.
    pub fn by(controls: &[&'static Control], provider: Provider) -> Self {
        let mut wanted = Self::default();
        for control in controls.iter().filter(|control| control.judges(provider)) {
            wanted.facts.extend(control.test.reads);
            wanted.kinds.extend(control.kinds());
        }
        wanted
    }

    /// These facts, and the listings of these kinds and of the kinds that the facts belong to.
    pub fn of(facts: &[FactId], kinds: &[Kind]) -> Self {
        let facts: BTreeSet<FactId> = facts.iter().copied().collect();
        let kinds = kinds.iter().copied().chain(facts.iter().map(|fact| fact.kind)).collect();
        Self { facts, kinds }
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
