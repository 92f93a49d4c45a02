//! What was reviewed, and the state of each requirement.

use std::collections::HashMap;

use posture_core::control::Control;
use posture_core::frameworks::{Framework, Requirement, Strength};
use posture_core::judge::Tally;
use posture_core::provider::Provider;
use posture_core::report::{Bearing, Counts, FrameworkReport, Report, RequirementReport, State};

use super::ids::Uuid;
use super::model::{
    All, ImplementationStatus, Link, RelatedObservation, RelatedRisk, Reviewed, Selected,
    Selection, Standing, Status, Target,
};
use super::text::{code, prop};
use crate::coverage::coverage;
use crate::format::markdown::prose;
use crate::shared::{judged_by, standard};
use crate::stream::LazySeq;

/// The mappings of each control, on which provider.
pub(super) type Marks = HashMap<&'static str, Vec<(Provider, Uuid)>>;

/// The identifiers that requirements refer to. The findings themselves are walked through when they are written.
pub(super) struct Index {
    pub(super) observations: Marks,
    pub(super) risks: Marks,
}

impl Index {
    pub(super) fn new(report: &Report<'_>) -> Self {
        let mut index = Self { observations: Marks::new(), risks: Marks::new() };
        for finding in report.findings.iter() {
            let provider = finding.scope.provider;
            let of = |kind| (provider, Uuid::of(kind, &finding));
            index.observations.entry(finding.control.id).or_default().push(of("observation"));
            if finding.exception.is_some() {
                index.risks.entry(finding.control.id).or_default().push(of("risk"));
            }
        }
        index
    }
}

/// What the controls of a requirement are marked with, on the providers that its framework is about.
pub(super) fn marked<'a>(
    marks: &'a Marks,
    framework: &'a FrameworkReport,
    row: &'a RequirementReport,
) -> impl Iterator<Item = Uuid> + 'a {
    let of = move |bearing: &'a Bearing| marks.get(bearing.control.id).into_iter().flatten();
    row.controls
        .iter()
        .flat_map(of)
        .filter(move |(provider, _)| framework.providers.contains(provider))
        .map(|(_, uuid)| *uuid)
}

/// What was reviewed of each framework, and what was not and why.
pub(super) fn reviewed(report: &Report<'_>) -> Reviewed {
    let mut control_selections: Vec<Selection> = report.frameworks.iter().map(selection).collect();
    if control_selections.is_empty() {
        let selected = |control: &&'static Control| Selected { control_id: control.id.to_owned() };
        control_selections.push(Selection {
            description: "No framework was selected: these are controls of posture.".to_owned(),
            props: Vec::new(),
            links: Vec::new(),
            include_all: None,
            include_controls: report.findings.controls().iter().map(selected).collect(),
            exclude_controls: Vec::new(),
            remarks: String::new(),
        });
    }
    Reviewed { control_selections }
}

pub(super) fn selection(report: &FrameworkReport) -> Selection {
    let counts: Counts = report.counts();
    let (mut included, mut excluded) = (Vec::new(), Vec::new());
    let (mut organizational, mut without) = (Vec::new(), Vec::new());
    for row in &report.requirements {
        let selected = Selected { control_id: control_id(report.framework, row.requirement) };
        match row.state {
            State::NotAssessedOrganizational => {
                excluded.push(selected);
                organizational.push(row.requirement.id);
            }
            State::NotAssessedNoControl => {
                excluded.push(selected);
                without.push(row.requirement.id);
            }
            State::Met
            | State::NotMet
            | State::PartlyEvidenced
            | State::Indeterminate
            | State::NotApplicable
            | State::Excepted => included.push(selected),
        }
    }
    let mut remarks = Vec::new();
    for (why, ids) in [
        ("Not assessed, because cloud APIs cannot show it", organizational),
        ("Not assessed, because no control of this run is mapped to it", without),
    ] {
        if !ids.is_empty() {
            remarks.push(format!("{why}: {}.", prose(&ids.join(", "))));
        }
    }
    let catalogue = Uuid::new("catalogue", &[report.framework.id]);
    Selection {
        description: format!(
            "{}: {} (of {}).",
            prose(&standard(report)),
            coverage(counts),
            counts.total()
        ),
        props: vec![
            prop("framework", report.framework.id),
            prop("assessed", &counts.assessed().to_string()),
            prop("evidenced", &counts.evidenced.to_string()),
            prop("decided", &counts.decided.to_string()),
            prop("assessable", &counts.assessable.to_string()),
            prop("total", &counts.total().to_string()),
        ],
        links: vec![Link { href: format!("#{catalogue}").into(), rel: "reference" }],
        // A selection names at least one control; where none was reviewed it is all without all.
        include_all: included.is_empty().then_some(All {}),
        include_controls: included,
        exclude_controls: excluded,
        remarks: remarks.join("\n\n"),
    }
}

/// The id of a requirement as a control of OSCAL: that of the publisher's own catalogue where there is one, else one
/// that no other framework has.
pub(super) fn control_id(framework: &Framework, requirement: &Requirement) -> String {
    match framework.id {
        "csf-2.0" => requirement.id.to_owned(),
        "nist-800-53-r5" => requirement.id.to_lowercase().replace('(', ".").replace(')', ""),
        other => {
            let plain =
                |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
            format!("{other}_{}", requirement.id.chars().map(plain).collect::<String>())
        }
    }
}

/// The id of the statement of a requirement, as in the catalogues of NIST.
pub(super) fn statement_id(framework: &Framework, requirement: &Requirement) -> String {
    let suffix = if framework.id == "csf-2.0" { "statement" } else { "smt" };
    format!("{}_{suffix}", control_id(framework, requirement))
}

/// The finding for a requirement; none for one that was not assessed.
pub(super) fn standing<'a>(
    framework: &'a FrameworkReport,
    row: &'a RequirementReport,
    index: &'a Index,
) -> Option<Standing<'a>> {
    let status = match row.state {
        State::Met => Status {
            state: "satisfied",
            reason: "pass",
            remarks: "Every control that decides it or a part of it passes, and one decides it.",
        },
        State::NotMet => Status {
            state: "not-satisfied",
            reason: "fail",
            remarks: "A control that decides it or a part of it fails.",
        },
        State::Excepted => Status {
            state: "not-satisfied",
            reason: "fail",
            remarks: "Every failure is accepted until a date. It remains a failure.",
        },
        State::PartlyEvidenced => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "Everything examined passes, but it is not the whole requirement.",
        },
        State::Indeterminate => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "Indeterminate: something could not be read, or a control fails that only supports \
                      it.",
        },
        State::NotApplicable => Status {
            state: "not-satisfied",
            reason: "other",
            remarks: "No resource exists that it applies to, so there was nothing to examine.",
        },
        State::NotAssessedOrganizational | State::NotAssessedNoControl => return None,
    };
    let concerns_nothing = row.state == State::NotApplicable;
    let mut description = prose(row.requirement.title);
    for bearing in &row.controls {
        description.push_str(&format!("\n\n- {}", mapped(bearing)));
    }
    let mut props = vec![
        prop("framework", framework.framework.id),
        prop("requirement", row.requirement.id),
        prop("state", row.state.words()),
    ];
    props.extend(row.requirement.class.map(|class| prop("class", class.id())));
    Some(Standing {
        uuid: Uuid::new("standing", &[framework.framework.id, row.requirement.id]),
        title: prose(&format!("{} {}", standard(framework), row.requirement.id)),
        description,
        props,
        target: Target {
            kind: "statement-id",
            target_id: statement_id(framework.framework, row.requirement),
            status,
            implementation_status: concerns_nothing
                .then_some(ImplementationStatus { state: "not-applicable" }),
        },
        related_observations: LazySeq::unless_empty(move || {
            marked(&index.observations, framework, row)
                .map(|observation_uuid| RelatedObservation { observation_uuid })
        }),
        related_risks: LazySeq::unless_empty(move || {
            marked(&index.risks, framework, row).map(|risk_uuid| RelatedRisk { risk_uuid })
        }),
    })
}

/// How a control maps to a requirement, and its outcome.
pub(super) fn mapped(bearing: &Bearing) -> String {
    let part = match bearing.strength {
        Strength::Full => "decides it",
        Strength::Partial => "decides a part of it",
        Strength::Supporting => "supports it",
    };
    let Tally { pass, fail, excepted, not_applicable, unknown } = bearing.tally;
    let counts = [
        (pass, "pass"),
        (fail, "fail"),
        (excepted, "excepted"),
        (not_applicable, "not applicable"),
        (unknown, "unknown"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    let by = judged_by(bearing, code).map(|by| format!(", {by}")).unwrap_or_default();
    format!("{} {part}{by}: {}", code(bearing.control.id), counts.join(", "))
}
