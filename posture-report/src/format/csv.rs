//! Findings as CSV, one row each, safe to open in a spreadsheet.

use std::io::{self, Write};

use posture_core::judge::Outcome;
use posture_core::report::Report;

use crate::text::csv_cell;

const HEADER: [&str; 17] = [
    "finding",
    "control",
    "severity",
    "title",
    "outcome",
    "provider",
    "scope",
    "region",
    "kind",
    "resource",
    "name",
    "evidence",
    "reason",
    "action",
    "exception",
    "summary",
    "partial",
];

/// Writes every finding. A cell that a spreadsheet would take for a formula starts with an apostrophe. As rows are read each
/// by itself, each says whether the audit was interrupted: then there may be more resources than the rows name.
pub(crate) fn write(report: &Report<'_>, out: impl Write) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record(HEADER)?;
    let partial = partial(report);
    for finding in report.findings.iter() {
        let (outcome, evidence, reason) = match finding.outcome {
            Outcome::Pass => ("pass", String::new(), String::new()),
            Outcome::NotApplicable(why) => ("not applicable", String::new(), why.to_string()),
            Outcome::Unknown(_) => {
                let why = finding.gap().map(|gap| gap.reason.words()).unwrap_or_default();
                ("unknown", String::new(), why.to_owned())
            }
            Outcome::Fail(evidence) => {
                let facts = evidence.iter().map(|evidence| {
                    format!("{}: {}, expected {}", evidence.fact, evidence.found, evidence.expected)
                });
                ("fail", facts.collect::<Vec<_>>().join("; "), String::new())
            }
        };
        let exception = finding.exception.map(|exception| {
            format!("{} until {}: {}", exception.owner, exception.expires.day(), exception.reason)
        });
        let subject = finding.subject;
        let id = finding.id();
        let row: [&str; 17] = [
            &id,
            finding.control.id,
            finding.control.severity.id(),
            finding.control.title,
            outcome,
            finding.scope.provider.id(),
            &finding.scope.id,
            finding.region().unwrap_or_default(),
            finding.kind().one(),
            subject.map_or("", |subject| subject.id),
            subject.map_or("", |subject| subject.name),
            &evidence,
            &reason,
            finding.gap().map_or("", |gap| &gap.action),
            exception.as_deref().unwrap_or_default(),
            finding.headline(),
            partial,
        ];
        out.write_record(row.iter().map(|cell| csv_cell(cell).into_owned()))?;
    }
    out.flush()
}

/// Whether the audit was interrupted.
fn partial(report: &Report<'_>) -> &'static str {
    if report.findings.header().partial { "yes" } else { "no" }
}

/// The tools that the user declared, as they concern a requirement.
fn declared(row: &posture_core::report::RequirementReport) -> String {
    let all = row.controls.iter().filter_map(|bearing| bearing.declared.as_ref());
    let mut all: Vec<String> = all.map(|of| format!("{}: {}", of.purpose.id(), of.tool)).collect();
    all.sort_unstable();
    all.dedup();
    all.join("; ")
}

/// Writes every requirement of every framework, one row each.
pub(crate) fn requirements(report: &Report<'_>, out: impl Write) -> io::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record([
        "framework",
        "version",
        "requirement",
        "title",
        "class",
        "state",
        "on",
        "controls",
        "failures",
        "unknown",
        "why not assessed",
        "declared tools",
        "partial",
    ])?;
    for framework in &report.frameworks {
        for of in &framework.requirements {
            let requirement = of.requirement;
            let on: Vec<String> = framework
                .providers
                .iter()
                .zip(&of.on)
                .map(|(provider, state)| format!("{provider}: {state}"))
                .collect();
            let controls: Vec<&str> = of.controls.iter().map(|of| of.control.id).collect();
            let sum = |count: fn(&posture_core::judge::Tally) -> usize| {
                of.controls.iter().map(|of| count(&of.tally)).sum::<usize>().to_string()
            };
            let class = requirement.class.map_or("", posture_core::frameworks::Class::id);
            let row = [
                framework.framework.id.to_owned(),
                framework.framework.version.to_owned(),
                requirement.id.to_owned(),
                requirement.title.to_owned(),
                class.to_owned(),
                of.state.words().to_owned(),
                on.join("; "),
                controls.join(" "),
                sum(|tally| tally.fail + tally.excepted),
                sum(|tally| tally.unknown),
                if of.state.is_assessed() { String::new() } else { requirement.why.to_owned() },
                declared(of),
                partial(report).to_owned(),
            ];
            out.write_record(row.iter().map(|cell| csv_cell(cell).into_owned()))?;
        }
    }
    out.flush()
}
