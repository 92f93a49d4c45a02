//! The parts of SARIF that are written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use posture_core::control::Severity;
use posture_core::frameworks::Strength;
use posture_core::gap::Gap;
use posture_core::json::FilterV1;
use posture_core::params::Value;
use posture_core::provider::Provider;
use posture_core::report::{Report, State};
use posture_core::scope::{Level, Region};
use posture_core::time::Time;
use serde::Serialize;

use crate::providers::Providers;

#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool<'a>,
    pub(super) invocations: [Invocation<'a>; 1],
    pub(super) logical_locations: Vec<LogicalLocation<'a>>,
    pub(super) results: Results<'a>,
    pub(super) properties: RunProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct Tool<'a> {
    pub(super) driver: Driver<'a>,
}

#[derive(Serialize)]
pub(super) struct Driver<'a> {
    pub(super) name: &'static str,
    pub(super) version: &'a str,
    pub(super) notifications: [Notice; 4],
    pub(super) rules: Vec<Rule>,
}

/// A kind of notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Notice {
    pub(super) id: &'static str,
    pub(super) short_description: Text,
}

/// A control.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) name: String,
    pub(super) short_description: Text,
    pub(super) full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help_uri: Option<&'static str>,
    pub(super) help: Text,
    pub(super) default_configuration: Configuration,
    pub(super) properties: RuleProperties,
}

/// A text, and the same with marks where it has some.
#[derive(Serialize)]
pub(super) struct Text {
    pub(super) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) markdown: Option<String>,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, markdown: None }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parameters: BTreeMap<&'static str, Value>,
}

#[derive(Serialize)]
pub(super) struct RuleProperties {
    pub(super) tags: Vec<String>,
    /// GitHub's word for it.
    #[serde(rename = "security-severity")]
    pub(super) security_severity: &'static str,
    pub(super) requirements: Vec<Requirement>,
}

#[derive(Serialize)]
pub(super) struct Requirement {
    pub(super) framework: &'static str,
    pub(super) id: &'static str,
    pub(super) strength: Strength,
    /// The tool that the user declared, so that the control is supporting evidence only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) declared: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) execution_successful: bool,
    pub(super) start_time_utc: Time,
    pub(super) end_time_utc: Time,
    pub(super) tool_execution_notifications: Notifications<'a>,
}

/// What is not among the results, and the gaps, written one by one.
pub(super) struct Notifications<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) providers: Providers,
    pub(super) limit: usize,
}

#[derive(Serialize)]
pub(super) struct Notification<'a> {
    pub(super) descriptor: Descriptor,
    pub(super) level: &'static str,
    pub(super) message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) properties: Option<NotificationProperties<'a>>,
}

#[derive(Serialize)]
pub(super) struct Descriptor {
    pub(super) id: &'static str,
    pub(super) index: usize,
}

#[derive(Serialize)]
pub(super) struct NotificationProperties<'a> {
    pub(super) provider: Provider,
    pub(super) scope: &'a str,
    pub(super) gap: &'a Gap,
}

/// The findings that are written, one by one.
pub(super) struct Results<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) providers: Providers,
    pub(super) limit: usize,
}

/// One result.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum OneResult<'a> {
    Mistake(Box<MistakeResult<'a>>),
    Finding(Box<FindingResult<'a>>),
}

/// A mistake in a file that was given to the audit.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MistakeResult<'a> {
    pub(super) rule_id: &'static str,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) message: Text,
    pub(super) locations: [Location<'a>; 1],
    pub(super) partial_fingerprints: Fingerprints,
    pub(super) suppressions: [(); 0],
    pub(super) properties: NotificationProperties<'a>,
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FindingResult<'a> {
    pub(super) rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) message: Text,
    pub(super) locations: [Location<'a>; 1],
    pub(super) partial_fingerprints: Fingerprints,
    /// Always there: where one result has it, all must.
    pub(super) suppressions: Vec<Suppression<'a>>,
    pub(super) properties: ResultProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct Fingerprints {
    #[serde(rename = "postureFinding/v1")]
    pub(super) finding: String,
    /// The only one that GitHub looks at.
    #[serde(rename = "primaryLocationLineHash")]
    pub(super) line: String,
}

#[derive(Serialize)]
pub(super) struct Suppression<'a> {
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) justification: String,
    pub(super) properties: SuppressionProperties<'a>,
}

#[derive(Serialize)]
pub(super) struct SuppressionProperties<'a> {
    pub(super) owner: &'a str,
    pub(super) reason: &'a str,
    pub(super) expires: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultProperties<'a> {
    pub(super) severity: Severity,
    pub(super) provider: Provider,
    pub(super) scope: &'a str,
    pub(super) resource_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) evidence: Vec<Fact<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gap: Option<&'a Gap>,
}

/// A fact that decided.
#[derive(Serialize)]
pub(super) struct Fact<'a> {
    pub(super) fact: &'a str,
    pub(super) found: &'a str,
    pub(super) expected: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) physical_location: Option<PhysicalLocation>,
    pub(super) logical_locations: [LogicalLocation<'a>; 1],
}

/// An artificial path, since nothing in a cloud is in a file: without one GitHub rejects all results.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    pub(super) region: TextRegion,
}

#[derive(Serialize)]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextRegion {
    pub(super) start_line: u32,
}

/// A scope, or a resource within one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) fully_qualified_name: &'a str,
    pub(super) kind: &'static str,
    /// The place of a scope in [`Run::logical_locations`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<usize>,
    /// The path of the scope that contains a resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_index: Option<usize>,
}

/// What was read, and the state of the frameworks, for which the format has no properties.
#[derive(Serialize)]
pub(super) struct RunProperties<'a> {
    pub(super) partial: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filter: Option<FilterV1<'a>>,
    pub(super) scopes: Vec<ScopeProperties<'a>>,
    pub(super) frameworks: Vec<FrameworkProperties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScopeProperties<'a> {
    pub(super) provider: Provider,
    pub(super) level: Level,
    pub(super) id: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) partition: &'a str,
    pub(super) identity: Option<&'a str>,
    pub(super) started: Time,
    pub(super) finished: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock_ahead_seconds: Option<i64>,
    pub(super) regions: &'a [Region],
}

/// Coverage and score, which are two numbers: neither says anything of the other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrameworkProperties {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) states: BTreeMap<State, usize>,
    pub(super) coverage: Coverage,
    pub(super) score: Score,
}

#[derive(Serialize)]
pub(super) struct Coverage {
    pub(super) assessed: usize,
    pub(super) evidenced: usize,
    pub(super) decided: usize,
    pub(super) assessable: usize,
    pub(super) total: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Score {
    pub(super) without_failure: usize,
    pub(super) decided: usize,
}
