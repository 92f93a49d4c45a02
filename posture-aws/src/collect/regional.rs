//! Services that are switched on region by region: recorders, detectors, finding hubs, analyzers. Each region that is
//! read has one resource of each kind, also where the service is off or does not answer.

use posture_model::fact::{self, Fact, Known};
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Analyzer, Detector, FindingHub, Kind, Recorder};

use super::context::Audit;
use super::regions::each;
use crate::ask::{ApiClient, CallError};
use crate::entry::{Action, Filter, Holds, Per, Value};
use crate::wire::services::{ACCESS_ANALYZER, CONFIG, GUARD_DUTY, SECURITY_HUB};
use crate::wire::spec::Spec;
use crate::wire::{Answer, Constant, Operation, answers, words};

/// Of the detectors that are not switched off.
const DETECTORS_ON: Filter = Filter::Unless(&[(Detector::ENABLED, Value::Flag(false))]);

pub(crate) const RECORDERS: Action = Action {
    name: "config:DescribeConfigurationRecorders",
    // It answers with all there is in one page.
    per: Per::PLACE,
    own: Holds::all(&["ConfigurationRecorders"]),
    lists: &[Kind::Recorder],
    fills: &[Recorder::RECORDING, Recorder::ALL_TYPES, Recorder::GLOBAL_TYPES],
    command: "aws configservice describe-configuration-recorders --region {region}",
};

pub(crate) const RECORDER_STATUS: Action = Action {
    name: "config:DescribeConfigurationRecorderStatus",
    per: Per::PLACE,
    own: Holds::all(&["ConfigurationRecordersStatus"]),
    lists: &[],
    fills: &[Recorder::RECORDING, Recorder::LAST_ERROR],
    command: "aws configservice describe-configuration-recorder-status --region {region}",
};

pub(crate) const CHANNELS: Action = Action {
    name: "config:DescribeDeliveryChannels",
    per: Per::PLACE,
    own: Holds::all(&["DeliveryChannels"]),
    lists: &[],
    fills: &[Recorder::DELIVERS],
    command: "aws configservice describe-delivery-channels --region {region}",
};

pub(crate) const DETECTORS: Action = Action {
    name: "guardduty:ListDetectors",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["detectorIds"]),
    lists: &[Kind::Detector],
    fills: &[Detector::ENABLED],
    command: "aws guardduty list-detectors --region {region}",
};

pub(crate) const DETECTOR: Action = Action {
    name: "guardduty:GetDetector",
    per: Per::of(Kind::Detector, DETECTORS_ON),
    own: Holds::all(&["status", "serviceRole"]),
    lists: &[],
    fills: &[
        Detector::ENABLED,
        Detector::OBJECT_STORAGE,
        Detector::KUBERNETES_AUDIT,
        Detector::MALWARE,
        Detector::DATABASES,
        Detector::FUNCTIONS,
        Detector::RUNTIME,
    ],
    command: "aws guardduty get-detector --detector-id <detector> --region {region}",
};

pub(crate) const HUB: Action = Action {
    name: "securityhub:DescribeHub",
    // It answers with all there is in one page.
    per: Per::PLACE,
    own: Holds::all(&["HubArn"]),
    lists: &[Kind::FindingHub],
    fills: &[FindingHub::ENABLED],
    command: "aws securityhub describe-hub --region {region}",
};

pub(crate) const ANALYZERS: Action = Action {
    name: "access-analyzer:ListAnalyzers",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["analyzers"]),
    lists: &[Kind::Analyzer],
    fills: &[Analyzer::EXTERNAL_ACCESS, Analyzer::UNUSED_ACCESS],
    command: "aws accessanalyzer list-analyzers --region {region}",
};

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    // Boxed, as all of them in one another are too large for the stack of a thread.
    let (recorders, detectors, finding_hubs, analyzers) = futures::join!(
        Box::pin(each(audit, &RECORDERS, "config", |region| recorder(audit, region))),
        Box::pin(each(audit, &DETECTORS, "guardduty", |region| detector(audit, region))),
        Box::pin(each(audit, &HUB, "securityhub", |region| finding_hub(audit, region))),
        Box::pin(each(audit, &ANALYZERS, "access-analyzer", |region| analyzer(audit, region))),
    );
    Part { recorders, detectors, finding_hubs, analyzers, ..Part::default() }
}

pub(super) fn id(audit: &Audit<'_>, service: &str, region: &str, what: &str) -> String {
    let (partition, account) = (audit.session.partition(), audit.session.account());
    format!("arn:{partition}:{service}:{region}:{account}:{what}")
}

words! {
    /// Whose recorder it is.
    RecordingScope { Internal = "INTERNAL", Paid = "PAID" }

    /// By what it is decided which types are recorded.
    StrategyType {
        All = "ALL_SUPPORTED_RESOURCE_TYPES",
        Inclusion = "INCLUSION_BY_RESOURCE_TYPES",
        Exclusion = "EXCLUSION_BY_RESOURCE_TYPES",
    }
}

answers! {
    DescribeConfigurationRecorders {
        recorders: "ConfigurationRecorders" optional records(ConfigurationRecorder),
    }

    ConfigurationRecorder {
        name: "name" optional text,
        scope: "recordingScope" optional word(RecordingScope),
        group: "recordingGroup" optional record(RecordingGroup),
    }

    RecordingGroup {
        all_supported: "allSupported" optional flag,
        global_types: "includeGlobalResourceTypes" optional flag,
        types: "resourceTypes" optional texts,
        excluded: "exclusionByResourceTypes" optional record(Excluded),
        strategy: "recordingStrategy" optional record(RecordingStrategy),
    }

    Excluded {
        types: "resourceTypes" optional texts,
    }

    RecordingStrategy {
        use_only: "useOnly" optional word(StrategyType),
    }

    DescribeConfigurationRecorderStatus {
        statuses: "ConfigurationRecordersStatus" optional records(ConfigurationRecorderStatus),
    }

    ConfigurationRecorderStatus {
        name: "name" optional text,
        recording: "recording" optional flag,
        last_status: "lastStatus" optional text,
        last_error_code: "lastErrorCode" optional text,
    }

    DescribeDeliveryChannels {
        channels: "DeliveryChannels" optional records(DeliveryChannel),
    }

    DeliveryChannel {
        bucket: "s3BucketName" optional text,
    }
}

pub(crate) static DESCRIBE_RECORDERS: Operation<0, DescribeConfigurationRecorders<'_>> =
    Operation::new(&CONFIG, RECORDERS.name, "DescribeConfigurationRecorders");

pub(crate) static DESCRIBE_RECORDER_STATUS: Operation<0, DescribeConfigurationRecorderStatus<'_>> =
    Operation::new(&CONFIG, RECORDER_STATUS.name, "DescribeConfigurationRecorderStatus");

pub(crate) static DESCRIBE_CHANNELS: Operation<0, DescribeDeliveryChannels<'_>> =
    Operation::new(&CONFIG, CHANNELS.name, "DescribeDeliveryChannels");

async fn recorder(audit: &Audit<'_>, region: &str) -> Recorder {
    let ask = audit.ask;
    let client = &audit.session.client(region, audit.meter);
    let id = id(audit, "config", region, "configuration-recorder");
    let recorders = async { ask.fact(ask.read(client, &DESCRIBE_RECORDERS, "", region, []).await) };
    let statuses = async {
        if !audit.calls(&RECORDER_STATUS) {
            return Fact::not_collected();
        }
        ask.fact(ask.read(client, &DESCRIBE_RECORDER_STATUS, "", region, []).await)
    };
    let delivers = async {
        if !audit.calls(&CHANNELS) {
            return Fact::not_collected();
        }
        let answer = ask.read(client, &DESCRIBE_CHANNELS, "", region, []).await;
        ask.fact(answer.map(|answer| {
            let named = |bucket: &str| !bucket.is_empty();
            answer.read().channels().any(|channel| channel.bucket().is_some_and(named))
        }))
    };
    let (recorders, statuses, delivers) = futures::join!(recorders, statuses, delivers);
    let any = |wanted: fn(&ConfigurationRecorder<'_>) -> Option<bool>| {
        recorders.and_then(|answer| {
            fact::any(own(answer).map(|recorder| match wanted(&recorder) {
                Some(false) => Known(false),
                Some(true) if recorder.scope() != Some(RecordingScope::Other) => Known(true),
                _ => unclear(ask, &DESCRIBE_RECORDERS.spec, &id),
            }))
        })
    };
    // The status of a recorder that is not the customer's says nothing about the customer's.
    let state = recorders.and_then(|answer| {
        if own(answer).any(|recorder| recorder.scope() == Some(RecordingScope::Other)) {
            return unclear(ask, &DESCRIBE_RECORDERS.spec, &id);
        }
        statuses.map(|statuses| {
            let names: Vec<&str> = own(answer).filter_map(ConfigurationRecorder::name).collect();
            let is_own = |status: &ConfigurationRecorderStatus<'_>| {
                status.name().is_some_and(|name| names.contains(&name))
            };
            let own = || statuses.read().statuses().filter(is_own);
            let recording = own().any(|status| status.recording() == Some(true));
            let is = |outcome: Option<bool>| {
                own().find(move |status| status.last_status().is_some_and(|s| failed(s) == outcome))
            };
            let error = match is(Some(true)) {
                Some(status) => Ok(Some(
                    status.last_error_code().unwrap_or("an error without a code").to_owned(),
                )),
                None if is(None).is_some() => Err(()),
                None => Ok(None),
            };
            (recording, error)
        })
    });
    let last_error = state.and_then(|(_, error)| match error {
        Ok(error) => Known(error.clone()),
        Err(()) => unclear(ask, &DESCRIBE_RECORDER_STATUS.spec, &id),
    });
    let (all_types, global_types) = (any(all_types), any(global_types));
    Recorder::unread_on(Provider::Aws, id, region, Some(region))
        .recording(state.map(|(recording, _)| *recording))
        .last_error(last_error)
        .all_types(all_types)
        .global_types(global_types)
        .delivers(delivers)
}

/// Whether what a recorder did last failed, by its status; nothing where that is not known here. The model has it as
/// `Failure`, and [the
/// service](https://docs.aws.amazon.com/cli/latest/reference/configservice/describe-configuration-recorder-status.html) in
/// capitals.
fn failed(status: &str) -> Option<bool> {
    match status.replace('_', "").to_ascii_lowercase().as_str() {
        "failure" => Some(true),
        "success" | "pending" | "notapplicable" => Some(false),
        _ => None,
    }
}

/// A fact that a word decides which is not known here.
fn unclear<T>(ask: &ApiClient, spec: &Spec, id: &str) -> Fact<T> {
    ask.malformed(spec.action, id, "the response contains an unknown value")
}

/// The recorders that are the customer's: one that belongs to a service of AWS records for that service alone.
fn own<'a>(
    answer: &'a Answer<DescribeConfigurationRecorders<'static>>,
) -> impl Iterator<Item = ConfigurationRecorder<'a>> {
    let recorders = answer.read().recorders();
    recorders.filter(|recorder| recorder.scope() != Some(RecordingScope::Internal))
}

/// Whether it records every type that there is or will be, see
/// [RecordingGroup](https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html); nothing where it goes by
/// what is not known here.
fn all_types(recorder: &ConfigurationRecorder<'_>) -> Option<bool> {
    let Some(group) = recorder.group() else { return Some(false) };
    match group.strategy().and_then(RecordingStrategy::use_only) {
        Some(StrategyType::All) => Some(true),
        Some(StrategyType::Inclusion | StrategyType::Exclusion) => Some(false),
        Some(StrategyType::Other) => None,
        None => Some(group.all_supported() == Some(true)),
    }
}

/// Whether it records IAM's types, which belong to no region; nothing where it goes by what is not known here.
fn global_types(recorder: &ConfigurationRecorder<'_>) -> Option<bool> {
    const GLOBAL: [&str; 4] =
        ["AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"];
    fn named<'a>(types: impl Iterator<Item = &'a str> + Clone) -> usize {
        GLOBAL.iter().filter(|name| types.clone().any(|kind| kind == **name)).count()
    }
    let Some(group) = recorder.group() else { return Some(false) };
    match group.strategy().and_then(RecordingStrategy::use_only) {
        Some(StrategyType::Exclusion) => {
            Some(group.excluded().is_none_or(|excluded| named(excluded.types()) == 0))
        }
        Some(StrategyType::Inclusion) => Some(named(group.types()) == GLOBAL.len()),
        Some(StrategyType::Other) => None,
        Some(StrategyType::All) | None => Some(group.global_types() == Some(true)),
    }
}

words! {
    /// Whether a detector works.
    DetectorStatus { Enabled = "ENABLED", Disabled = "DISABLED" }

    /// A feature of a detector.
    Feature {
        S3DataEvents = "S3_DATA_EVENTS",
        EksAuditLogs = "EKS_AUDIT_LOGS",
        EbsMalwareProtection = "EBS_MALWARE_PROTECTION",
        RdsLoginEvents = "RDS_LOGIN_EVENTS",
        LambdaNetworkLogs = "LAMBDA_NETWORK_LOGS",
        EksRuntimeMonitoring = "EKS_RUNTIME_MONITORING",
        RuntimeMonitoring = "RUNTIME_MONITORING",
    }
}

impl DetectorStatus {
    /// Nothing where the word is not known here.
    fn is_enabled(self) -> Option<bool> {
        match self {
            Self::Enabled => Some(true),
            Self::Disabled => Some(false),
            Self::Other => None,
        }
    }
}

answers! {
    ListDetectors {
        ids: "detectorIds" required texts,
    }

    GetDetector {
        status: "status" required word(DetectorStatus),
        features: "features" optional records(DetectorFeature),
    }

    DetectorFeature {
        name: "name" optional word(Feature),
        status: "status" optional word(DetectorStatus),
    }
}

pub(crate) static LIST_DETECTORS: Operation<0, ListDetectors<'_>> =
    Operation::new(&GUARD_DUTY, DETECTORS.name, "ListDetectors")
        .at("GET", "/detector")
        .given(&[("maxResults", Constant::Whole(50))])
        .pages("nextToken", "nextToken");

pub(crate) static GET_DETECTOR: Operation<1, GetDetector<'_>> =
    Operation::new(&GUARD_DUTY, DETECTOR.name, "GetDetector")
        .at("GET", "/detector/{DetectorId}")
        .takes(&["DetectorId"]);

async fn detector(audit: &Audit<'_>, region: &str) -> Detector {
    let ask = audit.ask;
    let client = audit.session.client(region, audit.meter);
    let detector = Detector::unread_on(
        Provider::Aws,
        id(audit, "guardduty", region, "detector"),
        region,
        Some(region),
    );
    let (pages, refused) = ask.list(&client, &LIST_DETECTORS, region, []).await;
    if let Some(refused) = refused {
        let gap = Fact::Gap(ask.gap(refused.into_gap()));
        return featured(detector.enabled(gap.clone()), |_| gap.clone());
    }
    // There is at most one in a region.
    let Some(number) = pages.iter().flat_map(|page| page.read().ids()).next() else {
        return featured(detector.enabled(Known(false)), |_| Known(false));
    };
    if !audit.calls(&DETECTOR) {
        return detector;
    }
    let answer = ask.read(&client, &GET_DETECTOR, &detector.id, region, [number]).await;
    let answer = ask.fact(answer);
    let id = detector.id.clone();
    let enabled = answer.and_then(|answer| match answer.read().status().is_enabled() {
        Some(enabled) => Known(enabled),
        None => unclear(ask, &GET_DETECTOR.spec, &id),
    });
    featured(detector.enabled(enabled), |name| {
        answer.and_then(|answer| match feature(answer.read(), name) {
            Ok(on) => on,
            Err(why) => ask.malformed(GET_DETECTOR.spec.action, &id, why),
        })
    })
}

/// Fills the facts that follow from a feature of the detector, by the feature's name, see
/// [DetectorFeatureConfigurationResult](https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html).
fn featured(detector: Detector, of: impl Fn(Feature) -> Fact<bool>) -> Detector {
    use Feature as F;
    detector
        .object_storage(of(F::S3DataEvents))
        .kubernetes_audit(of(F::EksAuditLogs))
        .malware(of(F::EbsMalwareProtection))
        .databases(of(F::RdsLoginEvents))
        .functions(of(F::LambdaNetworkLogs))
        // The older EKS_RUNTIME_MONITORING watches clusters only, and no container of ECS and no instance.
        .runtime(match of(F::RuntimeMonitoring) {
            Fact::NotOffered if of(F::EksRuntimeMonitoring) != Fact::NotOffered => Known(false),
            runtime => runtime,
        })
}

/// Whether a feature is on. A region that lists others and not this one does not have it. Every detector has some, as
/// CloudTrail's management events, flow logs and DNS logs
/// [cannot be left out](https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_data-sources.html): an empty list means
/// nothing.
fn feature(answer: GetDetector<'_>, name: Feature) -> Result<Fact<bool>, &'static str> {
    if answer.features().len() == 0 {
        return Err("the response has no features");
    }
    if answer.features().any(|feature| feature.name().is_none()) {
        return Err("a feature has no name");
    }
    let mut found = Vec::new();
    for feature in answer.features() {
        if feature.name() == Some(name) {
            let status = feature.status().ok_or("a feature has no status")?;
            let enabled = status.is_enabled();
            found.push(Known(enabled.ok_or("a feature is in a state that is not known here")?));
        }
    }
    Ok(if found.is_empty() { Fact::NotOffered } else { fact::any(found) })
}

answers! {
    /// Security Hub in a region, where it is on.
    DescribeHub {
        hub_arn: "HubArn" optional text,
    }
}

pub(crate) static DESCRIBE_HUB: Operation<0, DescribeHub<'_>> =
    Operation::new(&SECURITY_HUB, HUB.name, "DescribeHub").at("GET", "/accounts");

async fn finding_hub(audit: &Audit<'_>, region: &str) -> FindingHub {
    let client = audit.session.client(region, audit.meter);
    let enabled = match audit.ask.read(&client, &DESCRIBE_HUB, "", region, []).await {
        Ok(answer) if answer.read().hub_arn().is_some() => Known(true),
        Ok(_) => audit.ask.malformed(DESCRIBE_HUB.spec.action, "", "the response has no hub"),
        Err(refused) if is_off(&refused) => Known(false),
        Err(refused) => Fact::Gap(audit.ask.gap(refused.into_gap())),
    };
    FindingHub::unread_on(
        Provider::Aws,
        id(audit, "securityhub", region, "hub/default"),
        region,
        Some(region),
    )
    .enabled(enabled)
}

/// An account that has not switched Security Hub on gets an error in place of a hub, whose code is also used for other
/// mistakes, see [DescribeHub](https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html).
fn is_off(refused: &CallError) -> bool {
    let says = refused.detail().unwrap_or_default().to_lowercase();
    refused.code() == Some("ResourceNotFoundException")
        || refused.code() == Some("InvalidAccessException") && says.contains("not subscribed")
}

words! {
    /// What an analyzer looks for.
    AnalyzerType {
        Account = "ACCOUNT",
        Organization = "ORGANIZATION",
        AccountUnusedAccess = "ACCOUNT_UNUSED_ACCESS",
        OrganizationUnusedAccess = "ORGANIZATION_UNUSED_ACCESS",
    }

    /// Whether an analyzer works.
    AnalyzerStatus {
        Active = "ACTIVE",
        Creating = "CREATING",
        Disabled = "DISABLED",
        Failed = "FAILED",
    }
}

answers! {
    ListAnalyzers {
        analyzers: "analyzers" required records(AnalyzerSummary),
    }

    AnalyzerSummary {
        kind: "type" required word(AnalyzerType),
        status: "status" required word(AnalyzerStatus),
    }
}

pub(crate) static LIST_ANALYZERS: Operation<0, ListAnalyzers<'_>> =
    Operation::new(&ACCESS_ANALYZER, ANALYZERS.name, "ListAnalyzers")
        .at("GET", "/analyzer")
        .given(&[("maxResults", Constant::Whole(100))])
        .pages("nextToken", "nextToken");

async fn analyzer(audit: &Audit<'_>, region: &str) -> Analyzer {
    let id = id(audit, "access-analyzer", region, "analyzer");
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_ANALYZERS, region, []).await;
    let missing = refused.map(|refused| audit.ask.gap(refused.into_gap()));
    let active = |wanted: &[AnalyzerType]| {
        let all = pages.iter().flat_map(|page| page.read().analyzers());
        let found =
            all.filter(|analyzer| wanted.contains(&analyzer.kind())).map(|analyzer| match analyzer
                .status()
            {
                AnalyzerStatus::Active => Known(true),
                AnalyzerStatus::Creating | AnalyzerStatus::Disabled | AnalyzerStatus::Failed => {
                    Known(false)
                }
                AnalyzerStatus::Other => unclear(audit.ask, &LIST_ANALYZERS.spec, &id),
            });
        fact::any(found) | missing.map_or(Known(false), Fact::Gap)
    };
    let external = active(&[AnalyzerType::Account, AnalyzerType::Organization]);
    let unused =
        active(&[AnalyzerType::AccountUnusedAccess, AnalyzerType::OrganizationUnusedAccess]);
    Analyzer::unread_on(Provider::Aws, id, region, Some(region))
        .external_access(external)
        .unused_access(unused)
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Gap;
    use posture_model::gap::Reason;
    use posture_model::resource::{FactId, Resource};
    use posture_model::scope::Scope;
    use posture_model::wanted::Wanted;
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::Fake;

    async fn read<R: Resource>(fake: &Fake) -> Scope {
        let fact =
            |fact: &posture_model::resource::FactInfo| FactId { kind: R::KIND, name: fact.name };
        let facts: Vec<FactId> = R::FACTS.iter().map(fact).collect();
        fake.collect(&Wanted::of(&facts, &[R::KIND])).await
    }

    /// Whether a recorder of this group records all types, and those of no region.
    fn recorded(group: Value) -> (bool, bool) {
        let recorder = json!({ "name": "default", "recordingGroup": group });
        let recorder = Answer::<ConfigurationRecorder<'_>>::of(recorder).unwrap();
        (all_types(&recorder.read()).unwrap(), global_types(&recorder.read()).unwrap())
    }

    const ALL: &str = "ALL_SUPPORTED_RESOURCE_TYPES";
    const INCLUSION: &str = "INCLUSION_BY_RESOURCE_TYPES";
    const EXCLUSION: &str = "EXCLUSION_BY_RESOURCE_TYPES";

    #[test]
    fn the_strategy_decides_what_is_recorded() {
        let all = json!({ "allSupported": true, "includeGlobalResourceTypes": true });
        assert_eq!(recorded(all), (true, true));
        assert_eq!(recorded(json!({ "allSupported": true })), (true, false));
        assert!(recorded(json!({ "recordingStrategy": { "useOnly": ALL } })).0);
        let without = |excluded: &str| {
            recorded(json!({
                "recordingStrategy": { "useOnly": EXCLUSION },
                "exclusionByResourceTypes": { "resourceTypes": [excluded] },
            }))
        };
        assert_eq!(without("AWS::S3::Bucket"), (false, true));
        assert!(!without("AWS::IAM::Role").1);
        assert!(!recorded(json!({ "resourceTypes": ["AWS::S3::Bucket"] })).0);
        assert_eq!(recorded(json!(null)), (false, false));
    }

    #[test]
    fn a_feature_that_a_region_does_not_name_is_not_offered() {
        let answer = Answer::<GetDetector<'_>>::of(json!({ "status": "ENABLED", "features": [
            { "name": "S3_DATA_EVENTS", "status": "ENABLED" },
            { "name": "EKS_RUNTIME_MONITORING", "status": "ENABLED" },
            { "name": "RUNTIME_MONITORING", "status": "DISABLED" },
            { "name": "RDS_LOGIN_EVENTS", "status": "DISABLED" },
        ] }));
        let answer = answer.unwrap();
        let detector = featured(Detector::unread("d", "d", None), |name| {
            feature(answer.read(), name).unwrap()
        });
        assert_eq!(detector.object_storage, Known(true));
        // The feature of clusters alone is not enough.
        assert_eq!(detector.runtime, Known(false));
        assert_eq!(detector.databases, Known(false));
        assert_eq!(detector.functions, Fact::NotOffered);
    }

    #[test]
    fn only_types_that_are_named_are_recorded_by_name() {
        const BUCKET: &str = "AWS::S3::Bucket";
        const ROLE: &str = "AWS::IAM::Role";
        const POLICY: &str = "AWS::IAM::Policy";
        let of = |only: &str, types: &[&str], excluded: &[&str]| {
            let group = json!({
                // What the strategy does not go by says nothing.
                "includeGlobalResourceTypes": true, "allSupported": true,
                "recordingStrategy": { "useOnly": only }, "resourceTypes": types,
                "exclusionByResourceTypes": { "resourceTypes": excluded },
            });
            recorded(group).1
        };
        let all = ["AWS::IAM::User", "AWS::IAM::Group", ROLE, POLICY];
        assert!(of(INCLUSION, &all, &[]));
        assert!(of(INCLUSION, &[&all[..], &[BUCKET]].concat(), &[]));
        assert!(!of(INCLUSION, &all[1..], &[]));
        assert!(!of(INCLUSION, &[], &[]));
        assert!(of(EXCLUSION, &[], &[]));
        assert!(of(EXCLUSION, &[], &[BUCKET]));
        // One of them is enough to miss it, whatever else is left out.
        assert!(!of(EXCLUSION, &[], &[BUCKET, ROLE]));
        assert!(!of(EXCLUSION, &[], &[POLICY, BUCKET]));
        let by_strategy =
            json!({ "allSupported": true, "recordingStrategy": { "useOnly": INCLUSION } });
        assert!(!recorded(by_strategy).0);
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
    async fn what_is_not_known_of_a_recorder_is_a_gap() {
        let status =
            |word: &str| json!([{ "name": "default", "recording": true, "lastStatus": word }]);
        let new = recorders(json!([own("default")]), status("Sleeping"), json!([]));
        let recorder = one_recorder(&new).await;
        assert!(recorder.last_error.gap().is_some());
        assert_eq!((&recorder.recording, &recorder.all_types), (&Known(true), &Known(true)));
        // The model writes them in one way, and the service in another.
        for word in ["Success", "SUCCESS", "PENDING", "NotApplicable", "NOT_APPLICABLE"] {
            let known = recorders(json!([own("default")]), status(word), json!([]));
            assert_eq!(one_recorder(&known).await.last_error, Known(None), "{word}");
        }
        let failing = recorders(json!([own("default")]), status("FAILURE"), json!([]));
        assert!(matches!(one_recorder(&failing).await.last_error, Known(Some(_))));
        let strategy = |word: &str| {
            let mut recorder = own("default");
            recorder["recordingGroup"]["recordingStrategy"] = json!({ "useOnly": word });
            recorders(json!([recorder]), status("Success"), json!([]))
        };
        let recorder = one_recorder(&strategy("BY_MOON")).await;
        assert!(recorder.all_types.gap().is_some() && recorder.global_types.gap().is_some());
        assert_eq!(recorder.recording, Known(true));
        // Another recorder that is known to record all leaves nothing open.
        let mut unclear = own("unclear");
        unclear["recordingGroup"]["recordingStrategy"] = json!({ "useOnly": "BY_MOON" });
        let both = recorders(json!([unclear, own("default")]), status("Success"), json!([]));
        assert_eq!(one_recorder(&both).await.all_types, Known(true));
        // Whose it is decides whether it counts.
        let mut not_shared = own("default");
        not_shared["recordingScope"] = json!("SHARED");
        let recorder =
            one_recorder(&recorders(json!([not_shared]), status("Success"), json!([]))).await;
        for fact in [&recorder.recording, &recorder.all_types, &recorder.global_types] {
            assert!(fact.gap().is_some(), "{fact:?}");
        }
        assert!(recorder.last_error.gap().is_some());
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
    async fn a_state_of_a_detector_that_is_not_known_is_a_gap() {
        let feature = |status: &str| {
            json!([
                { "name": "S3_DATA_EVENTS", "status": status },
                { "name": "RDS_LOGIN_EVENTS", "status": "ENABLED" },
                // Of one that is not known, nothing is asked.
                { "name": "MOON_EVENTS", "status": "SLEEPING" },
            ])
        };
        let detector = one_detector(&detector_of("SLEEPING", feature("ENABLED"))).await;
        assert!(detector.enabled.gap().is_some());
        assert_eq!(detector.object_storage, Known(true));
        let detector = one_detector(&detector_of("ENABLED", feature("SLEEPING"))).await;
        assert!(detector.object_storage.gap().is_some());
        assert_eq!((&detector.enabled, &detector.databases), (&Known(true), &Known(true)));
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
    async fn a_hub_that_is_off_is_distinguished_from_one_that_does_not_answer() {
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
            let mut gap = Gap::new(DESCRIBE_HUB.spec.action, "", Reason::Unsupported);
            gap.detail = detail.map(str::to_owned);
            is_off(&CallError::new(code, gap))
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
        let unclear = [("ACCOUNT", "SLEEPING"), ("ACCOUNT_UNUSED_ACCESS", "ACTIVE")];
        let analyzer = one_analyzer(&analyzers(&unclear)).await;
        assert!(analyzer.external_access.gap().is_some());
        assert_eq!(analyzer.unused_access, Known(true));
        let beside = [("ACCOUNT", "SLEEPING"), ("ORGANIZATION", "ACTIVE")];
        assert_eq!(one_analyzer(&analyzers(&beside)).await.external_access, Known(true));
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
