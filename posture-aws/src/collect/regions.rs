//! The regions of the account, and what is read in each of them.

use futures::future::join_all;
use posture_collect::CollectError;
use posture_model::listing::Listing;
use posture_model::scope::Region;

use super::context::{Audit, Regions};
use crate::ask::CallError;
use crate::entry::{Action, LIST_REGIONS};
use crate::wire::services::ACCOUNT;
use crate::wire::{Constant, Operation, answers, words};

words! {
    /// Whether an account may use a region.
    RegionStatus {
        Enabled = "ENABLED",
        EnabledByDefault = "ENABLED_BY_DEFAULT",
        Enabling = "ENABLING",
        Disabling = "DISABLING",
        Disabled = "DISABLED",
    }
}

answers! {
    /// A page of regions.
    ListRegions {
        regions: "Regions" optional records(ListedRegion),
    }

    ListedRegion {
        region_name: "RegionName" optional text,
        region_opt_status: "RegionOptStatus" optional word(RegionStatus),
    }
}

pub(crate) static LIST_ALL_REGIONS: Operation<0, ListRegions<'_>> =
    Operation::new(&ACCOUNT, LIST_REGIONS, "ListRegions")
        .at("POST", "/listRegions")
        .given(&[("MaxResults", Constant::Whole(50))])
        .pages("NextToken", "NextToken");

/// The regions of the account, requested once, by the first reader that needs them.
pub(super) async fn of<'a>(audit: &'a Audit<'_>) -> &'a Result<Regions, CollectError> {
    audit.regions.get_or_init(|| Box::pin(audit.observed("regions", "", find(audit)))).await
}

/// A listing of every region that is read, if the wanted facts require this action.
pub(super) async fn listing<'r, T, F: Future<Output = Listing<T>>>(
    audit: &'r Audit<'_>,
    action: &Action,
    service: &'static str,
    one: impl Fn(&'r str) -> F,
) -> Listing<T> {
    if !audit.calls(action) {
        return Listing::not_collected();
    }
    // Where a region was named that does not exist, the audit ends without a scope.
    let Ok(regions) = of(audit).await else { return Listing::not_collected() };
    let parts = regions.read().map(|region| audit.observed(service, region, one(region)));
    let mut all = Listing::complete(Vec::new());
    all.gaps.extend(regions.gap_id(audit));
    for part in join_all(parts).await {
        all.merge(part);
    }
    all
}

/// One resource for each region that is read, if the wanted facts require this action.
pub(super) async fn each<'r, T, F: Future<Output = T>>(
    audit: &'r Audit<'_>,
    action: &Action,
    service: &'static str,
    one: impl Fn(&'r str) -> F,
) -> Listing<T> {
    let one = |region| {
        let item = one(region);
        async move { Listing::complete(vec![item.await]) }
    };
    listing(audit, action, service, one).await
}

/// Finds the regions of the account with
/// [ListRegions](https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html). Regions that were named
/// are read even if the list is denied.
async fn find(audit: &Audit<'_>) -> Result<Regions, CollectError> {
    let home = audit.session.home_region();
    let client = audit.session.client(home, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_ALL_REGIONS, home, []).await;
    let found = || pages.iter().flat_map(|page| page.read().regions());
    let nameless = found().any(|region| region.region_name().is_none());
    let refused = CallError::or_nameless(refused, nameless, LIST_REGIONS, home);
    let mut regions: Vec<Region> = found()
        .filter_map(|region| {
            use RegionStatus::{Disabled, Enabling};
            let name = region.region_name()?.to_owned();
            let enabled = !matches!(region.region_opt_status(), Some(Disabled | Enabling));
            Some(Region { excluded: !audit.reads_region(&name), name, enabled })
        })
        .collect();
    let mut gap = refused.map(|refused| refused.into_gap());
    for name in &audit.options.regions {
        if regions.iter().any(|region| region.name.eq_ignore_ascii_case(name)) {
            continue;
        }
        if gap.is_none() {
            let known = regions.into_iter().map(|region| region.name).collect();
            return Err(CollectError::NoSuchRegion { name: name.clone(), known });
        }
        let excluded = !audit.reads_region(name);
        regions.push(Region { name: name.to_ascii_lowercase(), enabled: true, excluded });
    }
    if !audit.options.regions.is_empty() {
        // A configured list of regions leaves the others out on purpose, also those that could not be listed.
        gap = None;
    }
    if regions.is_empty() {
        // What is configured can be read at least; that there may be more is a gap of every regional listing.
        let name = audit.session.region().to_owned();
        regions.push(Region { excluded: !audit.reads_region(&name), name, enabled: true });
    }
    Ok(Regions { regions, gap })
}
