//! Findings as [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for viewers and code
//! scanning.
//!
//! | Outcome | `kind` | `level` |
//! | --- | --- | --- |
//! | pass | `pass` | `none` |
//! | fail | `fail` | by severity: `error`, `warning`, `note` |
//! | fail, excepted | the same, with an accepted suppression | the same |
//! | not applicable | `notApplicable` | `none` |
//! | unknown | `open` | `none` |
//!
//! Every finding is a result, and every gap a notification. GitHub makes an alert of each result, whatever its kind
//! ([PSRule #955](https://github.com/microsoft/PSRule/issues/955)) and whoever accepted it
//! ([codeql-action #1230](https://github.com/github/codeql-action/issues/1230)), and takes 25 000 of them, so that who
//! uploads there leaves the others out first:
//! `jq '.runs[].results |= map(select(.kind == "fail" or .kind == "open"))'`.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, Write};

use posture_core::control::{Control, Severity};
use posture_core::exception::Exception;
use posture_core::frameworks::{Mapping, Strength};
use posture_core::gap::Gap;
use posture_core::judge::{Finding, Outcome};
use posture_core::params::{Params, Value};
use posture_core::provider::Provider;
use posture_core::report::{FrameworkReport, Report, State};
use posture_core::resource::Kind;
use posture_core::scope::{Level, Region, Scope};
use posture_core::time::Time;
use serde::{Serialize, Serializer};

use super::markdown::prose;
use crate::Providers;
use crate::shared::fingerprint;
use crate::stream::pretty;
use crate::text::{NAME, safe};
use crate::words;

/// Where the schema is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// How many tags a rule may have; GitHub refuses a file in which one has
/// [more](https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit).
const TAGS: usize = 20;

/// How much of a name stands in a path.
const SEGMENT: usize = 100;

/// The notifications, by their place in [`Driver::notifications`].
const UNREAD: (usize, &str) = (0, "unread");
const STOPPED: (usize, &str) = (1, "stopped");

/// Writes every finding and every gap.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    let log = Log { schema: SCHEMA, version: "2.1.0", runs: [Run::new(report, params, providers)] };
    pretty(&log, out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation<'a>; 1],
    logical_locations: Vec<LogicalLocation<'a>>,
    results: Results<'a>,
    properties: RunProperties<'a>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
struct Driver<'a> {
    name: &'static str,
    version: &'a str,
    notifications: [Notice; 2],
    rules: Vec<Rule>,
}

/// A kind of notification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    id: &'static str,
    short_description: Text,
}

/// A control.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<&'static str>,
    help: Text,
    default_configuration: Configuration,
    properties: RuleProperties,
}

/// A text, and the same with marks where it has some.
#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
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
struct Configuration {
    level: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    parameters: BTreeMap<&'static str, Value>,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    /// GitHub's word for it.
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
    requirements: Vec<Requirement>,
}

#[derive(Serialize)]
struct Requirement {
    framework: &'static str,
    id: &'static str,
    strength: Strength,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    start_time_utc: Time,
    end_time_utc: Time,
    tool_execution_notifications: Notifications<'a>,
}

/// The gaps, written one by one.
struct Notifications<'a>(&'a Report<'a>, Providers);

#[derive(Serialize)]
struct Notification<'a> {
    descriptor: Descriptor,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<NotificationProperties<'a>>,
}

#[derive(Serialize)]
struct Descriptor {
    id: &'static str,
    index: usize,
}

#[derive(Serialize)]
struct NotificationProperties<'a> {
    provider: Provider,
    scope: &'a str,
    gap: &'a Gap,
}

/// The findings, written one by one.
struct Results<'a>(&'a Report<'a>, Providers);

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingResult<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: [Location<'a>; 1],
    partial_fingerprints: Fingerprints,
    /// Always there: where one result has it, all must.
    suppressions: Vec<Suppression<'a>>,
    properties: ResultProperties<'a>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "postureFinding/v1")]
    finding: String,
    /// The only one that GitHub looks at.
    #[serde(rename = "primaryLocationLineHash")]
    line: String,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    status: &'static str,
    justification: String,
    properties: SuppressionProperties<'a>,
}

#[derive(Serialize)]
struct SuppressionProperties<'a> {
    owner: &'a str,
    reason: &'a str,
    expires: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    severity: Severity,
    provider: Provider,
    scope: &'a str,
    resource_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Fact<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<&'a Gap>,
}

/// A fact that decided.
#[derive(Serialize)]
struct Fact<'a> {
    fact: &'a str,
    found: &'a str,
    expected: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    logical_locations: [LogicalLocation<'a>; 1],
}

/// A path of our making, since nothing in a cloud lies in a file: without one GitHub refuses all results.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: TextRegion,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TextRegion {
    start_line: u32,
}

/// A scope, or a resource within one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation<'a> {
    name: Cow<'a, str>,
    fully_qualified_name: &'a str,
    kind: &'static str,
    /// The place of a scope in [`Run::logical_locations`].
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    /// The place of the scope that a resource lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_index: Option<usize>,
}

/// What was read, and where the frameworks stand, for which the format has no words of its own.
#[derive(Serialize)]
struct RunProperties<'a> {
    partial: bool,
    scopes: Vec<ScopeProperties<'a>>,
    frameworks: Vec<FrameworkProperties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScopeProperties<'a> {
    provider: Provider,
    level: Level,
    id: &'a str,
    name: Option<&'a str>,
    partition: &'a str,
    identity: Option<&'a str>,
    started: Time,
    finished: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_ahead_seconds: Option<i64>,
    regions: &'a [Region],
}

/// Coverage and score, which are two numbers: neither says anything of the other.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameworkProperties {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    states: BTreeMap<State, usize>,
    coverage: Coverage,
    score: Score,
}

#[derive(Serialize)]
struct Coverage {
    assessed: usize,
    assessable: usize,
    total: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Score {
    without_failure: usize,
    decided: usize,
}

impl<'a> Run<'a> {
    fn new(report: &'a Report<'a>, params: &Params, providers: Providers) -> Self {
        let findings = &report.findings;
        let header = findings.header();
        let scopes = || findings.scopes().iter().map(|examined| examined.scope());
        let notice = |id, text: &str| Notice { id, short_description: text.into() };
        let driver = Driver {
            name: "posture",
            version: &header.tool,
            notifications: [
                notice(UNREAD.1, "Something could not be read"),
                notice(STOPPED.1, "The audit was stopped before its end"),
            ],
            rules: findings
                .controls()
                .iter()
                .map(|&control| Rule::new(control, report, params))
                .collect(),
        };
        let invocation = Invocation {
            execution_successful: !header.partial,
            start_time_utc: header.started,
            end_time_utc: header.finished,
            tool_execution_notifications: Notifications(report, providers),
        };
        Self {
            tool: Tool { driver },
            invocations: [invocation],
            logical_locations: scopes()
                .map(|scope| LogicalLocation::scope(scope, None, providers))
                .collect(),
            results: Results(report, providers),
            properties: RunProperties {
                partial: header.partial,
                scopes: scopes().map(ScopeProperties::new).collect(),
                frameworks: report.frameworks.iter().map(FrameworkProperties::new).collect(),
            },
        }
    }
}

impl Rule {
    fn new(control: &'static Control, report: &Report<'_>, params: &Params) -> Self {
        let mut mappings: Vec<Mapping> = control.mappings();
        mappings.retain(|mapping| {
            let framework = mapping.requirement.framework();
            report.frameworks.iter().any(|reported| std::ptr::eq(reported.framework, framework))
        });
        // Those that it decides come first: not all of them may have room among the tags.
        mappings.sort_by_key(|mapping| Reverse(mapping.strength));
        let tags = mappings.iter().map(|mapping| mapping.requirement.to_string());
        Self {
            id: control.id,
            name: pascal(control.id),
            short_description: control.title.into(),
            full_description: control.rationale.into(),
            help_uri: control.references.first().copied(),
            help: help(control),
            default_configuration: Configuration {
                level: level(control.severity),
                parameters: params.in_force(control),
            },
            properties: RuleProperties {
                tags: std::iter::once("security".to_owned()).chain(tags).take(TAGS).collect(),
                security_severity: security_severity(control.severity),
                requirements: mappings.iter().map(Requirement::new).collect(),
            },
        }
    }
}

impl Requirement {
    fn new(mapping: &Mapping) -> Self {
        Self {
            framework: mapping.requirement.framework().id,
            id: mapping.requirement.get().id,
            strength: mapping.strength,
        }
    }
}

impl Serialize for Notifications<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (findings, providers) = (&self.0.findings, self.1);
        let stopped = findings.header().partial.then(Notification::stopped);
        let scopes = findings.scopes().iter().map(|examined| examined.scope()).enumerate();
        let gaps = scopes.flat_map(|(place, scope)| {
            scope.real_gaps().map(move |gap| Notification::unread(scope, place, gap, providers))
        });
        serializer.collect_seq(stopped.into_iter().chain(gaps))
    }
}

impl<'a> Notification<'a> {
    /// An error, which says that the results are not complete.
    fn stopped() -> Self {
        Self {
            descriptor: Descriptor { index: STOPPED.0, id: STOPPED.1 },
            level: "error",
            message: "The audit was stopped before its end: what was not read is unknown.".into(),
            locations: Vec::new(),
            properties: None,
        }
    }

    fn unread(scope: &'a Scope, place: usize, gap: &'a Gap, providers: Providers) -> Self {
        let location = if gap.target.is_empty() {
            LogicalLocation::scope(scope, Some(place), providers)
        } else {
            LogicalLocation::resource(&gap.target, &gap.target, Some(place))
        };
        Self {
            descriptor: Descriptor { index: UNREAD.0, id: UNREAD.1 },
            level: "warning",
            message: message(&format!("{}: {}.", words::place(scope, providers), words::gap(gap))),
            locations: vec![Location { physical_location: None, logical_locations: [location] }],
            properties: Some(NotificationProperties {
                provider: scope.provider,
                scope: &scope.id,
                gap,
            }),
        }
    }
}

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (findings, providers) = (&self.0.findings, self.1);
        let rules = findings.controls().iter().map(|control| control.id);
        let rules: HashMap<&str, usize> = rules.zip(0..).collect();
        let scopes = findings.scopes().iter().map(|examined| examined.scope().place());
        let scopes: HashMap<(Provider, Level, &str), usize> = scopes.zip(0..).collect();
        serializer.collect_seq(findings.iter().map(|finding| {
            let rule = rules.get(finding.control.id).copied();
            let scope = scopes.get(&finding.scope.place()).copied();
            FindingResult::new(finding, rule, scope, providers)
        }))
    }
}

impl<'a> FindingResult<'a> {
    /// The result of a finding, with the places of its rule and its scope.
    fn new(
        finding: Finding<'a>,
        rule_index: Option<usize>,
        scope: Option<usize>,
        providers: Providers,
    ) -> Self {
        let control = finding.control;
        let (kind, level) = match finding.outcome {
            Outcome::Pass => ("pass", "none"),
            Outcome::Fail(_) => ("fail", level(control.severity)),
            Outcome::NotApplicable(_) => ("notApplicable", "none"),
            Outcome::Unknown(_) => ("open", "none"),
        };
        let id = finding.id();
        Self {
            rule_id: control.id,
            rule_index,
            kind,
            level,
            message: message(&said(&finding, providers)),
            locations: [Location::of(&finding, scope, providers)],
            partial_fingerprints: Fingerprints { finding: id, line: fingerprint(&finding) },
            suppressions: finding.exception.map(Suppression::new).into_iter().collect(),
            properties: ResultProperties::new(finding, providers),
        }
    }
}

/// What a result says. The first sentence must do where there is little room.
fn said(finding: &Finding<'_>, providers: Providers) -> String {
    let (title, subject) = (finding.control.title, words::subject(finding, providers));
    match finding.outcome {
        Outcome::Pass => format!("{title}: {subject} passes."),
        Outcome::NotApplicable(why) => format!("{title}: not applicable to {subject}: {why}."),
        Outcome::Unknown(_) => {
            format!("{title}: unknown for {subject}: {}.", words::unknown(finding))
        }
        Outcome::Fail(evidence) => {
            let mut text = format!("{title}: {subject} fails.");
            for evidence in evidence.iter() {
                let _ = write!(text, " {}.", words::evidence(evidence));
            }
            if let Some(exception) = finding.exception {
                let _ = write!(text, " The failure is {}.", words::accepted(exception));
            }
            if let Some(remedy) = finding.control.remedy(finding.scope.provider) {
                let _ = write!(text, " {}", remedy.text);
            }
            text
        }
    }
}

/// A message in plain text. Braces would stand for arguments, which there are none of, and brackets before parentheses
/// for a link.
fn message(text: &str) -> Text {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (").into()
}

impl<'a> Suppression<'a> {
    fn new(exception: &'a Exception) -> Self {
        Self {
            kind: "external",
            status: "accepted",
            justification: words::accepted(exception),
            properties: SuppressionProperties {
                owner: &exception.owner,
                reason: &exception.reason,
                expires: exception.expires,
            },
        }
    }
}

impl<'a> ResultProperties<'a> {
    fn new(finding: Finding<'a>, providers: Providers) -> Self {
        let (evidence, reason) = match finding.outcome {
            Outcome::Pass | Outcome::Unknown(_) => (Vec::new(), None),
            Outcome::NotApplicable(why) => (Vec::new(), Some(*why)),
            Outcome::Fail(evidence) => {
                let facts = evidence.iter().map(|evidence| Fact {
                    fact: evidence.fact,
                    found: &evidence.found,
                    expected: &evidence.expected,
                });
                (facts.collect(), None)
            }
        };
        let mut shown: Vec<String> = Vec::new();
        for command in words::commands(&finding, providers) {
            if !shown.contains(&command) {
                shown.push(command);
            }
        }
        Self {
            severity: finding.control.severity,
            provider: finding.scope.provider,
            scope: &finding.scope.id,
            resource_kind: finding.kind().id(),
            resource: finding.subject.map(|subject| subject.id),
            resource_name: finding.subject.map(|subject| subject.name),
            region: finding.subject.and_then(|subject| subject.region),
            evidence,
            commands: shown,
            reason,
            gap: finding.gap(),
        }
    }
}

impl<'a> Location<'a> {
    /// Where a finding is, with the place of its scope.
    fn of(finding: &Finding<'a>, place: Option<usize>, providers: Providers) -> Self {
        let scope = finding.scope;
        let mut uri = format!("{}/{}", scope.provider.id(), segment(&scope.id));
        let logical = match finding.subject {
            Some(subject) if subject.kind != Kind::Account => {
                if let Some(region) = subject.region {
                    let _ = write!(uri, "/{}", segment(region));
                }
                let name = if subject.name.is_empty() { subject.id } else { subject.name };
                let _ = write!(uri, "/{}/{}", finding.kind().id(), segment(name));
                LogicalLocation::resource(name, subject.id, place)
            }
            Some(_) | None => LogicalLocation::scope(scope, place, providers),
        };
        let region = TextRegion { start_line: 1 };
        let physical = PhysicalLocation { artifact_location: ArtifactLocation { uri }, region };
        Self { physical_location: Some(physical), logical_locations: [logical] }
    }
}

impl<'a> LogicalLocation<'a> {
    fn scope(scope: &'a Scope, index: Option<usize>, providers: Providers) -> Self {
        Self {
            name: Cow::Borrowed(&scope.id),
            fully_qualified_name: &scope.id,
            kind: words::level(scope, providers),
            index,
            parent_index: None,
        }
    }

    fn resource(name: &'a str, id: &'a str, parent_index: Option<usize>) -> Self {
        Self {
            name: safe(name, NAME),
            fully_qualified_name: id,
            kind: "resource",
            index: None,
            parent_index,
        }
    }
}

impl<'a> ScopeProperties<'a> {
    fn new(scope: &'a Scope) -> Self {
        Self {
            provider: scope.provider,
            level: scope.level,
            id: &scope.id,
            name: scope.name.as_deref(),
            partition: &scope.partition,
            identity: scope.identity.as_deref(),
            started: scope.started,
            finished: scope.finished,
            clock_ahead_seconds: scope.clock_ahead_seconds,
            regions: &scope.regions,
        }
    }
}

impl FrameworkProperties {
    fn new(report: &FrameworkReport) -> Self {
        let counts = report.counts();
        let (without_failure, decided) = counts.score();
        Self {
            id: report.framework.id,
            name: report.framework.name,
            version: report.framework.version,
            states: State::ALL.iter().map(|state| (*state, counts.of(*state))).collect(),
            coverage: Coverage {
                assessed: counts.assessed(),
                assessable: counts.assessable,
                total: counts.total(),
            },
            score: Score { without_failure, decided },
        }
    }
}

/// What to do about a failure. Braces stand for themselves here: a rule's help has no arguments, and a command in which
/// they were doubled could not be copied.
fn help(control: &Control) -> Text {
    let (mut text, mut markdown) = (String::new(), String::new());
    for (provider, remedy) in control.remediation {
        let _ = write!(
            text,
            "{provider}: {}\nConsole: {}\nCommand: {}\n",
            remedy.text, remedy.console, remedy.command
        );
        let _ = write!(
            markdown,
            "**{provider}**: {}\n\n{}\n\n```sh\n{}\n```\n\n",
            prose(remedy.text),
            prose(remedy.console),
            remedy.command
        );
    }
    for reference in control.references {
        let _ = writeln!(text, "{reference}");
        let _ = writeln!(markdown, "- <{reference}>");
    }
    Text { text, markdown: Some(markdown) }
}

/// How bad a failure is, in the words of the format.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// A number within GitHub's
/// [bounds](https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)
/// of the severity: above 9, from 7, from 4, below.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
    }
}

/// `storage.public-access` as `StoragePublicAccess`, which is how the names of rules are written.
fn pascal(id: &str) -> String {
    let words = id.split(['.', '-']);
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    words.map(word).collect()
}

/// A name as a segment of a path, from which nothing leads elsewhere.
fn segment(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(SEGMENT) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            out.push(c);
        } else {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    if out.chars().all(|c| c == '.') {
        out.insert(0, '_');
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::tests::{providers, report};

    fn rendered(frameworks: &[&str]) -> String {
        let mut out = Vec::new();
        write(&report(frameworks), &Params::default(), providers, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn run(frameworks: &[&str]) -> Json {
        let mut log: Json = serde_json::from_str(&rendered(frameworks)).unwrap();
        log["runs"][0].take()
    }

    #[test]
    fn every_finding_is_a_result_and_every_gap_a_notification() {
        insta::assert_snapshot!(rendered(&["csf", "cis-aws"]));
    }

    #[test]
    fn each_outcome_has_its_kind_and_only_failures_a_level() {
        let run = run(&[]);
        let report = report(&[]);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), report.findings.iter().count());
        for (finding, result) in report.findings.iter().zip(results) {
            let (kind, level) = match finding.outcome {
                Outcome::Pass => ("pass", "none"),
                Outcome::Fail(_) => ("fail", level(finding.control.severity)),
                Outcome::NotApplicable(_) => ("notApplicable", "none"),
                Outcome::Unknown(_) => ("open", "none"),
            };
            assert_eq!(result["kind"], kind);
            assert_eq!(result["level"], level);
            let suppressions = result["suppressions"].as_array().unwrap();
            assert_eq!(suppressions.len(), usize::from(finding.exception.is_some()));
            assert_eq!(result["partialFingerprints"]["postureFinding/v1"], finding.id());
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(run["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
            let place = &result["locations"][0]["logicalLocations"][0];
            if let Some(subject) = finding.subject.filter(|one| one.kind != Kind::Account) {
                assert_eq!(place["fullyQualifiedName"], subject.id);
            }
        }
        for kind in ["pass", "fail", "notApplicable", "open"] {
            assert!(results.iter().any(|result| result["kind"] == kind), "no {kind}");
        }
    }

    #[test]
    fn an_exception_stays_a_failure_and_names_who_answers_for_it() {
        let run = run(&[]);
        let mut results = run["results"].as_array().unwrap().iter();
        let result = results.find(|result| result["suppressions"][0].is_object()).unwrap();
        assert_eq!(result["kind"], "fail");
        assert_ne!(result["level"], "none");
        let suppression = &result["suppressions"][0];
        assert_eq!(suppression["kind"], "external");
        assert_eq!(suppression["status"], "accepted");
        let text = suppression["justification"].as_str().unwrap();
        assert!(text.contains("web team") && text.contains("2027-01-31"), "{text}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
    }

    #[test]
    fn a_gap_is_no_failure_of_the_run_and_an_early_end_is() {
        let run = run(&[]);
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], true);
        assert_eq!(invocation["startTimeUtc"], "2026-01-31T09:30:00Z");
        let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(notifications.len(), 2);
        assert!(notifications.iter().all(|one| one["level"] == "warning"));
        let stopped = serde_json::to_value(Notification::stopped()).unwrap();
        assert_eq!(stopped["level"], "error");
    }

    #[test]
    fn names_stay_exact_and_messages_do_not() {
        let run = run(&[]);
        let results = run["results"].as_array().unwrap();
        let hostile = "=cmd|'/c calc'!A1\u{202e}";
        let result = results.iter().find(|r| r["properties"]["resourceName"] == hostile).unwrap();
        let text = result["message"]["text"].as_str().unwrap();
        assert!(text.contains("\\u{{202e}}"), "{text}");
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        assert_eq!(
            uri,
            "aws/123456789012/eu-west-1/bucket/%3Dcmd%7C%27%2Fc%20calc%27%21A1%E2%80%AE"
        );
    }

    #[test]
    fn no_name_makes_a_link_an_argument_or_a_path() {
        assert_eq!(message("[x](javascript:1) {0}").text, "[x] (javascript:1) {{0}}");
        assert_eq!(segment(".."), "_..");
        assert_eq!(segment(""), "_");
        assert_eq!(segment("../a:b\\c\0"), "..%2Fa%3Ab%5Cc%00");
        assert!(segment(&"é".repeat(1_000)).len() <= 6 * SEGMENT);
    }

    #[test]
    fn rules_name_the_requirements_that_are_reported() {
        let run = run(&["csf"]);
        for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
            let tags = rule["properties"]["tags"].as_array().unwrap();
            assert!((2..=TAGS).contains(&tags.len()), "{rule}");
            assert_eq!(tags[0], "security");
            assert!(tags[1..].iter().all(|tag| tag.as_str().unwrap().starts_with("csf-2.0:")));
            assert!(rule["help"]["markdown"].as_str().unwrap().contains("```sh\n"));
        }
        assert_eq!(pascal("storage.public-access"), "StoragePublicAccess");
    }
}
