//! The report with one record on each line, so that it can be read bit by bit: what was audited, then every finding,
//! then every requirement, then how many there were. A file without that last line is not complete.
//!
//! Findings and requirements have the form that they have in the JSON report.

use std::collections::BTreeMap;
use std::io::{self, Write};

use posture_core::json::{
    ControlV1, CoverageV1, FilterV1, FindingV1, NotesV1, RequirementV1, ScopeV1, ScoreV1, UseV1,
};
use posture_core::judge::uses;
use posture_core::notes::notes;
use posture_core::params::Params;
use posture_core::report::{FrameworkReport, Report, State};
use posture_core::time::Time;
use serde::Serialize;

use crate::providers::Providers;
use crate::stream::line;
use crate::words::commands_by_fact;

/// The value of [`Header::format`].
const FORMAT: &str = "posture-report-lines";

/// The value of [`Header::version`]. Fields and types of lines may be added within a version.
const VERSION: u32 = 1;

/// A line, told from others by its type.
#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    body: T,
}

/// The first line.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Header<'a> {
    format: &'static str,
    version: u32,
    tool: &'a str,
    judged_by: &'static str,
    started: Time,
    finished: Time,
    partial: bool,
    scopes: Vec<ScopeV1<'a>>,
    controls: Vec<ControlV1<'a>>,
    frameworks: Vec<Framework>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<FilterV1<'a>>,
}

/// A framework without its requirements.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Framework {
    id: &'static str,
    name: &'static str,
    version: &'static str,
    states: BTreeMap<State, usize>,
    coverage: CoverageV1,
    score: ScoreV1,
}

/// Where a requirement stands; its id is unique within its framework only.
#[derive(Serialize)]
struct Requirement {
    framework: &'static str,
    #[serde(flatten)]
    requirement: RequirementV1,
}

/// The last line.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct End<'a> {
    findings: usize,
    requirements: usize,
    exceptions: Vec<UseV1<'a>>,
    notes: NotesV1,
}

/// Writes every finding and every requirement.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    mut out: impl Write,
) -> io::Result<()> {
    let commands = commands_by_fact(providers);
    line(&Line { kind: "header", body: header(report, params) }, &mut out)?;
    for finding in report.findings.iter() {
        line(&Line { kind: "finding", body: FindingV1::new(finding, &commands) }, &mut out)?;
    }
    for framework in &report.frameworks {
        for row in &framework.requirements {
            let requirement = RequirementV1::new(framework, row);
            let body = Requirement { framework: framework.framework.id, requirement };
            line(&Line { kind: "requirement", body }, &mut out)?;
        }
    }
    let end = End {
        findings: report.findings.iter().count(),
        requirements: report.frameworks.iter().map(|framework| framework.requirements.len()).sum(),
        exceptions: uses(&report.findings).iter().map(UseV1::new).collect(),
        notes: notes(report).into(),
    };
    line(&Line { kind: "end", body: end }, &mut out)
}

fn header<'a>(report: &'a Report<'_>, params: &Params) -> Header<'a> {
    let findings = &report.findings;
    let header = findings.header();
    Header {
        format: FORMAT,
        version: VERSION,
        tool: &header.tool,
        judged_by: env!("CARGO_PKG_VERSION"),
        started: header.started,
        finished: header.finished,
        partial: header.partial,
        scopes: findings.scopes().iter().map(ScopeV1::new).collect(),
        controls: ControlV1::all(findings, params),
        frameworks: report.frameworks.iter().map(framework).collect(),
        filter: FilterV1::of(findings),
    }
}

fn framework(report: &FrameworkReport) -> Framework {
    let counts = report.counts();
    Framework {
        id: report.framework.id,
        name: report.framework.name,
        version: report.framework.version,
        states: State::ALL.iter().map(|state| (*state, counts.of(*state))).collect(),
        coverage: counts.into(),
        score: counts.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::tests::{assert_parts, first_of_each, providers, report};

    fn text() -> String {
        let mut out = Vec::new();
        write(&report(&["csf", "cis-aws"]), &Params::default(), providers, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn lines(text: &str) -> Vec<Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn of<'v>(lines: &'v [Value], kind: &str) -> Vec<&'v Value> {
        lines.iter().filter(|line| line["type"] == kind).collect()
    }

    #[test]
    fn every_record_is_one_line() {
        let text = first_of_each(&text(), |line| {
            let record: Value = serde_json::from_str(line).unwrap();
            let state = record["state"].as_str().map(str::to_owned);
            state.filter(|_| record["type"] == "requirement")
        });
        assert_parts("ndjson", &text, |_, rest| {
            let record: Value = serde_json::from_str(rest.lines().next()?).ok()?;
            record["type"].as_str().map(str::to_owned)
        });
    }

    #[test]
    fn the_last_line_counts_the_others() {
        let lines = lines(&text());
        let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
        let mut runs = kinds.clone();
        runs.dedup();
        assert_eq!(runs, ["header", "finding", "requirement", "end"]);
        let end = lines.last().unwrap();
        let count = |kind: &str| of(&lines, kind).len();
        assert_eq!(end["findings"], count("finding"));
        assert_eq!(end["requirements"], count("requirement"));
    }

    #[test]
    fn findings_and_requirements_are_those_of_the_json_report() {
        let mut out = Vec::new();
        let report = report(&["csf", "cis-aws"]);
        let params = Params::default();
        let view = crate::View::new(&report, &params, providers);
        crate::Format::Json.write(&view, &mut out).unwrap();
        let whole: Value = serde_json::from_slice(&out).unwrap();
        let lines = lines(&text());
        let bare = |line: &Value, without: &[&str]| {
            let mut line = line.as_object().unwrap().clone();
            line.retain(|key, _| !without.contains(&key.as_str()));
            Value::Object(line)
        };
        let findings: Vec<Value> =
            of(&lines, "finding").into_iter().map(|line| bare(line, &["type"])).collect();
        assert_eq!(Value::Array(findings), whole["findings"]);
        for framework in whole["frameworks"].as_array().unwrap() {
            let requirements: Vec<Value> = of(&lines, "requirement")
                .into_iter()
                .filter(|line| line["framework"] == framework["id"])
                .map(|line| bare(line, &["type", "framework"]))
                .collect();
            assert_eq!(Value::Array(requirements), framework["requirements"]);
        }
        for part in ["scopes", "controls", "started", "finished", "partial", "tool", "judged-by"] {
            assert_eq!(lines[0][part], whole[part], "{part}");
        }
        for part in ["exceptions", "notes"] {
            assert_eq!(lines.last().unwrap()[part], whole[part], "{part}");
        }
    }

    #[test]
    fn hostile_names_end_no_line_and_turn_no_text() {
        let text = text();
        let odd = text.chars().find(|c| *c != '\n' && crate::text::is_unsafe(*c));
        assert_eq!(odd, None);
        let lines = lines(&text);
        let named = |line: &&&Value| line["resource"]["name"] == "=cmd|'/c calc'!A1\u{202e}";
        assert!(of(&lines, "finding").iter().any(|line| named(&line)));
    }
}
