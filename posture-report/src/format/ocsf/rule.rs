//! What is the same in all findings of a control.

use posture_core::control::Control;
use posture_core::frameworks::Strength;
use posture_core::params::{Params, Value};
use posture_core::provider::Provider;
use posture_core::report::State;

use super::model::{Check, Parameter, Rule};
use crate::shared::{MappedRequirement, judged_by, standard};
use crate::text::{NAME, safe};

impl Rule {
    pub(super) fn new(
        provider: Provider,
        control: &Control,
        params: &Params,
        mapped: &[MappedRequirement<'_>],
    ) -> Self {
        let mapped = || mapped.iter().filter(move |mapped| mapped.concerns(provider));
        let mut standards: Vec<String> =
            mapped().map(|mapped| standard(mapped.framework)).collect();
        standards.dedup();
        let requirement = |mapped: &MappedRequirement<'_>| {
            format!("{} {}", standard(mapped.framework), mapped.requirement.requirement.id)
        };
        Self {
            standards,
            requirements: mapped().map(requirement).collect(),
            checks: mapped().map(Check::new).collect(),
            parameters: params.in_force(control).into_iter().map(Parameter::new).collect(),
        }
    }
}

impl Check {
    pub(super) fn new(mapped: &MappedRequirement<'_>) -> Self {
        let row = mapped.requirement;
        let part = match mapped.strength {
            Strength::Full => "this control decides the requirement",
            Strength::Partial => "this control decides a part of the requirement",
            Strength::Supporting => "this control supports the requirement but does not decide it",
        };
        let (status_id, status) = match row.state {
            State::Met => (1, "Pass"),
            // All failures are excepted, and failures they are.
            State::NotMet | State::Excepted => (3, "Fail"),
            State::PartlyEvidenced => (99, "Partly Evidenced"),
            State::Indeterminate => (2, "Warning"),
            State::NotApplicable => (99, "Not Applicable"),
            State::NotAssessedOrganizational | State::NotAssessedNoControl => (0, "Unknown"),
        };
        Self {
            uid: row.requirement.id,
            name: row.requirement.title,
            desc: match judged_by(mapped.bearing, |tool| safe(tool, NAME).into_owned()) {
                Some(by) => {
                    format!("{part}, {by}; over everything audited it is {}", row.state)
                }
                None => format!("{part}; over everything audited it is {}", row.state),
            },
            standards: [standard(mapped.framework)],
            version: mapped.framework.framework.version,
            status_id,
            status,
        }
    }
}

impl Parameter {
    pub(super) fn new((name, value): (&'static str, Value)) -> Self {
        match value {
            Value::Number(number) => Self { name, value: Some(number.to_string()), values: None },
            Value::Names(names) => Self { name, value: None, values: Some(names) },
        }
    }
}
