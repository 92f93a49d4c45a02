//! What could not be read, in a readable summary: "3 of 391 buckets: `s3:GetBucketPolicy` denied".

use std::collections::BTreeMap;

use crate::gap::{Gap, GapId, Reason};
use crate::resource::{Kind, Resource};
use crate::scope::{Scope, Visit};

/// Gaps of one cause on resources of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The kind of resource.
    pub kind: Kind,
    /// How many resources lack a fact for this cause; none if the list itself is not complete.
    pub affected: Option<usize>,
    /// How many resources of this kind were found.
    pub population: usize,
    /// The action that did not answer.
    pub action: String,
    /// Why.
    pub reason: Reason,
    /// In which regions, for regional services.
    pub regions: Vec<String>,
    /// An example of the provider's message, which is as hostile as any text from outside.
    pub detail: Option<String>,
}

/// Everything that could not be read in a scope, incomplete lists first, then by kind and by how many resources are
/// affected. What was not requested is left out.
pub fn unread(scope: &Scope) -> Vec<Unread> {
    type Key<'s> = (bool, Kind, &'s str, Reason);
    type Found<'s> = (std::collections::BTreeSet<usize>, Vec<&'s Gap>);
    struct Collect<'s> {
        scope: &'s Scope,
        found: BTreeMap<Key<'s>, Found<'s>>,
    }
    impl<'s> Collect<'s> {
        fn add(&mut self, kind: Kind, place: Option<usize>, id: GapId) {
            if id == GapId::NOT_COLLECTED {
                return;
            }
            let Some(gap) = self.scope.gap(id) else { return };
            let key = (place.is_some(), kind, gap.action.as_str(), gap.reason);
            let (places, gaps) = self.found.entry(key).or_default();
            places.extend(place);
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
    }
    impl Visit for Collect<'_> {
        fn resources<R: Resource>(&mut self, resources: &[R], gaps: &[GapId]) {
            for gap in gaps {
                self.add(R::KIND, None, *gap);
            }
            for (place, resource) in resources.iter().enumerate() {
                for fact in R::FACTS {
                    if let Some(gap) = resource.gap(fact.name) {
                        self.add(R::KIND, Some(place), gap);
                    }
                }
            }
        }
    }
    let mut collect = Collect { scope, found: BTreeMap::new() };
    scope.visit(&mut collect);
    let rows = collect.found.into_iter().map(|((facts, kind, action, reason), (places, gaps))| {
        let mut regions: Vec<String> = gaps.iter().filter_map(|gap| gap.region.clone()).collect();
        regions.sort_unstable();
        regions.dedup();
        Unread {
            kind,
            affected: facts.then_some(places.len()),
            population: scope.population(kind),
            action: action.to_owned(),
            reason,
            regions,
            detail: gaps.iter().find_map(|gap| gap.detail.clone()),
        }
    });
    let mut rows: Vec<Unread> = rows.collect();
    rows.sort_by_cached_key(|row| {
        (row.affected.is_some(), row.kind, std::cmp::Reverse(row.affected), row.action.clone())
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Known};
    use crate::provider::Provider;
    use crate::resource::Bucket;

    #[test]
    fn gaps_of_one_cause_are_one_line() {
        let mut scope = Scope::empty(Provider::Aws, "1");
        for name in ["a", "b", "c"] {
            let gap = scope.add_gap(Gap::new("s3:GetBucketPolicy", name, Reason::Denied));
            let bucket = Bucket::unread(name, name, None);
            scope.buckets.items.push(if name == "c" {
                bucket.tls_enforced(Known(true))
            } else {
                bucket.tls_enforced(Fact::Gap(gap)).policy_public_read(Fact::Gap(gap))
            });
        }
        let mut denied = Gap::new("kms:ListKeys", "", Reason::Denied);
        denied.region = Some("eu-west-1".to_owned());
        let denied = scope.add_gap(denied);
        scope.keys.gaps.push(denied);
        let rows = unread(&scope);
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert_eq!((rows[0].kind, rows[0].affected), (Kind::Key, None));
        assert_eq!(rows[0].regions, ["eu-west-1"]);
        assert_eq!(
            (rows[1].kind, rows[1].affected, rows[1].population),
            (Kind::Bucket, Some(2), 3)
        );
    }
}
