//! The report as [OSCAL 1.2](https://pages.nist.gov/OSCAL/): assessment results, and a plan of action and milestones.
//!
//! Each finding is an observation about a resource, and each requirement that was assessed a finding of OSCAL:
//!
//! | State | `status.state` | `status.reason` |
//! | --- | --- | --- |
//! | met | satisfied | pass |
//! | not met | not-satisfied | fail |
//! | excepted | not-satisfied, with the exceptions as risks | fail |
//! | partly evidenced | not-satisfied | other |
//! | indeterminate: it could not be determined | not-satisfied | other |
//! | not applicable | not-satisfied, and `implementation-status` is not-applicable | other |
//! | not assessed | none: the requirement is among those that were not reviewed | |
//!
//! Identifiers are derived from their objects, so that they are the same in every run.

mod definitions;
mod findings;
mod ids;
mod model;
mod requirements;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};

use posture_core::params::Params;
use posture_core::report::Report;

use crate::filtered::{WHOLE, filtered};
use crate::format::markdown::prose;
use crate::providers::Providers;
use crate::stream::{LazySeq, pretty};

use definitions::{activity, catalogue, definitions, document, metadata, places};
use findings::{is_failure, item, nothing, observation, risk};
use ids::Uuid;
use model::{
    Activities, AssessmentResults, AssessmentResultsDocument, BackMatter, Import, Poam,
    PoamDocument, Prop, Resource, Results, SystemId,
};
use requirements::{Index, reviewed, standing};
use text::{LIMITS, PARTIAL, prop};

/// Writes assessment results.
pub(crate) fn write(
    report: &Report<'_>,
    params: &Params,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    let index = &Index::new(report);
    let header = report.findings.header();
    let plan = Uuid::new("plan", &[""; 0]);
    let mut resources = vec![Resource {
        uuid: plan,
        title: "No assessment plan".to_owned(),
        description: "There is no assessment plan in OSCAL. The controls with their thresholds are the activities of this \
                      document; the accounts that were read are its components."
            .to_owned(),
    }];
    resources.extend(report.frameworks.iter().map(catalogue));
    let controls = report.findings.controls();
    let activities = controls.iter().map(|control| activity(control, params)).collect();
    let partial = "It was stopped before it finished: everything not read by then is unknown.";
    let results = Results {
        uuid: document("result", report),
        title: "Configuration of cloud accounts",
        description: "Settings of cloud accounts, read through the APIs of their providers and checked against \
                      controls.",
        start: header.started,
        end: header.finished,
        props: std::iter::once(prop("partial", if header.partial { "yes" } else { "no" }))
            .chain(filter(report))
            .collect(),
        local_definitions: definitions(report, providers, |_| true),
        reviewed_controls: reviewed(report),
        observations: LazySeq::unless_empty(move || {
            report.findings.iter().map(move |finding| observation(&finding, report, providers))
        }),
        risks: LazySeq::unless_empty(move || {
            let excepted = report.findings.iter().filter(|finding| finding.exception.is_some());
            excepted.map(move |finding| risk(&finding, report, providers))
        }),
        findings: LazySeq::unless_empty(move || {
            report.frameworks.iter().flat_map(move |framework| {
                let rows = framework.requirements.iter();
                rows.filter_map(move |row| standing(framework, row, index))
            })
        }),
        remarks: remarks(header.partial.then_some(partial), report),
    };
    let results = AssessmentResults {
        uuid: document("assessment-results", report),
        metadata: metadata("Assessment results", report, LIMITS.to_owned()),
        import_ap: Import { href: format!("#{plan}") },
        local_definitions: (!controls.is_empty()).then_some(Activities { activities }),
        results: [results],
        back_matter: BackMatter { resources },
    };
    pretty(&AssessmentResultsDocument { assessment_results: results }, out)
}

/// The filter of findings, where some may be hidden.
fn filter(report: &Report<'_>) -> Option<Prop> {
    let filtered = report.findings.filtered()?;
    Some(prop("filter", &filtered.filter.words()))
}

/// The note on the findings that a filter hides.
fn hidden(report: &Report<'_>) -> Option<String> {
    filtered(&report.findings).map(|hidden| format!("{} {WHOLE}", prose(&hidden)))
}

fn remarks(partial: Option<&str>, report: &Report<'_>) -> Option<String> {
    let all: Vec<String> = partial.map(str::to_owned).into_iter().chain(hidden(report)).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// Writes a plan of action and milestones: an item for each failure, those that are excepted among them.
pub(crate) fn write_poam(
    report: &Report<'_>,
    providers: Providers,
    out: impl Write,
) -> io::Result<()> {
    let failures = move || report.findings.iter().filter(is_failure);
    let findings = &report.findings;
    let tallies = (0..findings.controls().len()).map(|place| findings.whole_tally(place));
    let unknown: usize = tallies.map(|tally| tally.unknown).sum();
    let stopped = if report.findings.header().partial { PARTIAL } else { "" };
    let remarks = format!(
        "{LIMITS} {stopped}Failures only: unknown findings ({unknown}) are neither failures nor passes, \
         and are in the assessment results.{}",
        hidden(report).map_or(String::new(), |hidden| format!(" {hidden}"))
    );
    let items = LazySeq::unless_empty(move || {
        failures().map(move |finding| item(&finding, report, providers))
    });
    let plan = Poam {
        uuid: document("poam", report),
        metadata: metadata("Plan of action and milestones", report, remarks),
        system_id: SystemId {
            identifier_type: "http://ietf.org/rfc/rfc4122",
            id: Uuid::new("system", &places(report)),
        },
        local_definitions: definitions(report, providers, is_failure),
        observations: LazySeq::unless_empty(move || {
            failures().map(move |finding| observation(&finding, report, providers))
        }),
        risks: LazySeq::unless_empty(move || {
            failures().map(move |finding| risk(&finding, report, providers))
        }),
        poam_items: items.unwrap_or_else(|| LazySeq::new(move || std::iter::once(nothing(report)))),
    };
    pretty(&PoamDocument { plan_of_action_and_milestones: plan }, out)
}
