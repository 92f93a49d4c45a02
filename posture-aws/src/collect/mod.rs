//! Reads an account into a scope: every service at once, within bounds, and no failure ends the audit.

pub(crate) mod account;
mod acl;
pub(crate) mod alerts;
mod cloudtrail;
mod context;
mod filter_pattern;
pub(crate) mod iam;
pub(crate) mod keys;
mod organization;
pub(crate) mod regional;
mod resource_policy;
mod s3;
mod selectors;
pub(crate) mod table;

pub use posture_collect::{CollectError, Event, Observer};
use posture_core::listing::Listing;
use posture_core::part::Part;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::{Region, Scope};
use posture_core::wanted::Wanted;
use tokio::sync::{OnceCell, watch};

use crate::action::holds;
use crate::ask::{Asker, Refused};
use crate::entry::LIST_REGIONS;
use crate::members;
use crate::session::Session;
pub use context::Options;
use context::{Audit, Regions, now};

use crate::wire::services::ACCOUNT;
use crate::wire::spec::Spec;
use crate::wire::{Given, Operation, answers, words};

/// Reads what is wanted of an account.
///
/// What could not be read is a gap in the scope. When `stop` turns true, everything that was not read by then is a gap
/// too.
///
/// # Errors
/// When a region was named that does not exist; nothing else ends an audit.
pub async fn collect(
    session: &Session,
    wanted: &Wanted,
    options: &Options,
    observer: &Observer,
    stop: watch::Receiver<bool>,
) -> Result<Scope, CollectError> {
    let started = now();
    let ask = Asker::new(options.concurrency, options.max_rate, stop);
    let ask = if session.is_simulated() { ask.unpaced() } else { ask };
    let meter = session.meter_by(holds);
    let mut scope = Scope::unread(Provider::Aws, session.account(), session.source(), started);
    scope.identity = Some(session.arn().to_owned());
    {
        let audit = Audit {
            session,
            ask: &ask,
            meter: &meter,
            wanted,
            options,
            observer,
            organization: OnceCell::new(),
        };
        let (regional, s3, iam, contacts, organization) = futures::join!(
            regional(&audit),
            audit.observed("s3", "", s3::collect(&audit)),
            audit.observed("iam", "", iam::collect(&audit)),
            audit.observed("account", "", account::collect(&audit)),
            audit.observed("organizations", "", organization::collect(&audit)),
        );
        let (regions, regional) = regional?;
        scope.regions = regions;
        for part in regional.into_iter().chain([s3, iam, contacts, organization]) {
            scope.merge(part);
        }
    }
    scope.gaps = ask.into_gaps();
    scope.calls = meter.calls();
    scope.calls.extend(session.login_calls().clone());
    scope.finished = now();
    scope.correct_clock(session.skew());
    scope.canonicalise();
    Ok(scope)
}

/// Reads what is regional, and which regions there are.
async fn regional(audit: &Audit<'_>) -> Result<(Vec<Region>, [Part; 10]), CollectError> {
    let regions = audit.observed("regions", "", regions(audit)).await?;
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let trails_and_alerts = Box::pin(async {
        let trails = cloudtrail::trails(audit, &regions).await;
        let alerts = alerts::alerts(audit, &regions, &trails).await;
        (trails, alerts)
    });
    let (
        (trails, alerts),
        event_stores,
        log_groups,
        recorders,
        detectors,
        finding_hubs,
        analyzers,
        keys,
        access_points,
    ) = futures::join!(
        trails_and_alerts,
        Box::pin(cloudtrail::event_stores(audit, &regions)),
        Box::pin(alerts::log_groups(audit, &regions)),
        Box::pin(regional::recorders(audit, &regions)),
        Box::pin(regional::detectors(audit, &regions)),
        Box::pin(regional::finding_hubs(audit, &regions)),
        Box::pin(regional::analyzers(audit, &regions)),
        Box::pin(keys::collect(audit, &regions)),
        Box::pin(s3::access_points(audit, &regions)),
    );
    // Alerts need the trails; whether anything else does decides whether the trails are part of the result.
    let trails =
        if audit.wanted.kind(Kind::AuditTrail) { trails } else { Listing::not_collected() };
    let parts = [
        trails.into(),
        event_stores.into(),
        log_groups.into(),
        alerts.into(),
        recorders.into(),
        detectors.into(),
        finding_hubs.into(),
        analyzers.into(),
        keys.into(),
        access_points.into(),
    ];
    Ok((regions.regions, parts))
}

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
        .given(&[("MaxResults", Given::Whole(50))])
        .pages("NextToken", "NextToken");

/// Finds the regions of the account with
/// [ListRegions](https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html). Regions that were named
/// are read even where the list is refused.
async fn regions(audit: &Audit<'_>) -> Result<Regions, CollectError> {
    let home = audit.session.home_region();
    let client = audit.session.client(home, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_ALL_REGIONS, home, []).await;
    let found = || pages.iter().flat_map(|page| page.read().regions());
    let nameless = found().any(|region| region.region_name().is_none());
    let refused = Refused::or_nameless(refused, nameless, LIST_REGIONS, home);
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
        // Whoever names regions leaves the others out on purpose, also those that could not be listed.
        gap = None;
    }
    if regions.is_empty() {
        // What is configured can be read at least; that there may be more is a gap of every regional listing.
        let name = audit.session.region().to_owned();
        regions.push(Region { excluded: !audit.reads_region(&name), name, enabled: true });
    }
    Ok(Regions { regions, gap })
}

/// Every operation that is asked without a crate of its service.
pub(crate) fn operations() -> Vec<&'static Spec> {
    vec![
        &account::GET_ALTERNATE_CONTACT.spec,
        &account::GET_CONTACT_INFORMATION.spec,
        &alerts::ALARMS.spec,
        &alerts::FILTERS.spec,
        &alerts::GROUPS.spec,
        &alerts::LIST_SUBSCRIPTIONS.spec,
        &keys::DESCRIBE.spec,
        &keys::LIST.spec,
        &keys::POLICY.spec,
        &keys::ROTATION.spec,
        &members::LIST.spec,
        &organization::DELEGATED.spec,
        &organization::DELEGATION.spec,
        &organization::DESCRIBE.spec,
        &organization::RESOURCE_POLICIES.spec,
        &organization::SERVICE_POLICIES.spec,
        &organization::TARGETS.spec,
        &regional::DESCRIBE_CHANNELS.spec,
        &regional::DESCRIBE_HUB.spec,
        &regional::DESCRIBE_RECORDER_STATUS.spec,
        &regional::DESCRIBE_RECORDERS.spec,
        &regional::GET_DETECTOR.spec,
        &regional::LIST_ANALYZERS.spec,
        &regional::LIST_DETECTORS.spec,
        &LIST_ALL_REGIONS.spec,
    ]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Accounts are read side by side on the threads of a runtime.
    #[test]
    fn an_audit_can_be_spawned() {
        fn spawned<F: Future + Send>(_: F) {}
        let session = crate::fake::Fake::default().session();
        let (wanted, options) = (Wanted::default(), Options::default());
        let observer: Observer = Arc::new(|_| ());
        let (_tell, stop) = watch::channel(false);
        spawned(collect(&session, &wanted, &options, &observer, stop));
    }
}
