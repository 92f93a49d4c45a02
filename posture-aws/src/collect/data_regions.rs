//! The regions in which the account stores or processes data, by what was listed.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId};
use posture_model::listing::Listing;
use posture_model::resource::{Kind, Resource};
use posture_model::scope::Scope;
use posture_model::text::counted;

use super::alerts::LOG_GROUPS;
use super::cloudtrail::LIST_STORES;
use super::vpc::actions::INSTANCES;
use crate::entry::LIST_REGIONS;

/// What is in each region, and why there may be more.
#[derive(Default)]
struct Found {
    there: BTreeMap<String, BTreeMap<Kind, usize>>,
    gaps: BTreeSet<GapId>,
}

impl Found {
    fn add<R: Resource>(&mut self, listing: &Listing<R>) {
        self.gaps.extend(&listing.gaps);
        for resource in &listing.items {
            match resource.region() {
                Some(region) => {
                    let there = self.there.entry(region.to_owned()).or_default();
                    *there.entry(R::KIND).or_default() += 1;
                }
                // Every fact of a bucket whose region could not be read is the reason.
                None => self.gaps.extend(R::FACTS.iter().find_map(|fact| resource.gap(fact.name))),
            }
        }
    }
}

/// The regions by the listings of what holds data. A listing that lacks one region leaves that region open, and no other.
pub(super) fn of(scope: &mut Scope) -> Fact<Entries> {
    let mut found = Found::default();
    found.add(&scope.buckets);
    found.add(&scope.log_groups);
    found.add(&scope.event_stores);
    found.add(&scope.machines);
    if scope.regions.iter().any(|region| region.enabled && region.excluded) {
        let left_out = "the audit leaves out regions, which may hold data";
        found.gaps.insert(scope.add_gap(Gap::undetermined(LIST_REGIONS, "", left_out)));
    }
    let words = |(kind, count): (&Kind, &usize)| counted(*count, kind.one(), kind.many());
    let entry = |(region, there): (&String, &BTreeMap<Kind, usize>)| {
        format!("{region}: {}", there.iter().map(words).collect::<Vec<_>>().join(", "))
    };
    let certain = found.there.iter().map(entry).collect();
    let named: Option<Vec<String>> = found.gaps.iter().map(|gap| region_of(scope, *gap)).collect();
    Entries::new(certain, found.gaps.first().copied()).naming(named.unwrap_or_default()).into_fact()
}

/// The only region that a gap leaves open: that of a call which lists what is in its own region.
fn region_of(scope: &Scope, gap: GapId) -> Option<String> {
    let gap = scope.gap(gap)?;
    let regional = [LOG_GROUPS.name, LIST_STORES.name, INSTANCES.name];
    gap.region.clone().filter(|_| regional.contains(&gap.action.as_str()))
}

#[cfg(test)]
mod tests {
    use posture_model::fact::Known;
    use posture_model::gap::Reason;
    use posture_model::provider::Provider;
    use posture_model::resource::{Bucket, LogGroup};
    use posture_model::scope::Region;

    use super::*;

    fn scope() -> Scope {
        let mut scope = Scope::empty(Provider::Aws, "1");
        for (name, region) in [("a", "eu-west-1"), ("b", "eu-west-1"), ("c", "us-east-1")] {
            scope.add(Bucket::unread(name, name, Some(region)));
        }
        scope.add(LogGroup::unread("g", "g", Some("eu-west-1")));
        scope
    }

    fn gap(action: &str, region: Option<&str>) -> Gap {
        let mut gap = Gap::new(action, "", Reason::Denied);
        gap.region = region.map(str::to_owned);
        gap
    }

    #[test]
    fn each_region_is_named_with_what_is_there() {
        let found = of(&mut scope());
        let all = ["eu-west-1: 2 buckets, 1 log group", "us-east-1: 1 bucket"];
        assert_eq!(found, Known(Entries::from(all)));
        assert_eq!(of(&mut Scope::empty(Provider::Aws, "1")), Known(Entries::none()));
    }

    #[test]
    fn a_listing_that_lacks_a_region_leaves_that_region_open_and_one_of_all_regions_every_one() {
        let mut one = scope();
        let denied = one.add_gap(gap("logs:DescribeLogGroups", Some("ap-south-1")));
        one.log_groups.gaps.push(denied);
        let Known(found) = of(&mut one) else { panic!() };
        assert_eq!(
            (found.undecided(), found.named()),
            (Some(denied), &["ap-south-1".to_owned()][..])
        );
        // The region of a call that lists the buckets of every region says nothing of where they are.
        for action in ["s3:ListAllMyBuckets", "account:ListRegions"] {
            let denied = one.add_gap(gap(action, Some("us-east-1")));
            one.buckets.gaps = vec![denied];
            let Known(found) = of(&mut one) else { panic!() };
            assert!(found.undecided().is_some() && found.named().is_empty(), "{action}");
        }
    }

    #[test]
    fn a_bucket_of_an_unknown_region_and_regions_that_are_left_out_leave_it_open() {
        let mut unlocated = scope();
        let denied = unlocated.add_gap(gap("s3:GetBucketLocation", None));
        let mut bucket = Bucket::unread("d", "d", None);
        assert!(Bucket::FACTS.iter().all(|fact| bucket.hide(fact.name, denied)));
        unlocated.add(bucket);
        let Known(found) = of(&mut unlocated) else { panic!() };
        assert_eq!((found.undecided(), found.named().len()), (Some(denied), 0));

        let mut partly = scope();
        let region =
            |name: &str, enabled, excluded| Region { name: name.to_owned(), enabled, excluded };
        partly.regions = vec![region("eu-west-1", true, false), region("af-south-1", false, true)];
        assert!(matches!(of(&mut partly), Known(found) if found.undecided().is_none()));
        partly.regions.push(region("us-west-2", true, true));
        assert!(matches!(of(&mut partly), Known(found) if found.undecided().is_some()));
    }
}
