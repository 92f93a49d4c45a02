//! What the formats for machines have in common.

use std::collections::HashMap;

use posture_core::frameworks::{ResourceType, Strength};
use posture_core::provider::Provider;
use posture_core::report::{Bearing, FrameworkReport, Report, RequirementReport};
use sha2::{Digest, Sha256};

use crate::text::hex;

/// A mapping of a control to a requirement of the report.
#[derive(Clone, Copy)]
pub(crate) struct MappedRequirement<'a> {
    pub(crate) framework: &'a FrameworkReport,
    pub(crate) requirement: &'a RequirementReport,
    pub(crate) strength: Strength,
    pub(crate) bearing: &'a Bearing,
}

impl MappedRequirement<'_> {
    /// Whether the resources of a provider have anything to do with the framework.
    pub(crate) fn concerns(&self, provider: Provider) -> bool {
        self.framework.framework.concerns(provider)
    }
}

/// The requirements that each control maps to, by the control's ID, in the order of the report.
pub(crate) fn bearings<'a>(
    report: &'a Report<'_>,
) -> HashMap<&'static str, Vec<MappedRequirement<'a>>> {
    let mut all: HashMap<&'static str, Vec<MappedRequirement<'a>>> = HashMap::new();
    for framework in &report.frameworks {
        for requirement in &framework.requirements {
            for bearing in &requirement.controls {
                let strength = bearing.strength;
                let mapped = MappedRequirement { framework, requirement, strength, bearing };
                all.entry(bearing.control.id).or_default().push(mapped);
            }
        }
    }
    all
}

/// What of a control's findings counts for a requirement, and by what they were judged, where that is not simply the
/// findings. `escape` makes the name of a declared tool, which is the user's, harmless for the format.
pub(crate) fn judged_by(bearing: &Bearing, escape: impl Fn(&str) -> String) -> Option<String> {
    let list = |types: &[ResourceType]| {
        let all: Vec<String> = types.iter().map(ToString::to_string).collect();
        all.join(" or ")
    };
    let mut parts = Vec::new();
    let asked: Vec<String> =
        bearing.asked().map(|asked| format!("{} = {}", asked.name(), asked.value())).collect();
    let counted = !bearing.types().is_empty() || !bearing.condition().is_empty();
    if !asked.is_empty() {
        parts.push(format!("with {}, as the requirement states", asked.join(" and ")));
    } else if bearing.apart && !counted && bearing.alternatives().is_none() {
        parts.push("by the wording of the requirement".to_owned());
    }
    if !bearing.types().is_empty() {
        parts.push(format!("findings of {} only", list(bearing.types())));
    }
    if !bearing.condition().is_empty() {
        parts.push(format!("where there is {}", list(bearing.condition())));
    }
    if let Some(any) = bearing.alternatives() {
        parts.push(format!("one of several controls suffices: {}", any.0));
    }
    if let Some(declared) = &bearing.declared {
        let tool = escape(&declared.tool);
        parts.push(format!("you declared {tool} for {}", declared.purpose.words()));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The name of a framework with its version.
pub(crate) fn standard(report: &FrameworkReport) -> String {
    format!("{} {}", report.framework.name, report.framework.version)
}

/// An id within so many characters. Where something is cut off, a digest of the whole keeps it apart from others.
pub(crate) fn clip_id(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(DIGEST + 1)).collect();
    format!("{kept}~{}", digest(text))
}

/// How many letters of a digest are enough, as in ids of findings.
const DIGEST: usize = 12;

fn digest(text: &str) -> String {
    let mut digest = hex(Sha256::new_with_prefix(text));
    digest.truncate(DIGEST);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_are_cut_stay_apart() {
        assert_eq!(clip_id("abc", 20), "abc");
        let (one, other) = (format!("{}1", "x".repeat(30)), format!("{}2", "x".repeat(30)));
        assert_eq!(clip_id(&one, 20).chars().count(), 20);
        assert_ne!(clip_id(&one, 20), clip_id(&other, 20));
    }
}
