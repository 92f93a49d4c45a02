//! The exceptions that have to be reviewed.

use posture_core::exception::{SOON, Standing};
use posture_core::judge::{Use, uses};
use posture_core::text::counted;

use super::{NAME, Summary, more};
use crate::text::safe;
use crate::words::described;

/// How many are named.
const EXCEPTIONS: usize = 3;

impl Summary<'_> {
    /// Exceptions that have expired or expire soon.
    pub(super) fn exceptions(&self) -> Vec<String> {
        let mut all = uses(&self.view.report.findings);
        if all.is_empty() {
            return Vec::new();
        }
        let in_force = all.iter().filter(|used| used.standing != Standing::Ended).count();
        all.retain(|used| match used.standing {
            Standing::Ended | Standing::EndsSoon => true,
            Standing::Idle | Standing::InForce => false,
        });
        all.sort_by_key(|used| used.exception.expires);
        if all.is_empty() {
            let accepted = counted(in_force, "exception", "exceptions");
            return vec![format!(
                "{accepted}; none that covers a failure expires within {SOON} days."
            )];
        }
        let mut lines: Vec<String> =
            all.iter().take(EXCEPTIONS).map(|used| self.exception(used)).collect();
        lines.extend(more(all.len(), EXCEPTIONS, "exception", "exceptions"));
        lines
    }

    fn exception(&self, used: &Use<'_>) -> String {
        let exception = used.exception;
        let until = exception.expires.day();
        let ends = match used.standing {
            Standing::Ended => format!("expired on {until}"),
            Standing::EndsSoon | Standing::Idle | Standing::InForce => {
                let covers = counted(used.covers, "failure", "failures");
                format!("expires on {until}, covers {covers}")
            }
        };
        let place = described(&exception.place);
        let place = match safe(&place, 2 * NAME) {
            place if place.is_empty() => String::new(),
            place => format!(" {}", self.prose(&place)),
        };
        format!(
            "- {}{place}: {ends}, owner {}",
            self.some(exception.controls.iter().map(String::as_str)),
            self.code(&exception.owner)
        )
    }
}
