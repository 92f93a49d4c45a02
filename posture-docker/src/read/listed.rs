//! The resources of a scope: with the facts that are wanted, and each with an ID of its own.

use std::collections::BTreeMap;

use posture_model::gap::GapId;
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{Daemon, FactId, Resource, Workload};
use posture_model::wanted::Wanted;

/// What every resource that is read here has.
pub(super) trait Own: Resource {
    fn identity(&mut self) -> &mut String;
}

impl Own for Workload {
    fn identity(&mut self) -> &mut String {
        &mut self.id
    }
}

impl Own for Daemon {
    fn identity(&mut self) -> &mut String {
        &mut self.id
    }
}

/// The resources with the facts that are wanted. Two of the same ID are distinguished by their file, or by their number.
pub(super) fn listed<R: Own>(
    mut items: Vec<R>,
    missing: Vec<GapId>,
    wanted: &Wanted,
) -> Listing<R> {
    if !wanted.kind(R::KIND) {
        return Listing::not_collected();
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for item in &mut items {
        for fact in R::FACTS {
            let id = FactId { kind: R::KIND, name: fact.name };
            if !wanted.fact(id) && fact.providers.contains(&Provider::Docker) {
                item.hide(fact.name, GapId::NOT_COLLECTED);
            }
        }
        let id = item.id().to_owned();
        let known = seen.entry(id.clone()).or_default();
        *known += 1;
        let number = *known;
        if number > 1 {
            let file = item.source().map(|source| format!("{id}@{}", source.file));
            let again = file.filter(|again| !seen.contains_key(again));
            let unique = again.unwrap_or_else(|| format!("{id}#{number}"));
            seen.insert(unique.clone(), 1);
            *item.identity() = unique;
        }
    }
    let mut gaps = missing;
    gaps.sort_unstable();
    gaps.dedup();
    Listing { items, gaps }
}
