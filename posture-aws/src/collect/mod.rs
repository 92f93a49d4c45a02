//! Reads an account into a scope: every service at once, within bounds, and no failure ends the audit.

mod account;
mod acl;
mod alerts;
mod cloudtrail;
mod context;
mod filter_pattern;
mod iam;
mod keys;
mod organization;
mod regional;
mod resource_policy;
mod s3;
mod selectors;

pub use posture_collect::{CollectError, Event, Observer};
use posture_core::fact::Fact;
use posture_core::listing::Listing;
use posture_core::part::Part;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::{Region, Scope};
use posture_core::wanted::Wanted;
use tokio::sync::{OnceCell, watch};

use crate::action::LIST_REGIONS;
use crate::ask::{Asker, Refused};
use crate::session::Session;
pub use context::Options;
pub(crate) use context::{Audit, regional_listing};
use context::{Regions, now};

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
    let meter = session.meter();
    let mut scope = Scope::unread(Provider::Aws, session.account(), session.source(), started);
    scope.identity = Some(session.arn().to_owned());
    scope.account.alert_targets = Fact::NotOffered;
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

/// Finds the regions of the account with
/// [ListRegions](https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html). Regions that were named
/// are read even where the list is refused.
async fn regions(audit: &Audit<'_>) -> Result<Regions, CollectError> {
    let home = audit.session.home_region();
    let client = audit.session.account_api(home, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            LIST_REGIONS,
            home,
            |token| client.list_regions().max_results(50).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let found = || pages.iter().flat_map(|page| page.regions());
    let nameless = found().any(|region| region.region_name().is_none());
    let refused = Refused::or_nameless(refused, nameless, LIST_REGIONS, home);
    let mut regions: Vec<Region> = found()
        .filter_map(|region| {
            use aws_sdk_account::types::RegionOptStatus::{Disabled, Enabling};
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
