//! The note on a report that lists only some of its findings, so that it is not taken for a clean one.

use posture_core::judge::{Filtered, Findings, Tally};
use posture_core::record::FindingStatus;

use crate::text::{NAME, safe};

/// That findings are filtered, by what, and how many are hidden; none where all are shown.
pub fn filtered(findings: &Findings<'_>) -> Option<String> {
    let filtered = findings.filtered()?;
    let Filtered { filter, shown, hidden, tags_unread } = filtered;
    let total = filtered.total();
    let words = filter.words();
    let words = safe(&words, NAME);
    let mut text = format!(
        "Filtered by {words}: {shown} of {total} findings shown. Hidden: {}.",
        counts(hidden)
    );
    if tags_unread > 0 {
        let are = if tags_unread == 1 { "1 is" } else { &format!("{tags_unread} are") };
        text.push_str(&format!(" {are} hidden because the tags of their resources are not known."));
    }
    Some(text)
}

/// How many findings came out how, the worst first.
fn counts(tally: Tally) -> String {
    use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};
    let counts = [Fail, Unknown, Excepted, Pass, NotApplicable]
        .map(|status| (tally.of(status), status))
        .into_iter()
        .filter(|(count, _)| *count > 0);
    let counts: Vec<String> =
        counts.map(|(count, status)| format!("{count} {}", status.words())).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

/// The note on what a filter does not change.
pub(crate) const WHOLE: &str =
    "Requirements, exceptions and read errors cover everything that was audited.";

#[cfg(test)]
mod tests;
