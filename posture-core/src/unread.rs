//! What could not be read, in a readable summary: "3 of 391 buckets: `s3:GetBucketPolicy` denied".

use std::collections::{BTreeMap, BTreeSet};

use crate::gap::{Gap, GapId, Reason};
use crate::resource::{FactId, Kind, Resource};
use crate::scope::{Scope, Visit};
use crate::source::Source;
use crate::wanted::Wanted;

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

/// What could not be read in a scope of what is wanted, incomplete lists first, then by kind and by how many resources are
/// affected. What was not requested is left out.
pub fn unread(scope: &Scope, wanted: &Wanted) -> Vec<Unread> {
    type Key<'s> = (bool, Kind, &'s str, Reason);
    type Found<'s> = (std::collections::BTreeSet<usize>, Vec<&'s Gap>);
    struct Collect<'s> {
        scope: &'s Scope,
        wanted: &'s Wanted,
        found: BTreeMap<Key<'s>, Found<'s>>,
    }
    impl<'s> Collect<'s> {
        fn add(&mut self, kind: Kind, place: Option<usize>, id: GapId) {
            if id == GapId::NOT_COLLECTED {
                return;
            }
            let Some(gap) = self.scope.gap(id) else { return };
            // Each mistake in a file is listed by itself.
            if gap.reason == Reason::InvalidFile {
                return;
            }
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
            if self.wanted.kind(R::KIND) {
                for gap in gaps {
                    self.add(R::KIND, None, *gap);
                }
            }
            for (place, resource) in resources.iter().enumerate() {
                for fact in R::FACTS {
                    if !self.wanted.fact(FactId { kind: R::KIND, name: fact.name }) {
                        continue;
                    }
                    if let Some(gap) = resource.gap(fact.name) {
                        self.add(R::KIND, Some(place), gap);
                    }
                }
            }
        }
    }
    let mut collect = Collect { scope, wanted, found: BTreeMap::new() };
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
    let mut all = invalid_files(scope);
    all.append(&mut rows);
    all
}

/// The mistakes in the files that were given to the audit, one by one, whatever is wanted: what such a file declares is not
/// judged.
fn invalid_files(scope: &Scope) -> Vec<Unread> {
    /// The first kind whose list each gap keeps from being complete.
    #[derive(Default)]
    struct First(BTreeMap<GapId, Kind>);
    impl Visit for First {
        fn resources<R: Resource>(&mut self, _: &[R], gaps: &[GapId]) {
            for gap in gaps {
                self.0.entry(*gap).or_insert(R::KIND);
            }
        }
    }
    let numbered = (0_u32..).map(GapId::new).zip(&scope.gaps);
    let mut invalid: Vec<(GapId, &Gap)> =
        numbered.filter(|(_, gap)| gap.reason == Reason::InvalidFile).collect();
    if invalid.is_empty() {
        return Vec::new();
    }
    invalid.sort_by_cached_key(|(_, gap)| Source::of_target(&gap.target));
    let mut first = First::default();
    scope.visit(&mut first);
    let row = |(id, gap): (GapId, &Gap)| {
        let detail = gap.detail.as_deref().unwrap_or_default();
        Unread {
            kind: first.0.get(&id).copied().unwrap_or(Kind::Account),
            affected: None,
            population: 0,
            action: gap.action.clone(),
            reason: gap.reason,
            regions: Vec::new(),
            detail: Some(format!("{}: {detail}", gap.target)),
        }
    };
    invalid.into_iter().map(row).collect()
}

/// What could not be read, each thing once, with the kinds that it is about: one cause may keep many lists from being complete,
/// such as a region that denies everything. These are the things that reports and logs count as not read; each may have several
/// gaps behind it, such as one for each resource.
pub fn by_cause(rows: &[Unread]) -> Vec<(Vec<Kind>, Unread)> {
    let mut things: Vec<(Vec<Kind>, Unread)> = Vec::new();
    for row in rows {
        let same = |other: &Unread| {
            other.affected.is_none()
                && row.affected.is_none()
                && row.reason != Reason::InvalidFile
                && (&other.action, other.reason, &other.regions)
                    == (&row.action, row.reason, &row.regions)
        };
        match things.iter_mut().find(|(_, other)| same(other)) {
            Some((kinds, _)) => kinds.push(row.kind),
            None => things.push((vec![row.kind], row.clone())),
        }
    }
    things
}

/// The gaps of a scope behind nothing that is wanted. One that is behind nothing at all is not among them.
pub(crate) fn aside(scope: &Scope, wanted: &Wanted) -> BTreeSet<GapId> {
    struct Split<'w> {
        wanted: &'w Wanted,
        needed: BTreeSet<GapId>,
        others: BTreeSet<GapId>,
    }
    impl Split<'_> {
        fn add(&mut self, is_wanted: bool, gap: GapId) {
            if is_wanted { &mut self.needed } else { &mut self.others }.insert(gap);
        }
    }
    impl Visit for Split<'_> {
        fn resources<R: Resource>(&mut self, resources: &[R], gaps: &[GapId]) {
            let is_wanted = self.wanted.kind(R::KIND);
            gaps.iter().for_each(|gap| self.add(is_wanted, *gap));
            for fact in R::FACTS {
                let is_wanted = self.wanted.fact(FactId { kind: R::KIND, name: fact.name });
                let gaps = resources.iter().filter_map(|resource| resource.gap(fact.name));
                gaps.for_each(|gap| self.add(is_wanted, gap));
            }
        }
    }
    let mut split = Split { wanted, needed: BTreeSet::new(), others: BTreeSet::new() };
    scope.visit(&mut split);
    let Split { mut others, needed, .. } = split;
    // Those that every scope has are not read errors.
    others.retain(|gap| *gap > GapId::OUTSIDE_SCOPE);
    others.retain(|gap| !needed.contains(gap) && Some(*gap) != scope.time_unknown);
    let is_invalid =
        |gap: &GapId| scope.gap(*gap).is_some_and(|gap| gap.reason == Reason::InvalidFile);
    others.retain(|gap| !is_invalid(gap));
    others
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
        let all = Wanted::of(&[Bucket::TLS_ENFORCED, Bucket::POLICY_PUBLIC_READ], &[Kind::Key]);
        let rows = unread(&scope, &all);
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert_eq!((rows[0].kind, rows[0].affected), (Kind::Key, None));
        assert_eq!(rows[0].regions, ["eu-west-1"]);
        assert_eq!(
            (rows[1].kind, rows[1].affected, rows[1].population),
            (Kind::Bucket, Some(2), 3)
        );
        // What is not wanted is not reported, and the gaps behind it are set aside.
        assert_eq!(aside(&scope, &all), BTreeSet::new());
        let tls = Wanted::of(&[Bucket::TLS_ENFORCED], &[]);
        assert_eq!(unread(&scope, &tls), rows[1..]);
        assert_eq!(aside(&scope, &tls), BTreeSet::from([denied]));
        let keys = Wanted::of(&[], &[Kind::Key]);
        assert_eq!(unread(&scope, &keys), rows[..1]);
        assert_eq!(aside(&scope, &keys).len(), 2);
        scope.time_unknown = Some(denied);
        assert!(aside(&scope, &tls).is_empty());
    }
}
