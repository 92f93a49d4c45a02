//! A finding in a JSON report.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use posture_core::control::Severity;
use posture_core::gap::Reason;
use posture_core::json::{self, OutcomeV1};
use posture_core::provider::Provider;
use posture_core::record::{FindingStatus, current_id};
use posture_core::resource::Kind;
use posture_core::scope::Level;
use posture_core::snapshot::DEFAULT_LIMIT;
use posture_core::time::Time;
use serde::Deserialize;

use super::source::{Accepted, Fact, Found, Origin, Unread};
use crate::error::Result;
use crate::finding_id::{self, Candidate};

/// Why a file is not a report that can be read.
#[derive(Debug)]
pub(super) enum Error {
    Io(io::Error),
    NotAReport,
}

/// The parts of a JSON report that say what became of a finding. Older reports have fewer.
#[derive(Deserialize)]
pub(super) struct Report {
    format: String,
    version: u32,
    scopes: Vec<Scope>,
    controls: Vec<Control>,
    findings: Vec<FindingRead>,
}

#[derive(Deserialize)]
struct Scope {
    provider: Provider,
    id: String,
    name: Option<String>,
    level: Option<Level>,
    finished: Time,
}

#[derive(Deserialize)]
struct Control {
    id: String,
    title: String,
    finding: Option<String>,
    severity: Severity,
}

#[derive(Deserialize)]
struct FindingRead {
    id: String,
    control: String,
    scope: String,
    kind: Option<serde_json::Value>,
    resource: Option<Resource>,
    outcome: OutcomeV1,
    evidence: Vec<Evidence>,
    #[serde(default)]
    commands: Vec<String>,
    reason: Option<String>,
    gap: Option<Gap>,
    exception: Option<Exception>,
}

#[derive(Deserialize)]
struct Resource {
    id: String,
    name: String,
    region: Option<String>,
}

#[derive(Deserialize)]
struct Evidence {
    fact: String,
    found: String,
    expected: Option<String>,
}

#[derive(Deserialize)]
struct Gap {
    action: String,
    /// A newer version may know more reasons.
    reason: serde_json::Value,
    region: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Exception {
    owner: String,
    reason: String,
    expires: Time,
}

/// Reads a JSON report.
pub(super) fn read(path: &Path) -> std::result::Result<Report, Error> {
    let mut text = Vec::new();
    let file = File::open(path).map_err(Error::Io)?;
    let limit = DEFAULT_LIMIT;
    BufReader::new(file).take(limit + 1).read_to_end(&mut text).map_err(Error::Io)?;
    if text.len() as u64 > limit {
        return Err(Error::Io(io::Error::other(format!(
            "the report is larger than {limit} bytes"
        ))));
    }
    parse(&text)
}

fn parse(text: &[u8]) -> std::result::Result<Report, Error> {
    let report: Report = serde_json::from_slice(text).map_err(|_| Error::NotAReport)?;
    if (report.format.as_str(), report.version) != (json::FORMAT, json::VERSION) {
        return Err(Error::NotAReport);
    }
    Ok(report)
}

impl Report {
    /// The finding whose id begins so; none where there is none.
    ///
    /// # Errors
    /// Where there are several.
    pub(super) fn find(self, id: &str, origin: &Origin) -> Result<Option<Found>> {
        let Self { scopes, controls, findings, .. } = self;
        let candidate = |finding: &FindingRead| {
            let resource = finding.resource.as_ref();
            let region = match resource {
                Some(resource) => resource.region.as_deref(),
                None => finding.gap.as_ref().and_then(|gap| gap.region.as_deref()),
            };
            let resource = resource.map(|resource| &*resource.id);
            Candidate::new(finding.id.clone(), None, &finding.control, resource, region)
        };
        let Some(finding) = finding_id::only(id, findings, candidate)? else { return Ok(None) };
        let scope = scopes.into_iter().find(|scope| scope.id == finding.scope);
        let control = controls.into_iter().find(|control| control.id == finding.control);
        // A finding of an account or a control that the report does not name says too little.
        Ok(scope.zip(control).map(|(scope, control)| finding.shown(scope, control, origin.clone())))
    }
}

impl FindingRead {
    fn shown(self, scope: Scope, control: Control, origin: Origin) -> Found {
        let status = match self.outcome {
            OutcomeV1::Pass => FindingStatus::Pass,
            OutcomeV1::Fail if self.exception.is_some() => FindingStatus::Excepted,
            OutcomeV1::Fail => FindingStatus::Fail,
            OutcomeV1::NotApplicable => FindingStatus::NotApplicable,
            OutcomeV1::Unknown => FindingStatus::Unknown,
        };
        let (resource, name, region) = match self.resource {
            None => (None, None, None),
            Some(resource) => (Some(resource.id), Some(resource.name), resource.region),
        };
        Found {
            id: self.id,
            control: current_id(self.control),
            own: Some((control.title, control.finding)),
            severity: control.severity,
            status: Some(status),
            provider: scope.provider,
            scope: scope.id,
            scope_name: scope.name,
            level: scope.level,
            kind: self.kind.and_then(|kind| serde_json::from_value::<Kind>(kind).ok()),
            resource,
            name,
            region,
            evidence: self
                .evidence
                .into_iter()
                .map(|one| Fact { fact: one.fact, found: one.found, expected: one.expected })
                .collect(),
            commands: self.commands,
            reason: self.reason,
            unread: self.gap.map(|gap| {
                let text = gap.reason.as_str().unwrap_or_default().to_owned();
                let reason = serde_json::from_value::<Reason>(gap.reason);
                Unread {
                    action: gap.action,
                    reason: reason.map_or(text, |reason| reason.words().to_owned()),
                    region: gap.region,
                    detail: gap.detail,
                }
            }),
            exception: self.exception.map(|exception| Accepted {
                owner: exception.owner,
                reason: exception.reason,
                expires: exception.expires,
            }),
            failing_since: None,
            read: scope.finished,
            origin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report of the first version, before findings had a summary.
    const OLD: &str = r#"{
        "format": "posture-report", "version": 1,
        "scopes": [{"provider": "aws", "id": "1", "name": null, "finished": "2026-01-01T00:00:00Z"}],
        "controls": [{"id": "a.b", "title": "It holds", "severity": "high"}],
        "findings": [
            {"id": "abcd01", "control": "a.b", "scope": "1", "kind": "bucket", "outcome": "fail",
             "resource": {"id": "arn:x", "name": "x", "region": null}, "reason": null, "gap": null,
             "evidence": [{"fact": "name", "found": "x", "expected": "y"}], "exception": null},
            {"id": "abcd02", "control": "a.b", "scope": "1", "kind": "a-new-kind", "outcome": "unknown",
             "resource": null, "evidence": [], "reason": null, "exception": null,
             "gap": {"action": "s3:GetX", "target": "", "reason": "a-new-reason"}}
        ]}"#;

    #[test]
    fn an_older_report_gives_a_finding_by_the_beginning_of_its_id() {
        let find = |id: &str| parse(OLD.as_bytes()).unwrap().find(id, &Origin::default());
        let one = find("abcd01").unwrap().unwrap();
        assert_eq!((one.name.as_deref(), one.status), (Some("x"), Some(FindingStatus::Fail)));
        assert_eq!(one.own, Some(("It holds".to_owned(), None)));
        assert_eq!(one.evidence[0].expected.as_deref(), Some("y"));
        let other = find("abcd02").unwrap().unwrap();
        assert_eq!(other.unread.unwrap().reason, "a-new-reason");
        assert!(find("ffff").unwrap().is_none());
        let text = find("abcd").unwrap_err().to_string();
        assert!(text.contains("2 finding IDs begin with `abcd`"), "{text}");
        assert!(
            text.contains("`abcd01` a.b arn:x") && text.contains("`abcd02` a.b (list)"),
            "{text}"
        );
    }

    #[test]
    fn what_is_not_a_report_is_not_read() {
        for text in ["", "{}", r#"{"format":"posture-snapshot","version":2}"#] {
            assert!(matches!(parse(text.as_bytes()), Err(Error::NotAReport)), "{text}");
        }
        let newer = OLD.replace("\"version\": 1", "\"version\": 2");
        assert!(matches!(parse(newer.as_bytes()), Err(Error::NotAReport)));
    }
}
