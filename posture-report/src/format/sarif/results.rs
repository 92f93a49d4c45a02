//! Findings as results.

use std::collections::HashMap;
use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use posture_core::exception::Exception;
use posture_core::gap::{Gap, Reason};
use posture_core::judge::{Finding, Outcome};
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::{Level, Scope};
use posture_core::source::Source;
use serde::{Serialize, Serializer};

use super::choice::chosen;
use super::model::{
    ArtifactLocation, Fact, FindingResult, Fingerprints, Location, LogicalLocation, MistakeResult,
    NotificationProperties, OneResult, PhysicalLocation, ResultProperties, Results, Suppression,
    SuppressionProperties, Text, TextRegion,
};
use super::rules::level;
use crate::providers::Providers;
use crate::text::safe;
use crate::words::{self, TEXT};

/// The rule of mistakes in files.
const INVALID: &str = "invalid-file";

/// How much of a name is in a path.
pub(super) const SEGMENT: usize = 100;

impl Serialize for Results<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (findings, providers) = (&self.report.findings, self.providers);
        let rules = findings.controls().iter().map(|control| control.id);
        let rules: HashMap<&str, usize> = rules.zip(0..).collect();
        let scopes = findings.scopes().iter().map(|examined| examined.scope().place());
        let scopes: HashMap<(Provider, Level, &str), usize> = scopes.zip(0..).collect();
        let of_findings = chosen(findings, self.limit).map(|finding| {
            let rule = rules.get(finding.control.id).copied();
            let scope = scopes.get(&finding.scope.place()).copied();
            OneResult::Finding(Box::new(FindingResult::new(finding, rule, scope, providers)))
        });
        let mistakes = findings.scopes().iter().enumerate().flat_map(|(place, examined)| {
            let scope = examined.scope();
            let invalid = examined.gaps().filter(|gap| gap.reason == Reason::InvalidFile);
            invalid
                .map(move |gap| OneResult::Mistake(Box::new(MistakeResult::new(scope, place, gap))))
        });
        // A mistake comes first, and is one of the results that a run may have.
        serializer.collect_seq(mistakes.chain(of_findings).take(self.limit))
    }
}

impl<'a> MistakeResult<'a> {
    fn new(scope: &'a Scope, place: usize, gap: &'a Gap) -> Self {
        let detail = gap.detail.as_deref().unwrap_or(gap.reason.words());
        let id = format!("{}:{detail}", gap.target);
        Self {
            rule_id: INVALID,
            kind: "fail",
            level: "error",
            message: message(&safe(detail, TEXT)),
            locations: [Location::of_gap(gap, Some(place))],
            partial_fingerprints: Fingerprints { line: id.clone(), finding: id },
            suppressions: [],
            properties: NotificationProperties { provider: scope.provider, scope: &scope.id, gap },
        }
    }
}

impl<'a> FindingResult<'a> {
    /// The result of a finding, with the places of its rule and its scope.
    pub(super) fn new(
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
            message: message(&described(&finding, providers)),
            locations: [Location::of(&finding, scope, providers)],
            partial_fingerprints: Fingerprints { line: id.clone(), finding: id },
            suppressions: finding.exception.map(Suppression::new).into_iter().collect(),
            properties: ResultProperties::new(finding, providers),
        }
    }
}

/// What a result says. The first sentence must do where there is little room.
pub(super) fn described(finding: &Finding<'_>, providers: Providers) -> String {
    let (title, subject) = (finding.headline(), words::subject(finding, providers));
    match finding.outcome {
        Outcome::Pass => format!("{title}: {subject} passes."),
        Outcome::NotApplicable(why) => format!("{title}: not applicable to {subject}: {why}."),
        Outcome::Unknown(_) => {
            format!("{title}: unknown for {subject}: {}.", words::unknown(finding))
        }
        Outcome::Fail(evidence) => {
            let mut text = format!("{title}: {subject}.");
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

/// A message in plain text. Braces would be arguments, which there are none of, and brackets before parentheses
/// a link.
pub(super) fn message(text: &str) -> Text {
    text.replace('{', "{{").replace('}', "}}").replace("](", "] (").into()
}

impl<'a> Suppression<'a> {
    pub(super) fn new(exception: &'a Exception) -> Self {
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
    pub(super) fn new(finding: Finding<'a>, providers: Providers) -> Self {
        let (evidence, reason) = match finding.outcome {
            Outcome::Pass | Outcome::Unknown(_) => (Vec::new(), None),
            Outcome::NotApplicable(why) => (Vec::new(), Some(&**why)),
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
            region: finding.region(),
            evidence,
            commands: shown,
            reason,
            gap: finding.gap(),
        }
    }
}

impl<'a> Location<'a> {
    /// Where something is wrong in a file.
    pub(super) fn of_gap(gap: &'a Gap, place: Option<usize>) -> Self {
        let source = Source::of_target(&gap.target).filter(|_| gap.reason == Reason::InvalidFile);
        let physical = source.map(|source| PhysicalLocation::of(&source));
        let logical = LogicalLocation::resource(&gap.target, &gap.target, place);
        Self { physical_location: physical, logical_locations: [logical] }
    }

    /// Where a finding is, with the place of its scope.
    pub(super) fn of(finding: &Finding<'a>, place: Option<usize>, providers: Providers) -> Self {
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
        let physical = match finding.subject.and_then(|subject| subject.source) {
            Some(source) => PhysicalLocation::of(source),
            None => PhysicalLocation {
                artifact_location: ArtifactLocation { uri },
                region: TextRegion { start_line: 1 },
            },
        };
        Self { physical_location: Some(physical), logical_locations: [logical] }
    }
}

impl PhysicalLocation {
    /// A line of a file, whose path stays relative, so that it is that of the repository.
    fn of(source: &Source) -> Self {
        let parts: Vec<String> = source.file.split('/').map(segment).collect();
        let region = TextRegion { start_line: source.line.max(1) };
        Self { artifact_location: ArtifactLocation { uri: parts.join("/") }, region }
    }
}

/// A name as a segment of a path, from which nothing leads elsewhere.
pub(super) fn segment(text: &str) -> String {
    const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
    let short: String = text.chars().take(SEGMENT).collect();
    let mut out = utf8_percent_encode(&short, UNSAFE).to_string();
    if out.chars().all(|c| c == '.') {
        out.insert(0, '_');
    }
    out
}
