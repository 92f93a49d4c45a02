//! What changed since an earlier audit, in few lines.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use posture_core::control::Severity;
use posture_core::diff::{Change, ChangeKind, RequirementChange, Sum};
use posture_core::text::counted;

use super::{NAMES, Summary, more};

/// The kinds of changes that are named, each with how many controls at most.
const NAMED: [(ChangeKind, usize); 5] = [
    (ChangeKind::New, 4),
    (ChangeKind::Reopened, 2),
    (ChangeKind::NoLongerAccepted, 1),
    (ChangeKind::Unknown, 2),
    (ChangeKind::Fixed, 2),
];

impl Summary<'_> {
    /// The title of the part.
    pub(super) fn since(&self) -> String {
        match self.view.comparison {
            None => "Changes".to_owned(),
            Some(comparison) => {
                let run = comparison.run.map_or(String::new(), |run| format!(" (run {run})"));
                format!("Changes since {}{run}", comparison.finished.minute())
            }
        }
    }

    /// How much changed, and the worst of it.
    pub(super) fn changes(&self) -> Vec<String> {
        let Some(comparison) = self.view.comparison else {
            return vec!["No earlier audit is known to compare with.".to_owned()];
        };
        if comparison.shared == 0 {
            return vec![
                "The two audits read no account in common, so that nothing shows a change."
                    .to_owned(),
            ];
        }
        let mut lines = vec![format!("{}.", Sum::of(&comparison.changes).words())];
        let mut hidden = 0;
        for (kind, most) in NAMED {
            let rows = self.rows(kind, &comparison.changes);
            hidden += rows.len().saturating_sub(most);
            let rows = rows.into_iter().take(most);
            lines.extend(rows.map(|row| self.row(kind, &row)));
        }
        lines.extend(more(hidden, 0, "control", "controls"));
        // Without a blank line the sentence and the list would be one paragraph for some readers.
        lines.insert(1, String::new());
        match self.requirements(&comparison.requirements) {
            Some(line) => lines.push(line),
            None if lines.len() == 2 => lines.truncate(1),
            None => {}
        }
        lines
    }

    /// The changes of a kind by control, the worst first.
    fn rows<'c>(&self, kind: ChangeKind, changes: &'c [Change]) -> Vec<Vec<&'c Change>> {
        let mut by_control: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in changes.iter().filter(|change| change.kind == kind) {
            by_control.entry(&change.control).or_default().push(change);
        }
        let mut rows: Vec<Vec<&Change>> = by_control.into_values().collect();
        let severity = |row: &[&Change]| row.first().map_or(Severity::Low, |one| one.severity);
        rows.sort_by_key(|row| (Reverse(severity(row)), Reverse(row.len())));
        rows
    }

    fn row(&self, kind: ChangeKind, row: &[&Change]) -> String {
        let Some(first) = row.first() else { return String::new() };
        let controls = self.view.report.findings.controls();
        let control = controls.iter().find(|control| control.id == first.control);
        // What was wrong until it was fixed is what a reader knows it by.
        let phrase = control.map_or_else(
            || self.code(&first.control),
            |control| match kind {
                ChangeKind::Unknown | ChangeKind::Other => self.prose(control.title),
                ChangeKind::New
                | ChangeKind::Reopened
                | ChangeKind::NoLongerAccepted
                | ChangeKind::KnownAgain
                | ChangeKind::Fixed
                | ChangeKind::Accepted => self.prose(control.finding),
            },
        );
        let names = row.iter().take(NAMES).map(|change| {
            let name = change.name.as_deref().filter(|name| !name.is_empty());
            name.or(change.resource.as_deref()).unwrap_or("the list itself")
        });
        let word = if kind == ChangeKind::New { "New" } else { kind.title() };
        format!("- {word}, {}: {phrase}: {}", first.severity, self.listed(names, row.len()))
    }

    /// The requirements that changed, in one line.
    fn requirements(&self, changes: &[RequirementChange]) -> Option<String> {
        if changes.is_empty() {
            return None;
        }
        let named = |belongs: fn(&RequirementChange) -> bool| -> (usize, String) {
            let of: Vec<String> = changes
                .iter()
                .filter(|change| belongs(change))
                .map(|change| format!("{} {}", change.framework, change.id))
                .collect();
            (of.len(), self.some(of.iter().map(String::as_str)))
        };
        let (worse, better) =
            (named(RequirementChange::is_worse), named(RequirementChange::is_better));
        let mut parts = Vec::new();
        if worse.0 > 0 {
            parts.push(format!("{} newly not met ({})", worse.0, worse.1));
        }
        if better.0 > 0 {
            parts.push(format!("{} resolved ({})", better.0, better.1));
        }
        let rest = changes.len() - worse.0 - better.0;
        if rest > 0 {
            parts.push(format!("{rest} changed otherwise"));
        }
        let count = counted(changes.len(), "requirement", "requirements");
        Some(format!("- {count} with another state: {}", parts.join(", ")))
    }
}
