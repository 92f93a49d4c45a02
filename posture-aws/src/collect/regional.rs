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
        if !audit.wanted.fact(Recorder::fact("delivers")) {
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
    Recorder::unread(id, &region, Some(&region))
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
    let detector =
        Detector::unread(id(audit, "guardduty", &region, "detector"), &region, Some(&region));
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
    featured(detector.enabled(enabled), |names| {
        answer.and_then(|output| match feature(output, names) {
            Ok(on) => on,
            Err(why) => ask.malformed(DETECTOR, &id, why),
        })
    })
}

/// Fills the facts that follow from a feature of the detector, by the feature's names, the newest first, see
/// [DetectorFeatureConfigurationResult](https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html).
fn featured(detector: Detector, of: impl Fn(&[DetectorFeatureResult]) -> Fact<bool>) -> Detector {
    use DetectorFeatureResult as F;
    detector
        .object_storage(of(&[F::S3DataEvents]))
        .kubernetes_audit(of(&[F::EksAuditLogs]))
        .malware(of(&[F::EbsMalwareProtection]))
        .databases(of(&[F::RdsLoginEvents]))
        .functions(of(&[F::LambdaNetworkLogs]))
        .runtime(of(&[F::RuntimeMonitoring, F::EksRuntimeMonitoring]))
}

/// Whether one of these features is on. A region that lists others and none of them does not have it. Every detector has
/// some, as CloudTrail's management events, flow logs and DNS logs
/// [cannot be left out](https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html): a list of none says
/// nothing.
fn feature(
    output: &GetDetectorOutput,
    names: &[DetectorFeatureResult],
) -> Result<Fact<bool>, &'static str> {
    if output.features().is_empty() {
        return Err("the answer lists no features");
    }
    if output.features().iter().any(|feature| feature.name().is_none()) {
        return Err("a feature has no name");
    }
    let mut found = Vec::new();
    for feature in output.features() {
        if feature.name().is_some_and(|name| names.contains(name)) {
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
    FindingHub::unread(id(audit, "securityhub", &region, "hub/default"), &region, Some(&region))
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
    Analyzer::unread(id(audit, "access-analyzer", &region, "analyzer"), &region, Some(&region))
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

    use super::*;

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
            featured(Detector::unread("d", "d", None), |names| feature(&output, names).unwrap());
        assert_eq!(detector.object_storage, Known(true));
        assert_eq!(detector.runtime, Known(true));
        assert_eq!(detector.databases, Known(false));
        assert_eq!(detector.functions, Fact::NotOffered);
    }
}
