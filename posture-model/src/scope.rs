//! One audited account, subscription or tenant, with everything read from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::gap::{Gap, GapId, Reason};
use crate::listing::Listing;
use crate::listings;
use crate::provider::Provider;
use crate::resource::*;
use crate::skew::{Clock, Skew};
use crate::time::Time;

pub use crate::kind::Level;

/// How often an action was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Calls {
    /// Operations requested; a page of a listing is one.
    pub operations: u64,
    /// Requests on the wire: the operations and their retries.
    pub attempts: u64,
    /// Attempts that were answered with "too fast".
    #[serde(default, skip_serializing_if = "is_zero")]
    pub throttled: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A region and whether it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// The provider's name, such as `eu-central-1`.
    pub name: String,
    /// Whether the account can use it. A region that is not enabled has nothing to check.
    pub enabled: bool,
    /// Whether it was left out of the audit by request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub excluded: bool,
}

macro_rules! scope {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, $levels:tt; )*) => {
        /// One audited account, subscription or tenant, with everything read from it.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields)]
        pub struct Scope {
            /// The cloud.
            pub provider: Provider,
            /// Whether it is an account or a level above accounts.
            #[serde(default, skip_serializing_if = "Level::is_account")]
            pub level: Level,
            /// The provider's number of the account.
            pub id: String,
            /// The name by which people know it, if there is one.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub name: Option<String>,
            /// The part of the cloud it lives in, such as `aws`, `aws-cn`, `aws-us-gov`.
            pub partition: String,
            /// The identity by which it was read.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub identity: Option<String>,
            /// When reading began.
            pub started: Time,
            /// When reading ended.
            pub finished: Time,
            /// By how many seconds the clock of the machine that read it was ahead of the provider's, where that matters. The
            /// times are the provider's then.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub clock_ahead_seconds: Option<i64>,
            /// Why the time of reading is unknown, and so how old anything in it is; the times are then those of this
            /// machine. None if the times can be relied on.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub time_unknown: Option<GapId>,
            /// The regions, ordered by name.
            pub regions: Vec<Region>,
            /// The account itself.
            pub account: Account,
            $(
                #[doc = concat!("Its ", $many, ".")]
                #[serde(default, skip_serializing_if = "not_collected")]
                pub $listing: Listing<$name>,
            )*
            /// What could not be read. Facts and listings point here by number.
            #[serde(deserialize_with = "crate::budget::list")]
            pub gaps: Vec<Gap>,
            /// How often each action was called.
            pub calls: BTreeMap<String, Calls>,
        }

        impl Scope {
            /// A scope with nothing known yet.
            pub fn unread(provider: Provider, id: impl Into<String>, partition: impl Into<String>, started: Time) -> Self {
                let id = id.into();
                Self {
                    provider,
                    level: Level::Account,
                    account: Account::unread_on(provider, id.clone(), id.clone(), None),
                    id,
                    name: None,
                    partition: partition.into(),
                    identity: None,
                    started,
                    finished: started,
                    clock_ahead_seconds: None,
                    time_unknown: None,
                    regions: Vec::new(),
                    $( $listing: Listing::not_collected(), )*
                    gaps: vec![Gap::not_collected(), Gap::outside_scope()],
                    calls: BTreeMap::new(),
                }
            }

            /// A scope that could not be read at all, for one reason: an account that denied access.
            pub fn refused(
                provider: Provider,
                id: impl Into<String>,
                partition: impl Into<String>,
                at: Time,
                why: Gap,
            ) -> Self {
                let mut scope = Self::unread(provider, id, partition, at);
                let gap = scope.add_gap(why);
                for fact in <Account as Resource>::FACTS {
                    scope.account.hide(fact.name, gap);
                }
                $( scope.$listing = Listing::unread(gap); )*
                scope
            }

            /// A scope that holds nothing: every listing was read in full and is empty. For tests and examples.
            pub fn empty(provider: Provider, id: impl Into<String>) -> Self {
                Self {
                    $( $listing: Listing::complete(Vec::new()), )*
                    ..Self::unread(provider, id, provider.id(), Time::from_unix(0))
                }
            }

            /// Does something with the resources of each kind in turn.
            pub fn visit<V: Visit>(&self, visitor: &mut V) {
                visitor.resources(std::slice::from_ref(&self.account), &[]);
                $( visitor.resources(&self.$listing.items, &self.$listing.gaps); )*
            }

            /// The same, mutable.
            pub fn visit_mut<V: VisitMut>(&mut self, visitor: &mut V) {
                visitor.resources(std::slice::from_mut(&mut self.account), None);
                $( visitor.resources(&mut self.$listing.items, Some(&mut self.$listing.gaps)); )*
            }

            /// What is missing from the listing of a kind.
            pub fn listing_gaps(&self, kind: Kind) -> &[GapId] {
                match kind {
                    Kind::Account => &[],
                    $( Kind::$name => &self.$listing.gaps, )*
                }
            }

            /// How many resources of a kind were found.
            pub fn population(&self, kind: Kind) -> usize {
                match kind {
                    Kind::Account => 1,
                    $( Kind::$name => self.$listing.items.len(), )*
                }
            }

            /// The resource at a place of its listing.
            pub fn subject(&self, kind: Kind, place: usize) -> Option<Subject<'_>> {
                match kind {
                    Kind::Account => (place == 0).then(|| Subject::of(&self.account)),
                    $( Kind::$name => self.$listing.items.get(place).map(Subject::of), )*
                }
            }

            /// A fact of the resource at a place of its listing, in the snapshot's form.
            pub fn show(&self, kind: Kind, place: usize, fact: &str) -> Option<serde_json::Value> {
                match kind {
                    Kind::Account => self.account.show(fact),
                    $( Kind::$name => self.$listing.items.get(place).and_then(|r| r.show(fact)), )*
                }
            }

            /// The resource at a place of its listing, with its facts by name.
            pub fn facts(&self, kind: Kind, place: usize) -> Option<&dyn Facts> {
                match kind {
                    Kind::Account => (place == 0).then_some(&self.account as &dyn Facts),
                    $( Kind::$name => self.$listing.items.get(place).map(|r| r as &dyn Facts), )*
                }
            }

            /// Adds a resource in the snapshot's form to the list of its kind; an account replaces the existing one.
            ///
            /// # Errors
            /// If it is not a resource of that kind.
            pub fn put(&mut self, kind: Kind, resource: serde_json::Value) -> Result<(), serde_json::Error> {
                match kind {
                    Kind::Account => self.account = serde_json::from_value(resource)?,
                    $( Kind::$name => self.$listing.items.push(serde_json::from_value(resource)?), )*
                }
                Ok(())
            }

            /// Forgets the resources, and keeps what is missing from their lists.
            pub fn forget_resources(&mut self) {
                $( self.$listing.items = Vec::new(); )*
            }

            /// Corrects the times by what the provider reported. If that is not plausible, no age is known:
            /// what the collector determined by this machine's clock is a gap as well.
            pub fn correct_clock(&mut self, skew: &Skew) {
                match skew.clock() {
                    Clock::Right => {}
                    Clock::Ahead(seconds) => {
                        self.clock_ahead_seconds = Some(seconds);
                        self.started = self.started.earlier(seconds);
                        self.finished = self.finished.earlier(seconds);
                    }
                    Clock::Unknown(why) => {
                        let mut gap = Gap::new("", "", Reason::Undetermined);
                        gap.detail = Some(why);
                        let gap = self.add_gap(gap);
                        self.time_unknown = Some(gap);
                        for alert in &mut self.alerts.items {
                            // Whether a trail delivered lately.
                            if alert.sees_everything.gap().is_none() {
                                alert.sees_everything = Fact::Gap(gap);
                            }
                        }
                    }
                }
            }

            /// Whether resources are ordered by id and region, and each is there once.
            pub(crate) fn is_ordered(&self) -> bool {
                true $( && self.$listing.items.is_sorted_by(|a, b| {
                    (&a.id, &a.region) < (&b.id, &b.region)
                }) )*
            }

            /// Puts everything in its canonical order, so that equal content is equal bytes: resources by id, gaps by
            /// content and once each. A resource that is listed twice is one; where the two contradict each other, its fact is
            /// malformed.
            pub fn canonicalise(&mut self) {
                $(
                    self.$listing.items.sort_by(|a, b| (&a.id, &a.region).cmp(&(&b.id, &b.region)));
                    let mut items = std::mem::take(&mut self.$listing.items);
                    one_of_each(&mut items, |gap| self.add_gap(gap));
                    self.$listing.items = items;
                )*
                self.regions.sort_by(|a, b| a.name.cmp(&b.name));
                self.renumber_gaps();
                $( self.$listing.gaps.sort_unstable(); self.$listing.gaps.dedup(); )*
            }
        }
    };
}
listings!(scope);

/// Merges neighbors of the same id and region.
fn one_of_each<R: Resource>(items: &mut Vec<R>, mut note: impl FnMut(Gap) -> GapId) {
    items.dedup_by(|twin, kept| {
        if (twin.id(), twin.region()) != (kept.id(), kept.region()) {
            return false;
        }
        for fact in R::FACTS {
            if kept.gap(fact.name).is_some() || twin.show(fact.name) == kept.show(fact.name) {
                continue;
            }
            let gap = twin.gap(fact.name).unwrap_or_else(|| {
                note(Gap {
                    region: kept.region().map(str::to_owned),
                    detail: Some("the resource is listed twice, with different values".to_owned()),
                    ..Gap::new("", kept.id(), Reason::Malformed)
                })
            });
            kept.hide(fact.name, gap);
        }
        true
    });
}

/// A resource that a scope lists: every kind except the account.
pub trait Listed: Resource + Sized {
    /// The list of a scope.
    fn listing(scope: &Scope) -> &Listing<Self>;
    /// The same, mutable.
    fn listing_mut(scope: &mut Scope) -> &mut Listing<Self>;
}

/// A resource that can be put into a scope.
pub trait Put: Resource {
    /// Adds it to the list of its kind; an account replaces the existing one.
    fn put_into(self, scope: &mut Scope);
}

impl Put for Account {
    fn put_into(self, scope: &mut Scope) {
        scope.account = self;
    }
}

macro_rules! listed {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, $levels:tt; )*) => {
        $(
            impl Listed for $name {
                fn listing(scope: &Scope) -> &Listing<Self> {
                    &scope.$listing
                }

                fn listing_mut(scope: &mut Scope) -> &mut Listing<Self> {
                    &mut scope.$listing
                }
            }

            impl Put for $name {
                fn put_into(self, scope: &mut Scope) {
                    scope.$listing.items.push(self);
                }
            }
        )*
    };
}
listings!(listed);

fn not_collected<T>(listing: &Listing<T>) -> bool {
    !listing.is_collected()
}

/// Something to be done with the resources of each kind.
pub trait Visit {
    /// Called once a kind, with what is missing from its listing.
    fn resources<R: Resource>(&mut self, resources: &[R], gaps: &[GapId]);
}

/// Something to be changed in the resources of each kind.
pub trait VisitMut {
    /// Called once per kind; the account is not a listing and has no listing gaps.
    fn resources<R: Resource>(&mut self, resources: &mut [R], gaps: Option<&mut Vec<GapId>>);
}

impl Scope {
    /// Adds a resource to the list of its kind; an account replaces the existing one.
    pub fn add<R: Put>(&mut self, resource: R) {
        resource.put_into(self);
    }

    /// Records why something could not be read, and returns the number that refers to it.
    pub fn add_gap(&mut self, gap: Gap) -> GapId {
        if let Some(known) = self.gaps.iter().position(|g| *g == gap) {
            return GapId::new(u32::try_from(known).unwrap_or(0));
        }
        let id = GapId::new(u32::try_from(self.gaps.len()).unwrap_or(0));
        self.gaps.push(gap);
        id
    }

    /// Its position among others: by provider, then accounts before tenants, then ID.
    pub fn place(&self) -> (Provider, Level, &str) {
        (self.provider, self.level, &self.id)
    }

    /// The gaps that are not just "not requested" or "elsewhere".
    pub fn real_gaps(&self) -> impl Iterator<Item = &Gap> {
        self.gaps.iter().skip(GapId::OUTSIDE_SCOPE.index() + 1)
    }

    /// Whether resources of a kind are in a scope such as this.
    pub fn holds(&self, kind: Kind) -> bool {
        self.level.holds(self.provider, kind)
    }

    /// The gap of this number.
    pub fn gap(&self, id: GapId) -> Option<&Gap> {
        match id {
            GapId::NO_ANSWER => return Some(Gap::no_answer()),
            GapId::AHEAD_OF_TIME => return Some(Gap::ahead_of_time()),
            GapId::VENDOR_SUPPORT => return Some(Gap::vendor_support()),
            _ => {}
        }
        self.gaps.get(id.index())
    }

    fn renumber_gaps(&mut self) {
        struct Renumber(Vec<GapId>);
        impl VisitMut for Renumber {
            fn resources<R: Resource>(
                &mut self,
                resources: &mut [R],
                gaps: Option<&mut Vec<GapId>>,
            ) {
                for resource in resources {
                    for fact in R::FACTS {
                        if let Some(old) = resource.gap(fact.name) {
                            resource.renumber(fact.name, self.new_id(old));
                        }
                    }
                }
                for gap in gaps.into_iter().flatten() {
                    *gap = self.new_id(*gap);
                }
            }
        }
        impl Renumber {
            fn new_id(&self, old: GapId) -> GapId {
                self.0.get(old.index()).copied().unwrap_or(GapId::NOT_COLLECTED)
            }
        }

        let old = std::mem::take(&mut self.gaps);
        let reserved = [Gap::not_collected(), Gap::outside_scope()];
        let mut rest: Vec<&Gap> = old.iter().filter(|gap| !reserved.contains(gap)).collect();
        // A request has another number in each run.
        rest.sort_by_key(|gap| {
            let Gap { action, target, region, reason, code, request_id, detail } = *gap;
            (action, target, region, reason, code, detail, request_id)
        });
        rest.dedup();
        let order: BTreeMap<&Gap, GapId> = reserved
            .iter()
            .chain(rest.iter().copied())
            .enumerate()
            .map(|(i, gap)| (gap, GapId::new(u32::try_from(i).unwrap_or(0))))
            .collect();
        let mut renumber = Renumber(
            old.iter().map(|gap| order.get(gap).copied().unwrap_or(GapId::NOT_COLLECTED)).collect(),
        );
        let gaps = reserved.iter().chain(rest).cloned().collect();
        self.visit_mut(&mut renumber);
        self.time_unknown = self.time_unknown.map(|gap| renumber.new_id(gap));
        self.gaps = gaps;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_collection_does_not_show() {
        let one = Gap::new("s3:GetBucketAcl", "b", Reason::Denied);
        let two = Gap::new("s3:GetBucketAcl", "a", Reason::Denied);
        let make = |gaps: [&Gap; 2], names: [&str; 2]| {
            let mut scope = Scope::empty(Provider::Aws, "1");
            for gap in gaps {
                scope.add_gap(gap.clone());
            }
            for name in names {
                let gap = if name == "a" { &two } else { &one };
                let id = scope.add_gap(gap.clone());
                scope
                    .buckets
                    .items
                    .push(Bucket::unread(name, name, None).tls_enforced(Fact::Gap(id)));
                scope.buckets.gaps.push(id);
            }
            scope.canonicalise();
            scope
        };
        let straight = make([&one, &two], ["a", "b"]);
        assert_eq!(straight, make([&two, &one], ["b", "a"]));
        let gap = straight.buckets.items[0].tls_enforced.gap().and_then(|id| straight.gap(id));
        assert_eq!(gap, Some(&two));
    }

    #[test]
    fn a_resource_that_is_listed_twice_is_one_and_unknown_where_it_contradicts_itself() {
        let bucket = |region, tls| {
            let bucket = Bucket::unread("a", "a", region).tls_enforced(Fact::Known(tls));
            bucket.mfa_delete(Fact::Known(true))
        };
        let mut scope = Scope::empty(Provider::Aws, "1");
        scope.buckets.items = vec![
            bucket(None, true),
            bucket(Some("eu-west-1"), true),
            bucket(None, true),
            bucket(Some("eu-west-1"), false),
        ];
        assert!(!scope.is_ordered());
        scope.canonicalise();
        assert!(scope.is_ordered());
        let [one, other] = scope.buckets.items.as_slice() else { panic!("{:?}", scope.buckets) };
        assert_eq!((one, &one.tls_enforced), (&bucket(None, true), &Fact::Known(true)));
        assert_eq!(other.mfa_delete, Fact::Known(true));
        let gap = other.tls_enforced.gap().and_then(|id| scope.gap(id)).unwrap();
        assert_eq!((gap.reason, gap.region.as_deref()), (Reason::Malformed, Some("eu-west-1")));
        let once = scope.clone();
        scope.canonicalise();
        assert_eq!(scope, once);
    }

    #[test]
    fn a_time_that_is_not_known_stays_unknown_in_any_order() {
        let mut scope = Scope::empty(Provider::Aws, "1");
        scope.alerts.items.push(Alert::unread("a", "a", None).sees_everything(Fact::Known(true)));
        let skew = Skew::default();
        let now = "2027-10-21T07:00:00Z".parse().unwrap();
        skew.note("Thu, 01 Jan 1970 00:00:00 GMT", now, now);
        scope.correct_clock(&skew);
        scope.add_gap(Gap::new("", "", Reason::Denied));
        scope.canonicalise();
        let gap = scope.time_unknown.and_then(|id| scope.gap(id)).unwrap();
        assert_eq!(gap.reason, Reason::Undetermined);
        assert_eq!(scope.alerts.items[0].sees_everything.gap(), scope.time_unknown);
        assert_eq!(scope.clock_ahead_seconds, None);
    }
}
