//! Services that are switched on region by region: recorders, detectors, finding hubs, analyzers. Each region that is
//! read has one resource of each kind, also where the service is off or does not answer.

use aws_sdk_accessanalyzer::types::{AnalyzerStatus, AnalyzerSummary, Type as AnalyzerType};
use aws_sdk_config::types::{
    ConfigurationRecorder, ConfigurationRecorderStatus, RecorderStatus, RecordingScope,
    RecordingStrategyType,
};
use aws_sdk_guardduty::operation::get_detector::GetDetectorOutput;
use aws_sdk_guardduty::types::{DetectorFeatureResult, DetectorStatus, FeatureStatus};
use futures::future::join_all;
use posture_core::fact::{self, Fact, Known};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{Analyzer, Detector, FindingHub, Kind, Recorder};

use super::{Audit, Regions};
use crate::ask::Refused;

const RECORDERS: &str = "config:DescribeConfigurationRecorders";
const RECORDER_STATUS: &str = "config:DescribeConfigurationRecorderStatus";
const CHANNELS: &str = "config:DescribeDeliveryChannels";
const DETECTORS: &str = "guardduty:ListDetectors";
const DETECTOR: &str = "guardduty:GetDetector";
const HUB: &str = "securityhub:DescribeHub";
const ANALYZERS: &str = "access-analyzer:ListAnalyzers";

/// One resource for each region.
async fn each<T, F: Future<Output = T>>(
    audit: &Audit<'_>,
    regions: &Regions,
    kind: Kind,
    service: &'static str,
    one: impl Fn(String) -> F,
) -> Listing<T> {
    if !audit.wanted.kind(kind) {
        return Listing::not_collected();
    }
    let items = join_all(
        regions.read().map(|region| audit.observed(service, region, one(region.to_owned()))),
    )
    .await;
    Listing { items, gaps: regions.gap_id(audit).into_iter().collect() }
}

fn id(audit: &Audit<'_>, service: &str, region: &str, what: &str) -> String {
    let (partition, account) = (audit.session.partition(), audit.session.account());
    format!("arn:{partition}:{service}:{region}:{account}:{what}")
}

pub(crate) async fn recorders(audit: &Audit<'_>, regions: &Regions) -> Listing<Recorder> {
    each(audit, regions, Kind::Recorder, "config", |region| recorder(audit, region)).await
}

async fn recorder(audit: &Audit<'_>, region: String) -> Recorder {
    let ask = audit.ask;
    let client = audit.session.config(&region, audit.meter);
    let id = id(audit, "config", &region, "configuration-recorder");
    let recorders = async {
        let call = client.describe_configuration_recorders().send();
        ask.fact(ask.ask(RECORDERS, "", &region, call).await.map(|output| {
            let recorders = output.configuration_recorders.unwrap_or_default();
            // A recorder that belongs to a service of AWS records for that service alone.
            let own = |recorder: &ConfigurationRecorder| {
                recorder.recording_scope() != Some(&RecordingScope::Internal)
            };
            recorders.into_iter().filter(own).collect::<Vec<_>>()
        }))
    };
    let statuses = async {
        if !audit.calls(RECORDER_STATUS) {
            return Fact::not_collected();
        }
        let call = client.describe_configuration_recorder_status().send();
        ask.fact(
            ask.ask(RECORDER_STATUS, "", &region, call)
                .await
                .map(|output| output.configuration_recorders_status.unwrap_or_default()),
        )
    };
    let delivers = async {
        if !audit.wanted.fact(Recorder::DELIVERS) {
            return Fact::not_collected();
        }
        let call = client.describe_delivery_channels().send();
        ask.fact(ask.ask(CHANNELS, "", &region, call).await.map(|output| {
            let named = |bucket: &str| !bucket.is_empty();
            output.delivery_channels().iter().any(|c| c.s3_bucket_name().is_some_and(named))
        }))
    };
    let (recorders, statuses, delivers) = futures::join!(recorders, statuses, delivers);
    let any = |wanted: fn(&ConfigurationRecorder) -> bool| {
        recorders.map(|recorders| recorders.iter().any(wanted))
    };
    // The status of a recorder that is not the customer's says nothing about the customer's.
    let own = recorders.and_then(|recorders| {
        statuses.map(|statuses| {
            let names: Vec<&str> =
                recorders.iter().filter_map(|recorder| recorder.name()).collect();
            let is_own = |status: &&ConfigurationRecorderStatus| {
                status.name().is_some_and(|name| names.contains(&name))
            };
            statuses.iter().filter(is_own).cloned().collect::<Vec<_>>()
        })
    });
    Recorder::unread_on(Provider::Aws, id, &region, Some(&region))
        .recording(own.map(|all| all.iter().any(|status| status.recording())))
        .last_error(own.map(|all| {
            all.iter().find(|status| status.last_status() == Some(&RecorderStatus::Failure)).map(
                |status| status.last_error_code().unwrap_or("an error without a code").to_owned(),
            )
        }))
        .all_types(any(all_types))
        .global_types(any(global_types))
        .delivers(delivers)
}

/// Whether it records every type that there is or will be, see
/// [RecordingGroup](https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html).
fn all_types(recorder: &ConfigurationRecorder) -> bool {
    let Some(group) = recorder.recording_group() else { return false };
    match group.recording_strategy().and_then(|strategy| strategy.use_only()) {
        Some(RecordingStrategyType::AllSupportedResourceTypes) => true,
        Some(_) => false,
        None => group.all_supported(),
    }
}

/// Whether it records IAM's types, which belong to no region.
fn global_types(recorder: &ConfigurationRecorder) -> bool {
    const GLOBAL: [&str; 4] =
        ["AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"];
    let Some(group) = recorder.recording_group() else { return false };
    let named = |types: &[aws_sdk_config::types::ResourceType]| {
        GLOBAL.iter().filter(|name| types.iter().any(|kind| kind.as_str() == **name)).count()
    };
    match group.recording_strategy().and_then(|strategy| strategy.use_only()) {
        Some(RecordingStrategyType::ExclusionByResourceTypes) => {
            let excluded = group.exclusion_by_resource_types();
            named(excluded.map_or(&[], |excluded| excluded.resource_types())) == 0
        }
        Some(RecordingStrategyType::InclusionByResourceTypes) => {
            named(group.resource_types()) == GLOBAL.len()
        }
        _ => group.include_global_resource_types(),
    }
}

pub(crate) async fn detectors(audit: &Audit<'_>, regions: &Regions) -> Listing<Detector> {
    each(audit, regions, Kind::Detector, "guardduty", |region| detector(audit, region)).await
}

async fn detector(audit: &Audit<'_>, region: String) -> Detector {
    let ask = audit.ask;
    let client = audit.session.guardduty(&region, audit.meter);
    let detector = Detector::unread_on(
        Provider::Aws,
        id(audit, "guardduty", &region, "detector"),
        &region,
        Some(&region),
    );
    let (pages, refused) = ask
        .pages(
            DETECTORS,
            &region,
            |token| client.list_detectors().max_results(50).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    if let Some(refused) = refused {
        let gap = Fact::Gap(ask.gap(refused.into_gap()));
        return featured(detector.enabled(gap.clone()), |_| gap.clone());
    }
    // There is at most one in a region.
    let Some(number) = pages.iter().flat_map(|page| page.detector_ids()).next() else {
        return featured(detector.enabled(Known(false)), |_| Known(false));
    };
    if !audit.calls(DETECTOR) {
        return detector;
    }
    let call = client.get_detector().detector_id(number).send();
    let answer = ask.fact(ask.ask(DETECTOR, &detector.id, &region, call).await);
    let enabled = answer.map(|output| output.status() == Some(&DetectorStatus::Enabled));
    let id = detector.id.clone();
    featured(detector.enabled(enabled), |name| {
        answer.and_then(|output| match feature(output, name) {
            Ok(on) => on,
            Err(why) => ask.malformed(DETECTOR, &id, why),
        })
    })
}

/// Fills the facts that follow from a feature of the detector, by the feature's name, see
/// [DetectorFeatureConfigurationResult](https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html).
fn featured(detector: Detector, of: impl Fn(&DetectorFeatureResult) -> Fact<bool>) -> Detector {
    use DetectorFeatureResult as F;
    detector
        .object_storage(of(&F::S3DataEvents))
        .kubernetes_audit(of(&F::EksAuditLogs))
        .malware(of(&F::EbsMalwareProtection))
        .databases(of(&F::RdsLoginEvents))
        .functions(of(&F::LambdaNetworkLogs))
        // The older EKS_RUNTIME_MONITORING watches clusters only, and no container of ECS and no instance.
        .runtime(match of(&F::RuntimeMonitoring) {
            Fact::NotOffered if of(&F::EksRuntimeMonitoring) != Fact::NotOffered => Known(false),
            runtime => runtime,
        })
}

/// Whether a feature is on. A region that lists others and not this one does not have it. Every detector has some, as
/// CloudTrail's management events, flow logs and DNS logs
/// [cannot be left out](https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html): a list of none says
/// nothing.
fn feature(
    output: &GetDetectorOutput,
    name: &DetectorFeatureResult,
) -> Result<Fact<bool>, &'static str> {
    if output.features().is_empty() {
        return Err("the answer lists no features");
    }
    if output.features().iter().any(|feature| feature.name().is_none()) {
        return Err("a feature has no name");
    }
    let mut found = Vec::new();
    for feature in output.features() {
        if feature.name() == Some(name) {
            let status = feature.status().ok_or("a feature has no status")?;
            found.push(Known(*status == FeatureStatus::Enabled));
        }
    }
    Ok(if found.is_empty() { Fact::NotOffered } else { fact::any(found) })
}

pub(crate) async fn finding_hubs(audit: &Audit<'_>, regions: &Regions) -> Listing<FindingHub> {
    each(audit, regions, Kind::FindingHub, "securityhub", |region| finding_hub(audit, region)).await
}

async fn finding_hub(audit: &Audit<'_>, region: String) -> FindingHub {
    let client = audit.session.security_hub(&region, audit.meter);
    let answer = audit.ask.ask(HUB, "", &region, client.describe_hub().send()).await;
    let enabled = match answer {
        Ok(_) => Known(true),
        Err(refused) if is_off(&refused) => Known(false),
        Err(refused) => Fact::Gap(audit.ask.gap(refused.into_gap())),
    };
    FindingHub::unread_on(
        Provider::Aws,
        id(audit, "securityhub", &region, "hub/default"),
        &region,
        Some(&region),
    )
    .enabled(enabled)
}

/// An account that has not switched Security Hub on gets an error in place of a hub, whose code is also used for other
/// mistakes, see [DescribeHub](https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html).
fn is_off(refused: &Refused) -> bool {
    let says = refused.detail().unwrap_or_default().to_lowercase();
    refused.code() == Some("ResourceNotFoundException")
        || refused.code() == Some("InvalidAccessException") && says.contains("not subscribed")
}

pub(crate) async fn analyzers(audit: &Audit<'_>, regions: &Regions) -> Listing<Analyzer> {
    each(audit, regions, Kind::Analyzer, "access-analyzer", |region| analyzer(audit, region)).await
}

async fn analyzer(audit: &Audit<'_>, region: String) -> Analyzer {
    let client = audit.session.access_analyzer(&region, audit.meter);
    let (pages, refused) = audit
        .ask
        .pages(
            ANALYZERS,
            &region,
            |token| client.list_analyzers().max_results(100).set_next_token(token).send(),
            |page| page.next_token(),
        )
        .await;
    let missing = refused.map(|refused| audit.ask.gap(refused.into_gap()));
    let active = |wanted: &[AnalyzerType]| {
        let is = |analyzer: &AnalyzerSummary| {
            analyzer.status() == &AnalyzerStatus::Active && wanted.contains(analyzer.r#type())
        };
        let found = pages.iter().flat_map(|page| page.analyzers()).any(is);
        Known(found) | missing.map_or(Known(false), Fact::Gap)
    };
    Analyzer::unread_on(
        Provider::Aws,
        id(audit, "access-analyzer", &region, "analyzer"),
        &region,
        Some(&region),
    )
    .external_access(active(&[AnalyzerType::Account, AnalyzerType::Organization]))
    .unused_access(active(&[
        AnalyzerType::AccountUnusedAccess,
        AnalyzerType::OrganizationUnusedAccess,
    ]))
}

#[cfg(test)]
mod tests {
    use aws_sdk_config::types::{
        ExclusionByResourceTypes, RecordingGroup, RecordingStrategy, ResourceType,
    };
    use aws_sdk_guardduty::types::DetectorFeatureConfigurationResult;
    use posture_core::gap::Gap;
    use posture_core::gap::Reason;
    use posture_core::resource::{FactId, Resource};
    use posture_core::scope::Scope;
    use posture_core::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    async fn read<R: Resource>(fake: &Fake) -> Scope {
        let fact =
            |fact: &posture_core::resource::FactInfo| FactId { kind: R::KIND, name: fact.name };
        let facts: Vec<FactId> = R::FACTS.iter().map(fact).collect();
        fake.collect(&Wanted::of(&facts, &[R::KIND])).await
    }

    fn recorder_of(group: RecordingGroup) -> ConfigurationRecorder {
        ConfigurationRecorder::builder().name("default").recording_group(group).build()
    }

    fn strategy(only: RecordingStrategyType) -> RecordingStrategy {
        RecordingStrategy::builder().use_only(only).build()
    }

    #[test]
    fn the_strategy_decides_what_is_recorded() {
        let all = RecordingGroup::builder().all_supported(true).include_global_resource_types(true);
        let all = recorder_of(all.build());
        assert!(all_types(&all) && global_types(&all));
        let local = recorder_of(RecordingGroup::builder().all_supported(true).build());
        assert!(all_types(&local) && !global_types(&local));
        let by_strategy = RecordingGroup::builder()
            .recording_strategy(strategy(RecordingStrategyType::AllSupportedResourceTypes));
        assert!(all_types(&recorder_of(by_strategy.build())));
        let without = |excluded: ResourceType| {
            let group = RecordingGroup::builder()
                .recording_strategy(strategy(RecordingStrategyType::ExclusionByResourceTypes))
                .exclusion_by_resource_types(
                    ExclusionByResourceTypes::builder().resource_types(excluded).build(),
                );
            recorder_of(group.build())
        };
        assert!(!all_types(&without(ResourceType::Bucket)));
        assert!(global_types(&without(ResourceType::Bucket)));
        assert!(!global_types(&without(ResourceType::Role)));
        let some = RecordingGroup::builder().resource_types(ResourceType::Bucket);
        assert!(!all_types(&recorder_of(some.build())));
        assert!(!all_types(&ConfigurationRecorder::builder().build()));
    }

    #[test]
    fn a_feature_that_a_region_does_not_name_is_not_offered() {
        let result = |name, status| {
            DetectorFeatureConfigurationResult::builder().name(name).status(status).build()
        };
        let output = GetDetectorOutput::builder()
            .features(result(DetectorFeatureResult::S3DataEvents, FeatureStatus::Enabled))
            .features(result(DetectorFeatureResult::EksRuntimeMonitoring, FeatureStatus::Enabled))
            .features(result(DetectorFeatureResult::RuntimeMonitoring, FeatureStatus::Disabled))
            .features(result(DetectorFeatureResult::RdsLoginEvents, FeatureStatus::Disabled))
            .build();
        let detector =
            featured(Detector::unread("d", "d", None), |name| feature(&output, name).unwrap());
        assert_eq!(detector.object_storage, Known(true));
        // The feature of clusters alone is not enough.
        assert_eq!(detector.runtime, Known(false));
        assert_eq!(detector.databases, Known(false));
        assert_eq!(detector.functions, Fact::NotOffered);
    }

    #[test]
    fn only_types_that_are_named_are_recorded_by_name() {
        use ResourceType::{Bucket, Group, Policy, Role, User};
        let of =
            |only: RecordingStrategyType, types: &[ResourceType], excluded: &[ResourceType]| {
                let group = RecordingGroup::builder()
                    // What the strategy does not go by says nothing.
                    .include_global_resource_types(true)
                    .all_supported(true)
                    .recording_strategy(strategy(only))
                    .set_resource_types(Some(types.to_vec()))
                    .exclusion_by_resource_types(
                        ExclusionByResourceTypes::builder()
                            .set_resource_types(Some(excluded.to_vec()))
                            .build(),
                    );
                global_types(&recorder_of(group.build()))
            };
        let (inclusion, exclusion) = (
            RecordingStrategyType::InclusionByResourceTypes,
            RecordingStrategyType::ExclusionByResourceTypes,
        );
        let all = [User, Group, Role, Policy];
        assert!(of(inclusion.clone(), &all, &[]));
        assert!(of(inclusion.clone(), &[&all[..], &[Bucket]].concat(), &[]));
        assert!(!of(inclusion.clone(), &all[1..], &[]));
        assert!(!of(inclusion, &[], &[]));
        assert!(of(exclusion.clone(), &[], &[]));
        assert!(of(exclusion.clone(), &[], &[Bucket]));
        // One of them is enough to miss it, whatever else is left out.
        assert!(!of(exclusion.clone(), &[], &[Bucket, Role]));
        assert!(!of(exclusion, &[], &[Policy, Bucket]));
        assert!(!global_types(&ConfigurationRecorder::builder().build()));
        let by_strategy = RecordingGroup::builder()
            .all_supported(true)
            .recording_strategy(strategy(RecordingStrategyType::InclusionByResourceTypes));
        assert!(!all_types(&recorder_of(by_strategy.build())));
    }

    fn recorders(recorders: Value, statuses: Value, channels: Value) -> Fake {
        let of = |name: &str, value: Value| json!({ name: value }).to_string();
        Fake::default()
            .answer("DescribeConfigurationRecorders", 200, of("ConfigurationRecorders", recorders))
            .answer(
                "DescribeConfigurationRecorderStatus",
                200,
                of("ConfigurationRecordersStatus", statuses),
            )
            .answer("DescribeDeliveryChannels", 200, of("DeliveryChannels", channels))
    }

    fn own(name: &str) -> Value {
        json!({ "name": name, "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true } })
    }

    async fn one_recorder(fake: &Fake) -> Recorder {
        let scope = read::<Recorder>(fake).await;
        assert_eq!(scope.recorders.gaps, [], "{:?}", scope.gaps);
        let [recorder] = scope.recorders.items.as_slice() else { panic!("{:?}", fake.seen()) };
        recorder.clone()
    }

    #[tokio::test]
    async fn a_recorder_is_read_with_its_status_and_channel() {
        let status = json!([{ "name": "default", "recording": true, "lastStatus": "Success" }]);
        let channel = json!([{ "name": "default", "s3BucketName": "records" }]);
        let recorder =
            one_recorder(&recorders(json!([own("default")]), status.clone(), channel)).await;
        assert_eq!(recorder.id, "arn:aws:config:eu-central-1:123456789012:configuration-recorder");
        let on = Known(true);
        assert_eq!((&recorder.recording, &recorder.delivers), (&on, &on));
        assert_eq!((&recorder.all_types, &recorder.global_types), (&on, &on));
        assert_eq!(recorder.last_error, Known(None));
        // No channel, and one without a bucket, deliver nothing.
        for channels in [json!([]), json!([{ "name": "default" }]), json!([{ "s3BucketName": "" }])]
        {
            let fake = recorders(json!([own("default")]), status.clone(), channels.clone());
            assert_eq!(one_recorder(&fake).await.delivers, Known(false), "{channels}");
        }
        let both = json!([{ "name": "a" }, { "name": "b", "s3BucketName": "records" }]);
        let fake = recorders(json!([own("default")]), status, both);
        assert_eq!(one_recorder(&fake).await.delivers, Known(true));
    }

    #[tokio::test]
    async fn no_recorder_records_nothing() {
        let recorder = one_recorder(&recorders(json!([]), json!([]), json!([]))).await;
        let off = Known(false);
        assert_eq!((&recorder.recording, &recorder.delivers), (&off, &off));
        assert_eq!((&recorder.all_types, &recorder.global_types), (&off, &off));
        assert_eq!(recorder.last_error, Known(None));
    }

    #[tokio::test]
    async fn the_status_of_a_recorder_of_a_service_is_not_the_customers() {
        let mut service = own("service");
        service["recordingScope"] = json!("INTERNAL");
        let on = |name: Value| json!({ "name": name, "recording": true });
        let fake = recorders(json!([service.clone()]), json!([on(json!("service"))]), json!([]));
        let recorder = one_recorder(&fake).await;
        assert_eq!((&recorder.recording, &recorder.all_types), (&Known(false), &Known(false)));
        // Nor is one that has no name, nor that of another.
        let stopped = json!({ "name": "default", "recording": false });
        for other in [json!(null), json!("service"), json!("other")] {
            let statuses = json!([on(other.clone()), stopped]);
            let fake = recorders(json!([own("default"), service]), statuses, json!([]));
            assert_eq!(one_recorder(&fake).await.recording, Known(false), "{other}");
        }
        let failing = json!([
            { "name": "service", "recording": true, "lastStatus": "Failure", "lastErrorCode": "Other" },
            { "name": "default", "recording": true, "lastStatus": "Failure", "lastErrorCode": "AccessDenied" },
        ]);
        let fake = recorders(json!([service, own("default")]), failing, json!([]));
        let recorder = one_recorder(&fake).await;
        assert_eq!(recorder.last_error, Known(Some("AccessDenied".to_owned())));
        let silent = json!([{ "name": "default", "recording": true, "lastStatus": "Failure" }]);
        let recorder = one_recorder(&recorders(json!([own("default")]), silent, json!([]))).await;
        assert_eq!(recorder.last_error, Known(Some("an error without a code".to_owned())));
        let pending = json!([{ "name": "default", "recording": true, "lastStatus": "Pending" }]);
        let recorder = one_recorder(&recorders(json!([own("default")]), pending, json!([]))).await;
        assert_eq!(recorder.last_error, Known(None));
    }

    #[tokio::test]
    async fn what_is_refused_of_a_recorder_is_a_gap() {
        let denied = |action: &str| {
            let all = [
                (
                    "DescribeConfigurationRecorders",
                    json!({ "ConfigurationRecorders": [own("default")] }),
                ),
                (
                    "DescribeConfigurationRecorderStatus",
                    json!({ "ConfigurationRecordersStatus": [{ "name": "default", "recording": true }] }),
                ),
                (
                    "DescribeDeliveryChannels",
                    json!({ "DeliveryChannels": [{ "s3BucketName": "b" }] }),
                ),
            ];
            all.into_iter().fold(Fake::default(), |fake, (name, body)| {
                if name == action {
                    fake.json_error(name, 400, "AccessDeniedException", "no")
                } else {
                    fake.answer(name, 200, body.to_string())
                }
            })
        };
        let recorder = one_recorder(&denied("DescribeConfigurationRecorders")).await;
        assert!(recorder.recording.gap().is_some() && recorder.all_types.gap().is_some());
        assert!(recorder.global_types.gap().is_some() && recorder.delivers == Known(true));
        let recorder = one_recorder(&denied("DescribeConfigurationRecorderStatus")).await;
        assert!(recorder.recording.gap().is_some() && recorder.last_error.gap().is_some());
        assert_eq!(recorder.all_types, Known(true));
        let recorder = one_recorder(&denied("DescribeDeliveryChannels")).await;
        assert!(recorder.delivers.gap().is_some() && recorder.recording == Known(true));
    }

    const DETECTORS_PATH: &str = "GET /detector?maxResults=50";

    fn detector_of(status: &str, features: Value) -> Fake {
        let body = json!({
            "status": status, "createdAt": "2026-01-01T00:00:00Z", "serviceRole": "r",
            "findingPublishingFrequency": "SIX_HOURS", "features": features,
        });
        Fake::default()
            .answer(DETECTORS_PATH, 200, json!({ "detectorIds": ["d1"] }).to_string())
            .answer("GET /detector/d1", 200, body.to_string())
    }

    async fn one_detector(fake: &Fake) -> Detector {
        let scope = read::<Detector>(fake).await;
        let [detector] = scope.detectors.items.as_slice() else { panic!("{:?}", fake.seen()) };
        detector.clone()
    }

    #[tokio::test]
    async fn a_detector_is_read_with_its_features() {
        let features = json!([
            { "name": "S3_DATA_EVENTS", "status": "ENABLED" },
            { "name": "EKS_AUDIT_LOGS", "status": "DISABLED" },
            { "name": "EBS_MALWARE_PROTECTION", "status": "ENABLED" },
            { "name": "RDS_LOGIN_EVENTS", "status": "DISABLED" },
            { "name": "LAMBDA_NETWORK_LOGS", "status": "ENABLED" },
            { "name": "RUNTIME_MONITORING", "status": "DISABLED" },
        ]);
        let (on, off) = (Known(true), Known(false));
        let detector = one_detector(&detector_of("ENABLED", features.clone())).await;
        assert_eq!(detector.enabled, on);
        assert_eq!((&detector.object_storage, &detector.kubernetes_audit), (&on, &off));
        assert_eq!((&detector.malware, &detector.databases), (&on, &off));
        assert_eq!((&detector.functions, &detector.runtime), (&on, &off));
        let detector = one_detector(&detector_of("DISABLED", features)).await;
        assert_eq!(detector.enabled, off);
        let none = Fake::default().answer(DETECTORS_PATH, 200, r#"{"detectorIds":[]}"#);
        let detector = one_detector(&none).await;
        assert_eq!((&detector.enabled, &detector.object_storage), (&off, &off));
    }

    #[tokio::test]
    async fn what_is_refused_of_a_detector_is_a_gap() {
        let code = "AccessDeniedException";
        let denied = Fake::default().json_error(DETECTORS_PATH, 403, code, "no");
        let detector = one_detector(&denied).await;
        assert!(detector.enabled.gap().is_some() && detector.malware.gap().is_some());
        let one = Fake::default()
            .answer(DETECTORS_PATH, 200, r#"{"detectorIds":["d1"]}"#)
            .json_error("GET /detector/d1", 403, code, "no");
        let detector = one_detector(&one).await;
        assert!(detector.enabled.gap().is_some() && detector.malware.gap().is_some());
    }

    #[tokio::test]
    async fn a_hub_that_is_off_is_told_from_one_that_does_not_answer() {
        let of = |fake: Fake| async move {
            let scope = read::<FindingHub>(&fake).await;
            let [hub] = scope.finding_hubs.items.as_slice() else { panic!("{:?}", fake.seen()) };
            hub.enabled.clone()
        };
        let hub = "GET /accounts";
        let body = json!({
            "HubArn": "arn:aws:securityhub:eu-central-1:123456789012:hub/default",
            "SubscribedAt": "2026-01-01T00:00:00.000Z", "AutoEnableControls": true,
        });
        assert_eq!(of(Fake::default().answer(hub, 200, body.to_string())).await, Known(true));
        let error = |status, code, message| Fake::default().json_error(hub, status, code, message);
        let invalid = "InvalidAccessException";
        let off = "Account 123456789012 is not subscribed to AWS Security Hub";
        assert_eq!(of(error(401, invalid, off)).await, Known(false));
        assert_eq!(of(error(404, "ResourceNotFoundException", "x")).await, Known(false));
        assert!(of(error(401, invalid, "Your account is suspended")).await.gap().is_some());
        assert!(of(error(403, "AccessDeniedException", "no")).await.gap().is_some());
        assert!(of(error(400, "InvalidInputException", "not subscribed")).await.gap().is_some());
    }

    #[test]
    fn only_the_code_with_the_words_says_that_a_hub_is_off() {
        let refused = |code: &str, detail: Option<&str>| {
            let mut gap = Gap::new(HUB, "", Reason::Unsupported);
            gap.detail = detail.map(str::to_owned);
            is_off(&Refused::new(code, gap))
        };
        assert!(refused("InvalidAccessException", Some("Account 1 is NOT subscribed to it")));
        assert!(!refused("InvalidAccessException", Some("suspended")));
        assert!(!refused("InvalidAccessException", None));
        assert!(!refused("LimitExceededException", Some("not subscribed")));
        assert!(refused("ResourceNotFoundException", None));
    }

    const ANALYZERS_PATH: &str = "GET /analyzer?maxResults=100";

    async fn one_analyzer(fake: &Fake) -> Analyzer {
        let scope = read::<Analyzer>(fake).await;
        let [analyzer] = scope.analyzers.items.as_slice() else { panic!("{:?}", fake.seen()) };
        analyzer.clone()
    }

    fn analyzers(all: &[(&str, &str)]) -> Fake {
        let analyzer = |(kind, status): &(&str, &str)| {
            json!({
                "arn": "arn:aws:access-analyzer:eu-central-1:123456789012:analyzer/a", "name": "a",
                "type": kind, "status": status, "createdAt": "2026-01-01T00:00:00Z",
            })
        };
        let all: Vec<Value> = all.iter().map(analyzer).collect();
        Fake::default().answer(ANALYZERS_PATH, 200, json!({ "analyzers": all }).to_string())
    }

    #[tokio::test]
    async fn an_analyzer_counts_for_what_it_looks_for_while_it_is_active() {
        for (all, external, unused) in [
            (&[][..], false, false),
            (&[("ACCOUNT", "ACTIVE")], true, false),
            (&[("ORGANIZATION", "ACTIVE")], true, false),
            (&[("ACCOUNT_UNUSED_ACCESS", "ACTIVE")], false, true),
            (&[("ORGANIZATION_UNUSED_ACCESS", "ACTIVE")], false, true),
            (&[("ACCOUNT", "DISABLED")], false, false),
            (&[("ACCOUNT", "CREATING"), ("ACCOUNT_UNUSED_ACCESS", "FAILED")], false, false),
            (&[("ACCOUNT", "DISABLED"), ("ACCOUNT", "ACTIVE")], true, false),
            (&[("ACCOUNT", "ACTIVE"), ("ACCOUNT_UNUSED_ACCESS", "ACTIVE")], true, true),
            (&[("SOMETHING_NEW", "ACTIVE")], false, false),
        ] {
            let analyzer = one_analyzer(&analyzers(all)).await;
            assert_eq!(analyzer.external_access, Known(external), "{all:?}");
            assert_eq!(analyzer.unused_access, Known(unused), "{all:?}");
        }
        let denied = Fake::default().json_error(ANALYZERS_PATH, 403, "AccessDeniedException", "no");
        let analyzer = one_analyzer(&denied).await;
        assert!(analyzer.external_access.gap().is_some() && analyzer.unused_access.gap().is_some());
        // What the first page shows stays, whatever the second holds.
        let first = json!({ "nextToken": "t", "analyzers": [{
            "arn": "arn:aws:access-analyzer:eu-central-1:123456789012:analyzer/a", "name": "a",
            "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "2026-01-01T00:00:00Z" }] });
        let second = "GET /analyzer?nextToken=t&maxResults=100";
        let cut = Fake::default().answer(ANALYZERS_PATH, 200, first.to_string()).json_error(
            second,
            403,
            "AccessDeniedException",
            "no",
        );
        let analyzer = one_analyzer(&cut).await;
        assert_eq!(analyzer.external_access, Known(true));
        assert!(analyzer.unused_access.gap().is_some());
    }
}
