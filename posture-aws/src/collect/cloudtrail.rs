//! Trails and event data stores.

use std::collections::BTreeMap;

use aws_sdk_cloudtrail::types::{EventDataStoreStatus, ResourceTag, Tag, Trail};
use aws_smithy_types::DateTime;
use futures::future::join_all;
use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Alert, AuditTrail, EventStore, Kind};
use posture_model::skew::TOLERANCE;
use posture_model::time::Time;

use super::context::{Audit, time};
use super::regions;
use super::selectors::{self, Taken};
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};

pub(crate) const DESCRIBE: Action = Action {
    name: "cloudtrail:DescribeTrails",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["trailList"]),
    lists: &[Kind::AuditTrail],
    fills: &[
        AuditTrail::MULTI_REGION,
        AuditTrail::ORGANIZATION,
        AuditTrail::VALIDATION,
        AuditTrail::KEY,
        AuditTrail::BUCKET,
        AuditTrail::LOG_GROUP,
        Alert::SEES_EVERYTHING,
        Alert::SEES_MEMBERS,
        Alert::UNSEEN,
    ],
    command: "aws cloudtrail describe-trails --trail-name-list {id} --region {region}",
};

pub(crate) const STATUS: Action = Action {
    name: "cloudtrail:GetTrailStatus",
    per: Per::resource(Kind::AuditTrail),
    own: Holds::all(&["IsLogging"]),
    lists: &[],
    fills: &[
        AuditTrail::RECORDING,
        AuditTrail::DELIVERY_ERROR,
        AuditTrail::LAST_DELIVERY,
        AuditTrail::LOG_GROUP_LAST_DELIVERY,
        Alert::SEES_EVERYTHING,
        Alert::SEES_MEMBERS,
        Alert::UNSEEN,
    ],
    command: "aws cloudtrail get-trail-status --name {id} --region {region}",
};

pub(crate) const SELECTORS: Action = Action {
    name: "cloudtrail:GetEventSelectors",
    per: Per::resource(Kind::AuditTrail),
    own: Holds::any(&["EventSelectors", "AdvancedEventSelectors"]),
    lists: &[],
    fills: &[
        AuditTrail::MANAGEMENT_READS,
        AuditTrail::MANAGEMENT_WRITES,
        AuditTrail::EXCLUDED_SOURCES,
        AuditTrail::OBJECT_READS,
        AuditTrail::OBJECT_WRITES,
        Alert::SEES_EVERYTHING,
        Alert::SEES_MEMBERS,
        Alert::UNSEEN,
    ],
    command: "aws cloudtrail get-event-selectors --trail-name {id} --region {region}",
};

pub(crate) const INSIGHTS: Action = Action {
    name: "cloudtrail:GetInsightSelectors",
    per: Per::resource(Kind::AuditTrail),
    own: Holds::all(&["InsightSelectors"]),
    lists: &[],
    fills: &[AuditTrail::INSIGHTS],
    command: "aws cloudtrail get-insight-selectors --trail-name {id} --region {region}",
};

pub(crate) const TAGS: Action = Action {
    name: "cloudtrail:ListTags",
    per: Per::resource(Kind::AuditTrail),
    own: Holds::all(&["ResourceTagList"]),
    lists: &[],
    fills: &[AuditTrail::TAGS],
    command: "aws cloudtrail list-tags --resource-id-list {id} --region {region}",
};

pub(crate) const LIST_STORES: Action = Action {
    name: "cloudtrail:ListEventDataStores",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["EventDataStores"]),
    lists: &[Kind::EventStore],
    fills: &[Account::DATA_REGIONS],
    command: "aws cloudtrail list-event-data-stores --region {region}",
};

pub(crate) const STORE: Action = Action {
    name: "cloudtrail:GetEventDataStore",
    per: Per::resource(Kind::EventStore),
    own: Holds::all(&["EventDataStoreArn", "Status", "AdvancedEventSelectors"]),
    lists: &[],
    fills: &[
        EventStore::RECORDING,
        EventStore::MULTI_REGION,
        EventStore::MANAGEMENT_READS,
        EventStore::MANAGEMENT_WRITES,
        EventStore::OBJECT_READS,
        EventStore::OBJECT_WRITES,
        EventStore::RETENTION_DAYS,
        EventStore::DELETION_PROTECTION,
        EventStore::KEY,
    ],
    command: "aws cloudtrail get-event-data-store --event-data-store {id} --region {region}",
};

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let event_stores = Box::pin(event_stores(audit));
    let (trails, event_stores) = futures::join!(Box::pin(trails(audit)), event_stores);
    // Alerts need the trails; whether anything else does decides whether the trails are part of the result.
    let audit_trails =
        if audit.wanted.kind(Kind::AuditTrail) { trails.clone() } else { Listing::not_collected() };
    Part { audit_trails, event_stores, ..Part::default() }
}

/// Every trail, requested once, by the first reader that needs them.
pub(super) async fn trails<'a>(audit: &'a Audit<'_>) -> &'a Listing<AuditTrail> {
    audit.trails.get_or_init(|| Box::pin(list_trails(audit))).await
}

/// Every trail, once. A trail of several regions is listed in each of them; the entry of its home region is used.
async fn list_trails(audit: &Audit<'_>) -> Listing<AuditTrail> {
    if !audit.calls(&DESCRIBE) {
        return Listing::not_collected();
    }
    // As in `regions::listing`.
    let Ok(regions) = regions::of(audit).await else { return Listing::not_collected() };
    let described = join_all(regions.read().map(|region| async move {
        let client = audit.session.cloudtrail(region, audit.meter);
        let call = client.describe_trails().include_shadow_trails(true).send();
        let answer = audit
            .observed("cloudtrail", region, audit.ask.ask(DESCRIBE.name, "", region, call))
            .await;
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
                let nameless =
                    listed.iter().any(|trail| trail.trail_arn().is_none_or(str::is_empty));
                if let Some(refused) = CallError::or_nameless(None, nameless, DESCRIBE.name, region)
                {
                    gaps.push(audit.ask.gap(refused.into_gap()));
                }
                for trail in listed {
                    let arn = trail.trail_arn().filter(|arn| !arn.is_empty());
                    let Some(arn) = arn.map(str::to_owned) else { continue };
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
        None => ask.malformed(DESCRIBE.name, arn, "the trail has no bucket"),
    };
    let trail = AuditTrail::unread_on(Provider::Aws, arn, name, Some(home))
        .multi_region(Known(described.is_multi_region_trail().unwrap_or(false)))
        .organization(Known(described.is_organization_trail().unwrap_or(false)))
        .validation(Known(described.log_file_validation_enabled().unwrap_or(false)))
        .key(Known(text(described.kms_key_id())))
        .bucket(bucket)
        // Its bucket is looked up by its name.
        .log_group(Known(text(described.cloud_watch_logs_log_group_arn())));
    let status = async {
        if !audit.calls(&STATUS) {
            return Fact::not_collected();
        }
        ask.fact(ask.ask(STATUS.name, arn, home, client.get_trail_status().name(arn).send()).await)
    };
    let taken = async {
        if !audit.calls(&SELECTORS) {
            return Fact::not_collected();
        }
        let call = client.get_event_selectors().trail_name(arn).send();
        let answer = ask.ask(SELECTORS.name, arn, home, call).await;
        ask.fact(answer.map(|output| match output.advanced_event_selectors() {
            [] => selectors::basic(output.event_selectors()),
            advanced => selectors::advanced(advanced),
        }))
    };
    let insights = async {
        if !audit.calls(&INSIGHTS) {
            return Fact::not_collected();
        }
        let call = client.get_insight_selectors().trail_name(arn).send();
        let answer = ask.ask(INSIGHTS.name, arn, home, call).await;
        let on = answer.map(|output| !output.insight_selectors().is_empty());
        ask.fact_or(on, &["InsightNotEnabledException"], false)
    };
    let tags = async {
        if !audit.calls(&TAGS) {
            return Fact::not_collected();
        }
        let call = client.list_tags().resource_id_list(arn).send();
        let answer = ask.fact(ask.ask(TAGS.name, arn, home, call).await);
        answer.and_then(|output| {
            let own = |tags: &&ResourceTag| tags.resource_id() == Some(arn);
            let Some(tags) = output.resource_tag_list().iter().find(own) else {
                return ask.malformed(TAGS.name, arn, "the answer gives no tags of the trail");
            };
            let pair = |tag: &Tag| (tag.key.clone(), tag.value.clone().unwrap_or_default());
            Known(tags.tags_list().iter().map(pair).collect())
        })
    };
    let (status, taken, insights, tags) = futures::join!(status, taken, insights, tags);
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
        .tags(tags)
}

/// When something was delivered; a date later than now does not count.
fn past(audit: &Audit<'_>, trail: &str, instant: Option<&DateTime>) -> Fact<Option<Time>> {
    let Some(last) = instant.map(time) else { return Known(None) };
    if last.unix() > audit.now().unix().saturating_add(TOLERANCE) {
        return audit.ask.undetermined(
            STATUS.name,
            trail,
            "the date of a delivery is in the future",
        );
    }
    Known(Some(last))
}

/// Every event data store of
/// [CloudTrail Lake](https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake.html).
async fn event_stores(audit: &Audit<'_>) -> Listing<EventStore> {
    let one = |region| event_stores_of(audit, region);
    regions::listing(audit, &LIST_STORES, "cloudtrail", one).await
}

async fn event_stores_of(audit: &Audit<'_>, region: &str) -> Listing<EventStore> {
    let ask = audit.ask;
    let client = audit.session.cloudtrail(region, audit.meter);
    let (pages, refused) = ask
        .pages(
            LIST_STORES.name,
            region,
            |token| client.list_event_data_stores().max_results(1_000).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let stores = || pages.iter().flat_map(|page| page.event_data_stores());
    let nameless = stores().any(|store| store.event_data_store_arn().is_none_or(str::is_empty));
    let refused = CallError::or_nameless(refused, nameless, LIST_STORES.name, region);
    let arns = stores().filter_map(|store| store.event_data_store_arn());
    let arns: Vec<String> = arns.filter(|arn| !arn.is_empty()).map(str::to_owned).collect();
    let one = |arn: String| {
        let client = &client;
        async move {
            let name = arn.rsplit('/').next().unwrap_or(&arn).to_owned();
            let store = EventStore::unread_on(Provider::Aws, &arn, name, Some(region));
            if !audit.calls(&STORE) {
                return store;
            }
            let call = client.get_event_data_store().event_data_store(&arn).send();
            let answer = ask.fact(ask.ask(STORE.name, &arn, region, call).await);
            let taken: Fact<Taken> =
                answer.map(|output| selectors::advanced(output.advanced_event_selectors()));
            let name = match &answer {
                Known(output) => output.name().map(str::to_owned),
                Fact::NotOffered | Fact::Gap(_) => None,
            };
            let days = answer.and_then(|output| {
                match output.retention_period().and_then(|days| u32::try_from(days).ok()) {
                    Some(days) => Known(days),
                    None => ask.malformed(
                        STORE.name,
                        &arn,
                        "the event data store has no retention period",
                    ),
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

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;
    use posture_model::resource::{FactId, Resource};
    use posture_model::scope::Scope;
    use posture_model::time::Time;
    use posture_model::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    const TRAIL: &str = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/main";
    const STORE_ARN: &str = "arn:aws:cloudtrail:eu-central-1:123456789012:eventdatastore/1";

    async fn read<R: Resource>(fake: &Fake) -> Scope {
        let fact =
            |fact: &posture_model::resource::FactInfo| FactId { kind: R::KIND, name: fact.name };
        // By its tags, only exceptions choose a trail.
        let facts: Vec<FactId> =
            R::FACTS.iter().map(fact).filter(|fact| *fact != AuditTrail::TAGS).collect();
        fake.collect(&Wanted::of(&facts, &[R::KIND])).await
    }

    fn described(more: Value) -> Value {
        let mut trail = json!({ "Name": "main", "TrailARN": TRAIL, "S3BucketName": "records" });
        for (name, value) in more.as_object().unwrap() {
            trail[name] = value.clone();
        }
        trail
    }

    fn with_trail(trail: Value, status: Value, selectors: Value) -> Fake {
        Fake::default()
            .answer("DescribeTrails", 200, json!({ "trailList": [trail] }).to_string())
            .answer("GetTrailStatus", 200, status.to_string())
            .answer("GetEventSelectors", 200, selectors.to_string())
            .json_error("GetInsightSelectors", 400, "InsightNotEnabledException", "no insights")
    }

    async fn one_trail(fake: &Fake) -> AuditTrail {
        let scope = read::<AuditTrail>(fake).await;
        assert_eq!(scope.audit_trails.gaps, [], "{:?}", scope.gaps);
        let [trail] = scope.audit_trails.items.as_slice() else { panic!("{:?}", fake.seen()) };
        trail.clone()
    }

    #[tokio::test]
    async fn a_trail_is_read_from_description_status_and_selectors() {
        let trail = described(json!({
            "HomeRegion": "eu-central-1", "IsMultiRegionTrail": true, "IsOrganizationTrail": true,
            "LogFileValidationEnabled": true, "KmsKeyId": "arn:aws:kms:eu-central-1:1:key/1",
            "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:1:log-group:trail:*",
        }));
        let status = json!({
            "IsLogging": true, "LatestDeliveryError": "AccessDenied",
            "LatestDeliveryTime": 1_767_225_600, "LatestCloudWatchLogsDeliveryTime": 1_767_225_601,
        });
        let selectors = json!({ "TrailARN": TRAIL, "EventSelectors": [{
            "ReadWriteType": "WriteOnly", "IncludeManagementEvents": true,
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
            "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }],
        }] });
        let fake = with_trail(trail, status, selectors);
        let trail = one_trail(&fake).await;
        let text = |text: &str| Known(Some(text.to_owned()));
        assert_eq!((trail.id.as_str(), trail.name.as_str()), (TRAIL, "main"));
        assert_eq!(trail.region.as_deref(), Some("eu-central-1"));
        assert_eq!(
            (&trail.multi_region, &trail.organization, &trail.validation, &trail.recording),
            (&Known(true), &Known(true), &Known(true), &Known(true))
        );
        assert_eq!(trail.bucket, Known("records".to_owned()));
        assert_eq!(trail.key, text("arn:aws:kms:eu-central-1:1:key/1"));
        assert_eq!(trail.log_group, text("arn:aws:logs:eu-central-1:1:log-group:trail:*"));
        assert_eq!(trail.delivery_error, text("AccessDenied"));
        let at = |seconds: i64| Known(Some(Time::from_unix(seconds)));
        assert_eq!(trail.last_delivery, at(1_767_225_600));
        assert_eq!(trail.log_group_last_delivery, at(1_767_225_601));
        assert_eq!(
            (&trail.management_reads, &trail.management_writes),
            (&Known(false), &Known(true))
        );
        assert_eq!((&trail.object_reads, &trail.object_writes), (&Known(false), &Known(true)));
        assert_eq!(trail.excluded_sources, Known(vec!["kms.amazonaws.com".to_owned()]));
        assert_eq!(trail.insights, Known(false));
    }

    #[tokio::test]
    async fn tags_are_asked_for_where_they_are_wanted() {
        let base = || {
            let trails =
                json!({ "trailList": [described(json!({ "HomeRegion": "eu-central-1" }))] });
            Fake::default().answer("DescribeTrails", 200, trails.to_string())
        };
        let wanted = Wanted::of(&[AuditTrail::TAGS], &[Kind::AuditTrail]);
        let tags = |of: &str, tags: Value| json!({ "ResourceTagList": [{ "ResourceId": of, "TagsList": tags }] });
        for (answer, expected) in [
            (tags(TRAIL, json!([])), [].into()),
            (
                tags(TRAIL, json!([{ "Key": "team", "Value": "web" }, { "Key": "bare" }])),
                [("team", "web"), ("bare", "")]
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .into(),
            ),
        ] {
            let scope = base().answer("ListTags", 200, answer.to_string()).collect(&wanted).await;
            assert_eq!(scope.audit_trails.items[0].tags, Known(expected));
        }

        let denied = json!({ "__type": "AccessDeniedException", "message": "no" });
        for (status, answer, reason) in [
            (400, denied, Reason::Denied),
            (200, json!({}), Reason::Malformed),
            (200, json!({ "ResourceTagList": [] }), Reason::Malformed),
            (200, json!({ "ResourceTagList": [{ "ResourceId": TRAIL }] }), Reason::Malformed),
            (200, tags("another", json!([])), Reason::Malformed),
            (200, tags(TRAIL, json!([{ "Value": "web" }])), Reason::Malformed),
        ] {
            let fake = base().answer("ListTags", status, answer.to_string());
            let scope = fake.collect(&wanted).await;
            let gap = scope.gap(scope.audit_trails.items[0].tags.gap().unwrap()).unwrap();
            assert_eq!((gap.reason, gap.target.as_str()), (reason, TRAIL), "{answer}");
        }

        let fake = base();
        fake.collect(&Wanted::of(&[AuditTrail::KEY], &[Kind::AuditTrail])).await;
        assert_eq!(fake.count("ListTags"), 0);
    }

    #[tokio::test]
    async fn what_a_trail_leaves_out_is_off() {
        let fake = with_trail(
            described(json!({})),
            json!({ "IsLogging": false }),
            json!({
                "TrailARN": TRAIL, "AdvancedEventSelectors": [{ "FieldSelectors": [
                    { "Field": "eventCategory", "Equals": ["Management"] } ] }],
            }),
        );
        let trail = one_trail(&fake).await;
        let off = Known(false);
        assert_eq!(
            (&trail.multi_region, &trail.organization, &trail.validation, &trail.recording),
            (&off, &off, &off, &off)
        );
        assert_eq!((&trail.key, &trail.log_group), (&Known(None), &Known(None)));
        assert_eq!((&trail.last_delivery, &trail.delivery_error), (&Known(None), &Known(None)));
        // Advanced selectors take the place of the basic ones.
        assert_eq!(
            (&trail.management_reads, &trail.management_writes),
            (&Known(true), &Known(true))
        );
        // A trail of one region is that of the region in which it was listed.
        assert_eq!(trail.region.as_deref(), Some("eu-central-1"));
    }

    #[tokio::test]
    async fn an_empty_text_is_none() {
        let empty =
            described(json!({ "KmsKeyId": "", "CloudWatchLogsLogGroupArn": "", "Name": null }));
        let status = json!({ "IsLogging": true, "LatestDeliveryError": "" });
        let trail = one_trail(&with_trail(empty, status, json!({ "EventSelectors": [] }))).await;
        assert_eq!((&trail.key, &trail.log_group), (&Known(None), &Known(None)));
        assert_eq!(trail.delivery_error, Known(None));
        assert_eq!(trail.name, TRAIL);
        let nowhere = described(json!({ "S3BucketName": "" }));
        let scope = read::<AuditTrail>(&with_trail(nowhere, json!({}), json!({}))).await;
        let gap = scope.audit_trails.items[0].bucket.gap().and_then(|gap| scope.gap(gap));
        assert_eq!(gap.unwrap().reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn insights_are_on_where_any_is_selected() {
        let with = |insights: Value| {
            let body = json!({ "TrailARN": TRAIL, "InsightSelectors": insights }).to_string();
            Fake::default()
                .answer(
                    "DescribeTrails",
                    200,
                    json!({ "trailList": [described(json!({}))] }).to_string(),
                )
                .answer("GetTrailStatus", 200, json!({ "IsLogging": true }).to_string())
                .answer("GetEventSelectors", 200, json!({ "EventSelectors": [] }).to_string())
                .answer("GetInsightSelectors", 200, body)
        };
        let on = one_trail(&with(json!([{ "InsightType": "ApiCallRateInsight" }]))).await;
        assert_eq!(on.insights, Known(true));
        assert_eq!(one_trail(&with(json!([]))).await.insights, Known(false));
    }

    #[tokio::test]
    async fn a_trail_or_store_without_an_arn_leaves_the_list_open() {
        let nameless = described(json!({ "TrailARN": "" }));
        let fake = with_trail(nameless, json!({ "IsLogging": true }), json!({}));
        let scope = read::<AuditTrail>(&fake).await;
        assert!(scope.audit_trails.items.is_empty());
        let gap = scope.gap(scope.audit_trails.gaps[0]).unwrap();
        assert_eq!((gap.action.as_str(), gap.reason), (DESCRIBE.name, Reason::Malformed));
        let stores = json!({ "EventDataStores": [{ "EventDataStoreArn": "", "Name": "x" }] });
        let fake = Fake::default().answer("ListEventDataStores", 200, stores.to_string());
        let scope = read::<EventStore>(&fake).await;
        assert!(scope.event_stores.items.is_empty());
        let gap = scope.gap(scope.event_stores.gaps[0]).unwrap();
        assert_eq!((gap.action.as_str(), gap.reason), (LIST_STORES.name, Reason::Malformed));
    }

    #[tokio::test]
    async fn a_selector_that_says_nothing_is_not_one_that_takes_in_everything() {
        for selector in [
            json!({}),
            json!({ "ReadWriteType": "All" }),
            json!({ "ReadWriteType": "", "IncludeManagementEvents": true }),
        ] {
            let selectors = json!({ "TrailARN": TRAIL, "EventSelectors": [selector] });
            let fake = with_trail(described(json!({})), json!({ "IsLogging": true }), selectors);
            let trail = one_trail(&fake).await;
            assert!(trail.management_reads.gap().is_some(), "{selector}");
        }
    }

    #[tokio::test]
    async fn what_is_refused_of_a_trail_is_a_gap() {
        let denied = |action: &str| {
            let fake = Fake::default()
                .answer(
                    "DescribeTrails",
                    200,
                    json!({ "trailList": [described(json!({}))] }).to_string(),
                )
                .json_error(action, 400, "AccessDeniedException", "no");
            let others = [
                ("GetTrailStatus", json!({ "IsLogging": true })),
                ("GetEventSelectors", json!({ "EventSelectors": [] })),
                ("GetInsightSelectors", json!({ "InsightSelectors": [] })),
            ];
            others
                .into_iter()
                .filter(|(name, _)| *name != action)
                .fold(fake, |fake, (name, body)| fake.answer(name, 200, body.to_string()))
        };
        let trail = one_trail(&denied("GetTrailStatus")).await;
        assert!(trail.recording.gap().is_some() && trail.log_group_last_delivery.gap().is_some());
        assert!(trail.management_reads.is_known() && trail.insights.is_known());
        let trail = one_trail(&denied("GetEventSelectors")).await;
        assert!(trail.management_reads.gap().is_some() && trail.excluded_sources.gap().is_some());
        assert!(trail.object_writes.gap().is_some() && trail.recording.is_known());
        let trail = one_trail(&denied("GetInsightSelectors")).await;
        assert!(trail.insights.gap().is_some() && trail.recording.is_known());
        let fake = Fake::default().json_error("DescribeTrails", 400, "AccessDeniedException", "no");
        let scope = read::<AuditTrail>(&fake).await;
        assert!(scope.audit_trails.items.is_empty() && scope.audit_trails.gaps.len() == 1);
    }

    fn store(more: Value) -> Value {
        let mut store = json!({
            "EventDataStoreArn": STORE_ARN, "Name": "lake", "Status": "ENABLED",
            "MultiRegionEnabled": true, "TerminationProtectionEnabled": true, "RetentionPeriod": 366,
            "KmsKeyId": "arn:aws:kms:eu-central-1:1:key/1",
            "AdvancedEventSelectors": [
                { "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }] },
                { "FieldSelectors": [
                    { "Field": "eventCategory", "Equals": ["Data"] },
                    { "Field": "resources.type", "Equals": ["AWS::S3::Object"] } ] },
            ],
        });
        for (name, value) in more.as_object().unwrap() {
            store[name] = value.clone();
        }
        store
    }

    fn with_store(store: &Value) -> Fake {
        let list =
            json!({ "EventDataStores": [{ "EventDataStoreArn": STORE_ARN, "Name": "lake" }] });
        Fake::default().answer("ListEventDataStores", 200, list.to_string()).answer(
            "GetEventDataStore",
            200,
            store.to_string(),
        )
    }

    async fn one_store(more: Value) -> EventStore {
        let fake = with_store(&store(more));
        let scope = read::<EventStore>(&fake).await;
        assert_eq!(scope.event_stores.gaps, [], "{:?}", scope.gaps);
        let [store] = scope.event_stores.items.as_slice() else { panic!("{:?}", fake.seen()) };
        store.clone()
    }

    #[tokio::test]
    async fn an_event_store_is_read() {
        let store = one_store(json!({})).await;
        assert_eq!((store.id.as_str(), store.name.as_str()), (STORE_ARN, "lake"));
        let on = Known(true);
        assert_eq!((&store.recording, &store.multi_region), (&on, &on));
        assert_eq!((&store.management_reads, &store.management_writes), (&on, &on));
        assert_eq!((&store.object_reads, &store.object_writes), (&on, &on));
        assert_eq!((&store.retention_days, &store.deletion_protection), (&Known(366), &on));
        assert_eq!(store.key, Known(Some("arn:aws:kms:eu-central-1:1:key/1".to_owned())));
    }

    #[tokio::test]
    async fn an_event_store_that_leaves_something_out_does_not_record_everything() {
        let selector = |more: &[Value]| {
            let mut fields = vec![json!({ "Field": "eventCategory", "Equals": ["Management"] })];
            fields.extend_from_slice(more);
            json!({ "AdvancedEventSelectors": [{ "FieldSelectors": fields }] })
        };
        let off = Known(false);
        // A source that is left out is neither read nor written in full.
        let kms = json!({ "Field": "eventSource", "NotEquals": ["kms.amazonaws.com"] });
        let store = one_store(selector(&[kms])).await;
        assert_eq!((&store.management_reads, &store.management_writes), (&off, &off));
        let reads = json!({ "Field": "readOnly", "Equals": ["true"] });
        let store = one_store(selector(&[reads])).await;
        assert_eq!((&store.management_reads, &store.management_writes), (&Known(true), &off));
        let writes = json!({ "Field": "readOnly", "Equals": ["false"] });
        let store = one_store(selector(&[writes])).await;
        assert_eq!((&store.management_reads, &store.management_writes), (&off, &Known(true)));
        assert_eq!((&store.object_reads, &store.object_writes), (&off, &off));
        for state in ["STOPPED_INGESTION", "PENDING_DELETION", "CREATED", "SOMETHING_NEW"] {
            assert_eq!(one_store(json!({ "Status": state })).await.recording, off, "{state}");
        }
        let bare = json!({
            "MultiRegionEnabled": null, "TerminationProtectionEnabled": null, "KmsKeyId": null,
        });
        let store = one_store(bare).await;
        assert_eq!((&store.multi_region, &store.deletion_protection), (&off, &off));
        assert_eq!(store.key, Known(None));
    }

    #[tokio::test]
    async fn an_event_store_that_does_not_say_is_a_gap() {
        for retention in [json!(null), json!(-1)] {
            let fake = with_store(&store(json!({ "RetentionPeriod": retention })));
            let scope = read::<EventStore>(&fake).await;
            let gap =
                scope.event_stores.items[0].retention_days.gap().and_then(|gap| scope.gap(gap));
            assert_eq!(gap.unwrap().reason, Reason::Malformed, "{retention}");
        }
        let list = json!({ "EventDataStores": [{ "EventDataStoreArn": STORE_ARN }] }).to_string();
        let fake = Fake::default().answer("ListEventDataStores", 200, list).json_error(
            "GetEventDataStore",
            400,
            "AccessDeniedException",
            "no",
        );
        let scope = read::<EventStore>(&fake).await;
        let [store] = scope.event_stores.items.as_slice() else { panic!("{:?}", scope.gaps) };
        assert!(store.recording.gap().is_some() && store.management_reads.gap().is_some());
        assert_eq!(store.name, "1");
        // A store without an ARN is there, and not one that can be asked about.
        let list = json!({ "EventDataStores": [{ "Name": "lake" }] }).to_string();
        let fake = Fake::default().answer("ListEventDataStores", 200, list);
        let scope = read::<EventStore>(&fake).await;
        assert!(scope.event_stores.items.is_empty());
        assert_eq!(scope.gap(scope.event_stores.gaps[0]).unwrap().reason, Reason::Malformed);
    }
}
