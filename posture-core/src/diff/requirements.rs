//! Which requirements of frameworks have another state.

use serde::Serialize;

use crate::frameworks;
use crate::record::Record;
use crate::report::State;

/// A requirement with another state than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequirementChange {
    /// The id of the framework.
    pub framework: &'static str,
    /// The id of the requirement.
    pub id: &'static str,
    /// Its text.
    pub title: &'static str,
    /// Its state before.
    pub before: State,
    /// Its state.
    pub after: State,
}

impl RequirementChange {
    /// Whether it is not met and was not known not to be.
    pub fn is_worse(&self) -> bool {
        self.after == State::NotMet
    }

    /// Whether it was not met and is not known not to be any more.
    pub fn is_better(&self) -> bool {
        self.before == State::NotMet
            && matches!(self.after, State::Met | State::PartlyEvidenced | State::NotApplicable)
    }
}

/// The requirements with another state, of the frameworks that both records hold, in the order of these.
pub fn requirement_changes(before: &Record<'_>, after: &Record<'_>) -> Vec<RequirementChange> {
    let mut changes = Vec::new();
    for framework in frameworks::all() {
        let states = (before.requirements.get(framework.id), after.requirements.get(framework.id));
        let (Some(one), Some(other)) = states else { continue };
        for requirement in framework.requirements {
            let (Some(was), Some(is)) = (one.get(requirement.id), other.get(requirement.id)) else {
                continue;
            };
            if was != is {
                changes.push(RequirementChange {
                    framework: framework.id,
                    id: requirement.id,
                    title: requirement.title,
                    before: *was,
                    after: *is,
                });
            }
        }
    }
    changes
}
