//! Trails and event data stores.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::types::{EventDataStoreStatus, Trail};
use aws_smithy_types::DateTime;
use futures::future::join_all;
use posture_core::fact::{Fact, Known};
use posture_core::gap::GapId;
use posture_core::listing::Listing;
use posture_core::resource::{Alert, AuditTrail, EventStore, FactId, Kind};
use posture_core::skew::TOLERANCE;
use posture_core::time::Time;

use super::selectors::{self, Taken};
use super::{Audit, Regions, regional_listing, time};
use crate::ask::Refused;

const DESCRIBE: &str = "cloudtrail:DescribeTrails";
const STATUS: &str = "cloudtrail:GetTrailStatus";
const SELECTORS: &str = "cloudtrail:GetEventSelectors";
const INSIGHTS: &str = "cloudtrail:GetInsightSelectors";
const LIST_STORES: &str = "cloudtrail:ListEventDataStores";
const STORE: &str = "cloudtrail:GetEventDataStore";

/// The facts that the status of a trail tells.
const STATUS_FACTS: &[FactId] = &[
    AuditTrail::fact("recording"),
    AuditTrail::fact("delivery_error"),
    AuditTrail::fact("last_delivery"),
    AuditTrail::fact("log_group_last_delivery"),
    Alert::fact("sees_everything"),
];

/// The facts that the selectors of a trail tell.
const SELECTOR_FACTS: &[FactId] = &[
    AuditTrail::fact("management_reads"),
    AuditTrail::fact("management_writes"),
    AuditTrail::fact("excluded_sources"),
    AuditTrail::fact("object_reads"),
    AuditTrail::fact("object_writes"),
    Alert::fact("sees_everything"),
];

/// Every trail, once. A trail of several regions is listed in each of them; what is said here is its own region's.
pub(crate) async fn trails(audit: &Audit<'_>, regions: &Regions) -> Listing<AuditTrail> {
    if !audit.calls(DESCRIBE) {
        return Listing::not_collected();
    }
    let described = join_all(regions.read().map(|region| async move {
        let client = audit.session.cloudtrail(region, audit.meter);
        let call = client.describe_trails().include_shadow_trails(true).send();
        let answer =
            audit.observed("cloudtrail", region, audit.ask.ask(DESCRIBE, "", region, call)).await;
        (region, answer)
    }))
    .await;
    let mut gaps: Vec<GapId> = regions.gap_id(audit).into_iter().collect();
    let mut trails: BTreeMap<String, (String, Trail)> = BTreeMap::new();
    for (region, answer) in described {
        match answer {
            Err(refused) => gaps.push(audit.ask.gap(refused.into_gap())),
            Ok(output) => {
                let listed = output.trail_list.unwrap_or_default();
                let nameless = listed.iter().any(|trail| trail.trail_arn().is_none());
                if let Some(refused) = Refused::or_nameless(None, nameless, DESCRIBE, region) {
                    gaps.push(audit.ask.gap(refused.into_gap()));
                }
                for trail in listed {
                    let Some(arn) = trail.trail_arn().map(str::to_owned) else { continue };
                    let home = trail.home_region().unwrap_or(region).to_owned();
                    trails.entry(arn).or_insert((home, trail));
                }
            }
        }
    }
    let one = |(arn, (home, described)): (String, (String, Trail))| async move {
        audit.observed("cloudtrail", &home, trail(audit, &arn, &home, &described)).await
    };
    Listing { items: join_all(trails.into_iter().map(one)).await, gaps }
}

async fn trail(audit: &Audit<'_>, arn: &str, home: &str, described: &Trail) -> AuditTrail {
    let ask = audit.ask;
    let client = audit.session.cloudtrail(home, audit.meter);
    let name = described.name().unwrap_or(arn);
    let text = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
    let bucket = match text(described.s3_bucket_name()) {
        Some(bucket) => Known(bucket),
        None => ask.malformed(DESCRIBE, arn, "the trail names no bucket"),
    };
    let trail = AuditTrail::unread(arn, name, Some(home))
        .multi_region(Known(described.is_multi_region_trail().unwrap_or(false)))
        .organization(Known(described.is_organization_trail().unwrap_or(false)))
        .validation(Known(described.log_file_validation_enabled().unwrap_or(false)))
        .key(Known(text(described.kms_key_id())))
        .bucket(bucket)
        .log_group(Known(text(described.cloud_watch_logs_log_group_arn())));
    let status = async {
        if !audit.wanted.any(STATUS_FACTS) {
            return Fact::not_collected();
        }
        ask.fact(ask.ask(STATUS, arn, home, client.get_trail_status().name(arn).send()).await)
    };
    let taken = async {
        if !audit.wanted.any(SELECTOR_FACTS) {
            return Fact::not_collected();
        }
        let call = client.get_event_selectors().trail_name(arn).send();
        let answer = ask.ask(SELECTORS, arn, home, call).await;
        ask.fact(answer.map(|output| match output.advanced_event_selectors() {
            [] => selectors::basic(output.event_selectors()),
            advanced => selectors::advanced(advanced),
        }))
    };
    let insights = async {
        if !audit.wanted.fact(AuditTrail::fact("insights")) {
            return Fact::not_collected();
        }
        let call = client.get_insight_selectors().trail_name(arn).send();
        let answer = ask.ask(INSIGHTS, arn, home, call).await;
        let on = answer.map(|output| !output.insight_selectors().is_empty());
        ask.fact_or(on, &["InsightNotEnabledException"], false)
    };
    let (status, taken, insights) = futures::join!(status, taken, insights);
    trail
        .recording(status.map(|status| status.is_logging().unwrap_or(false)))
        .delivery_error(status.map(|status| text(status.latest_delivery_error())))
        .last_delivery(status.and_then(|status| past(audit, arn, status.latest_delivery_time())))
        .log_group_last_delivery(
            status.and_then(|status| {
                past(audit, arn, status.latest_cloud_watch_logs_delivery_time())
            }),
        )
        .management_reads(taken.map(|taken| taken.management_reads))
        .management_writes(taken.map(|taken| taken.management_writes))
        .excluded_sources(taken.map(|taken| taken.excluded_sources.clone()))
        .object_reads(taken.map(|taken| taken.object_reads))
        .object_writes(taken.map(|taken| taken.object_writes))
        .insights(insights)
}

/// When something was delivered; what is dated later than it is now was not delivered then.
fn past(audit: &Audit<'_>, trail: &str, instant: Option<&DateTime>) -> Fact<Option<Time>> {
    let Some(last) = instant.map(time) else { return Known(None) };
    if last.unix() > audit.now().unix().saturating_add(TOLERANCE) {
        return audit.ask.undetermined(STATUS, trail, "a delivery is dated later than it is now");
    }
    Known(Some(last))
}

/// Every event data store of
/// [CloudTrail Lake](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake.html).
pub(crate) async fn event_stores(audit: &Audit<'_>, regions: &Regions) -> Listing<EventStore> {
    if !audit.wanted.kind(Kind::EventStore) {
        return Listing::not_collected();
    }
    regional_listing(audit, regions, "cloudtrail", |region| event_stores_of(audit, region)).await
}

async fn event_stores_of(audit: &Audit<'_>, region: &str) -> Listing<EventStore> {
    let ask = audit.ask;
    let client = audit.session.cloudtrail(region, audit.meter);
    let (pages, refused) = ask
        .pages(
            LIST_STORES,
            region,
            |token| client.list_event_data_stores().max_results(1_000).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let stores = || pages.iter().flat_map(|page| page.event_data_stores());
    let nameless = stores().any(|store| store.event_data_store_arn().is_none());
    let refused = Refused::or_nameless(refused, nameless, LIST_STORES, region);
    let arns: Vec<String> =
        stores().filter_map(|store| store.event_data_store_arn().map(str::to_owned)).collect();
    let one = |arn: String| {
        let client = &client;
        async move {
            let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
            let store = EventStore::unread(&arn, name, Some(region));
            let facts = EventStore::fact;
            if !audit.wanted.any(&[
                facts("recording"),
                facts("multi_region"),
                facts("management_reads"),
                facts("management_writes"),
                facts("object_reads"),
                facts("object_writes"),
                facts("retention_days"),
                facts("deletion_protection"),
                facts("key"),
            ]) {
                return store;
            }
            let call = client.get_event_data_store().event_data_store(&arn).send();
            let answer = ask.fact(ask.ask(STORE, &arn, region, call).await);
            let taken: Fact<Taken> =
                answer.map(|output| selectors::advanced(output.advanced_event_selectors()));
            let name = match &answer {
                Known(output) => output.name().map(str::to_owned),
                Fact::NotOffered | Fact::Gap(_) => None,
            };
            let days = answer.and_then(|output| {
                match output.retention_period().and_then(|days| u32::try_from(days).ok()) {
                    Some(days) => Known(days),
                    None => ask.malformed(STORE, &arn, "the store names no retention"),
                }
            });
            EventStore { name: name.unwrap_or(store.name.clone()), ..store }
                .recording(answer.map(|output| {
                    // The SDK knows states that do not take in events; only this one does.
                    output.status() == Some(&EventDataStoreStatus::Enabled)
                }))
                .multi_region(answer.map(|output| output.multi_region_enabled().unwrap_or(false)))
                .management_reads(
                    taken.map(|taken| taken.management_reads && taken.excluded_sources.is_empty()),
                )
                .management_writes(
                    taken.map(|taken| taken.management_writes && taken.excluded_sources.is_empty()),
                )
                .object_reads(taken.map(|taken| taken.object_reads))
                .object_writes(taken.map(|taken| taken.object_writes))
                .retention_days(days)
                .deletion_protection(
                    answer.map(|output| output.termination_protection_enabled().unwrap_or(false)),
                )
                .key(answer.map(|output| output.kms_key_id().map(str::to_owned)))
        }
    };
    let items = join_all(arns.into_iter().map(one)).await;
    ask.listing(items, refused)
}
