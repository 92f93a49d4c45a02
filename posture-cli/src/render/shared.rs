//! What the formats for machines have in common.

use std::collections::HashMap;

use posture_core::frameworks::Strength;
use posture_core::judge::Finding;
use posture_core::provider::Provider;
use posture_core::report::{FrameworkReport, Report, RequirementReport};

/// That a control bears on a requirement of the report.
#[derive(Clone, Copy)]
pub(crate) struct Bears<'a> {
    pub(crate) framework: &'a FrameworkReport,
    pub(crate) requirement: &'a RequirementReport,
    pub(crate) strength: Strength,
}

impl Bears<'_> {
    /// Whether the resources of a provider have anything to do with the framework.
    pub(crate) fn concerns(&self, provider: Provider) -> bool {
        self.framework.framework.provider.is_none_or(|about| about == provider)
    }
}

/// The requirements that each control bears on, by the control's id, in the order of the report.
pub(crate) fn bearings<'a>(report: &'a Report<'_>) -> HashMap<&'static str, Vec<Bears<'a>>> {
    let mut all: HashMap<&'static str, Vec<Bears<'a>>> = HashMap::new();
    for framework in &report.frameworks {
        for requirement in &framework.requirements {
            for bearing in &requirement.controls {
                let strength = bearing.strength;
                let bears = Bears { framework, requirement, strength };
                all.entry(bearing.control.id).or_default().push(bears);
            }
        }
    }
    all
}

/// The name of a framework with its version.
pub(crate) fn standard(report: &FrameworkReport) -> String {
    format!("{} {}", report.framework.name, report.framework.version)
}

/// The parts that tell a finding from every other and stay the same from run to run. The id is one of them: a list
/// that misses several parts gives several findings of one id.
pub(crate) fn identity(finding: &Finding<'_>) -> Vec<String> {
    let mut parts = vec![finding.id()];
    if finding.subject.is_none()
        && let Some(gap) = finding.gap()
    {
        parts.push(gap.action.clone());
        parts.push(gap.region.clone().unwrap_or_default());
        parts.push(gap.target.clone());
        parts.push(gap.reason.words().to_owned());
    }
    parts
}

/// At most so many characters; where something is cut off, an ellipsis says so.
pub(crate) fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_cut_says_so() {
        assert_eq!(clip("東京", 2), "東京");
        assert_eq!(clip("東京都", 2), "東…");
        assert_eq!(clip("", 5), "");
    }
}
