//! Findings as observations, risks and items of a plan.

use posture_core::control::{Evidence, Remedy};
use posture_core::gap::Gap;
use posture_core::judge::{Finding, Outcome};
use posture_core::report::Report;

use super::definitions::{document, origin, subject_of};
use super::ids::Uuid;
use super::model::{
    Item, MitigatingFactor, Observation, RelatedObservation, RelatedRisk, RelevantEvidence,
    Response, Risk,
};
use super::text::{PARTIAL, about, accepted, code, exception, prop};
use crate::filtered::filtered;
use crate::format::markdown::prose;
use crate::providers::Providers;
use crate::words::commands;

pub(super) fn is_failure(finding: &Finding<'_>) -> bool {
    match finding.outcome {
        Outcome::Fail(_) => true,
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => false,
    }
}

pub(super) fn observation(
    finding: &Finding<'_>,
    report: &Report<'_>,
    providers: Providers,
) -> Observation {
    let control = finding.control;
    let about = about(finding, providers);
    let (outcome, description) = match finding.outcome {
        Outcome::Pass => ("pass", format!("Pass: {about}.")),
        Outcome::Fail(_) => ("fail", format!("Fail: {about}.")),
        Outcome::NotApplicable(why) => {
            ("not-applicable", format!("Not applicable: {about}: {}.", prose(why)))
        }
        Outcome::Unknown(_) => {
            let why = finding.gap().map_or_else(|| "it could not be read".to_owned(), gap);
            ("unknown", format!("Unknown: {about}. Cause: {why}."))
        }
    };
    let mut props =
        vec![prop("control", control.id), prop("outcome", outcome), prop("finding", &finding.id())];
    if let Some(gap) = finding.gap() {
        props.push(prop("reason", gap.reason.words()));
        if !gap.action.is_empty() {
            props.push(prop("action", &gap.action));
        }
    }
    props.extend(finding.exception.into_iter().flat_map(exception));
    Observation {
        uuid: Uuid::of("observation", finding),
        title: prose(finding.headline()),
        description,
        props,
        methods: ["EXAMINE"],
        types: ["control-objective"],
        origins: [origin(report)],
        subjects: [subject_of(finding)],
        relevant_evidence: evidence(finding, providers),
        collected: finding.scope.finished,
        remarks: finding.exception.map(accepted),
    }
}

/// What decided a failure, and how to see it.
pub(super) fn evidence(finding: &Finding<'_>, providers: Providers) -> Vec<RelevantEvidence> {
    let mut all: Vec<RelevantEvidence> = match finding.outcome {
        Outcome::Fail(evidence) => {
            let described = |of| RelevantEvidence { description: fact(of) };
            evidence.iter().map(described).collect()
        }
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => Vec::new(),
    };
    let mut shown: Vec<String> = Vec::new();
    for command in commands(finding, providers) {
        if !shown.contains(&command) {
            all.push(RelevantEvidence {
                description: format!("Can be inspected with {}.", code(&command)),
            });
            shown.push(command);
        }
    }
    all
}

pub(super) fn fact(evidence: &Evidence) -> String {
    let Evidence { fact, found, expected } = evidence;
    format!("{}: {}, expected {}.", code(fact), code(found), code(expected))
}

pub(super) fn gap(gap: &Gap) -> String {
    let mut text = gap.reason.words().to_owned();
    if !gap.action.is_empty() {
        text = format!("{} {text}", code(&gap.action));
    }
    if let Some(region) = &gap.region {
        text.push_str(&format!(" in {}", code(region)));
    }
    if let Some(detail) = &gap.detail {
        text.push_str(&format!(", {}", code(detail)));
    }
    text
}

/// What a failure means, and what to do about it.
pub(super) fn risk(finding: &Finding<'_>, report: &Report<'_>, providers: Providers) -> Risk {
    let control = finding.control;
    let facts: Vec<String> = match finding.outcome {
        Outcome::Fail(evidence) => evidence.iter().map(fact).collect(),
        Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => Vec::new(),
    };
    let mut statement = vec![format!("Fail: {}.", about(finding, providers))];
    statement.extend(facts);
    let mut props = vec![prop("control", control.id), prop("severity", control.severity.id())];
    props.extend(finding.exception.into_iter().flat_map(exception));
    let instead = finding.exception.and_then(|exception| exception.compensating_control.as_deref());
    let factor = |instead| MitigatingFactor {
        uuid: Uuid::of("instead", finding),
        description: format!("Compensating control: {}.", code(instead)),
    };
    let remedy = control.remedy(finding.scope.provider);
    Risk {
        uuid: Uuid::of("risk", finding),
        title: prose(finding.headline()),
        description: prose(control.rationale),
        statement: statement.join("\n\n"),
        props,
        status: if finding.exception.is_some() { "deviation-approved" } else { "open" },
        origins: [origin(report)],
        mitigating_factors: instead.map(factor).into_iter().collect(),
        deadline: finding.exception.map(|exception| exception.expires),
        remediations: remedy.map(|remedy| response(finding, remedy)).into_iter().collect(),
        related_observations: [observed(finding)],
    }
}

pub(super) fn response(finding: &Finding<'_>, remedy: &Remedy) -> Response {
    let Remedy { text, console, command } = remedy;
    Response {
        uuid: Uuid::of("remedy", finding),
        lifecycle: "recommendation",
        title: "Remedy",
        description: format!(
            "{}\n\nConsole: {}\n\n{}: {}",
            prose(text),
            prose(console),
            command.title(),
            code(command.line())
        ),
    }
}

pub(super) fn observed(finding: &Finding<'_>) -> RelatedObservation {
    RelatedObservation { observation_uuid: Uuid::of("observation", finding) }
}

pub(super) fn item(finding: &Finding<'_>, report: &Report<'_>, providers: Providers) -> Item {
    let control = finding.control;
    let remedy = control.remedy(finding.scope.provider);
    let mut props = vec![
        prop("control", control.id),
        prop("severity", control.severity.id()),
        prop("finding", &finding.id()),
        prop("found", &report.findings.header().finished.to_string()),
    ];
    props.extend(finding.exception.into_iter().flat_map(exception));
    Item {
        uuid: Uuid::of("item", finding),
        title: format!("{}: {}", prose(finding.headline()), about(finding, providers)),
        description: remedy.map_or_else(|| prose(control.rationale), |remedy| prose(remedy.text)),
        props,
        related_observations: vec![observed(finding)],
        related_risks: vec![RelatedRisk { risk_uuid: Uuid::of("risk", finding) }],
        remarks: finding.exception.map(accepted),
    }
}

/// A plan has at least one item.
pub(super) fn nothing(report: &Report<'_>) -> Item {
    let stopped = if report.findings.header().partial { PARTIAL } else { "" };
    let hidden = filtered(&report.findings);
    let title = if hidden.is_some() { "No failures shown" } else { "No failures found" };
    let hidden = hidden.map_or(String::new(), |hidden| format!("{} ", prose(&hidden)));
    Item {
        uuid: document("nothing", report),
        title: title.to_owned(),
        description: format!(
            "{stopped}{hidden}This item is a placeholder, not a weakness: a plan must have at least one item. Unknown findings are in the \
             assessment results."
        ),
        props: vec![prop("placeholder", "yes")],
        related_observations: Vec::new(),
        related_risks: Vec::new(),
        remarks: None,
    }
}
