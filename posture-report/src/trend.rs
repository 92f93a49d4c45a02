//! The status of findings and requirements over the runs of a history, as far as it is shown.

mod markdown;

use std::collections::BTreeMap;

use posture_core::control::Severity;
use posture_core::frameworks::Framework;
use posture_core::judge::Tally;
use posture_core::record::FindingStatus;
use posture_core::report::State;
use posture_core::text::counted;
use posture_core::time::Time;

pub use markdown::markdown;

/// The statuses of findings in the order in which a person wants to know.
pub const STATUSES: [FindingStatus; 4] =
    [FindingStatus::Fail, FindingStatus::Unknown, FindingStatus::Excepted, FindingStatus::Pass];

/// The states of requirements that runs change, in the same order.
pub const STATES: [State; 5] =
    [State::NotMet, State::Indeterminate, State::Excepted, State::PartlyEvidenced, State::Met];

/// The status over some runs, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trend {
    /// The runs.
    pub runs: Vec<Run>,
    /// The states of the requirements of each framework in those of them that rolled it up.
    pub frameworks: Vec<(&'static Framework, Vec<Level>)>,
    /// What fails now, the longest first.
    pub longest: Vec<Failing>,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// When reading ended.
    pub finished: Time,
    /// How many accounts, subscriptions and tenants it read.
    pub scopes: usize,
    /// The status of everything after it, with the accounts that other runs had read.
    pub all: Tally,
    /// How many findings began to fail that never did before.
    pub failed: usize,
    /// How many began to fail again.
    pub reopened: usize,
    /// How many ceased to fail.
    pub fixed: usize,
}

/// How many requirements of a framework were in each state after a run.
#[derive(Clone, Debug)]
pub struct Level {
    /// The number of the run.
    pub run: i64,
    /// By state; none of a state that is not there.
    pub states: BTreeMap<State, usize>,
}

/// A finding that fails.
#[derive(Clone, Debug)]
pub struct Failing {
    /// The control.
    pub control: String,
    /// What is wrong, in one line; none where the control is not known any more.
    pub summary: Option<String>,
    /// Its severity.
    pub severity: Severity,
    /// The account, subscription or tenant.
    pub scope: String,
    /// The name of the resource; none for the account itself.
    pub name: Option<String>,
    /// Since when it fails, where that is known.
    pub since: Option<Time>,
}

impl Trend {
    /// When the newest run ended.
    pub fn now(&self) -> Option<Time> {
        self.runs.last().map(|run| run.finished)
    }

    /// What has been failing for at least a day when the newest run ended, the longest first, with the number of days.
    pub fn failing_for_days(&self) -> impl Iterator<Item = (i64, &Failing)> {
        let now = self.now();
        self.longest.iter().filter_map(move |failing| {
            let days = failing.since?.days_before(now?);
            (days > 0).then_some((days, failing))
        })
    }

    /// How many findings had this status after each run.
    pub fn findings(&self, status: FindingStatus) -> Vec<usize> {
        self.runs.iter().map(|run| run.all.of(status)).collect()
    }

    /// How many runs there are, and from when to when.
    pub fn described(&self) -> String {
        let (Some(first), Some(last)) = (self.runs.first(), self.runs.last()) else {
            return "no runs".to_owned();
        };
        format!(
            "{}, {} to {}",
            counted(self.runs.len(), "run", "runs"),
            first.finished.minute(),
            last.finished.minute()
        )
    }
}

/// A line of bars from zero to the most, so that a small change of a large count looks small. What is zero is at the bottom,
/// and nothing else is.
pub fn spark(counts: &[usize]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let bar = |count: &usize| (count * (BARS.len() - 1)).div_ceil(most);
    counts.iter().filter_map(|count| BARS.get(bar(count))).collect()
}

/// The change from the first to the last of some counts, with its sign.
pub fn change(counts: &[usize]) -> String {
    match (counts.first(), counts.last()) {
        (Some(first), Some(last)) if last > first => format!("+{}", last - first),
        (Some(first), Some(last)) if last < first => format!("-{}", first - last),
        _ => "·".to_owned(),
    }
}

impl Level {
    /// How many requirements were in a state.
    pub fn of(&self, state: State) -> usize {
        self.states.get(&state).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_what_they_show() {
        assert_eq!(spark(&[0, 1, 4, 8]), "▁▂▅█");
        assert_eq!(spark(&[0, 0]), "▁▁");
        assert_eq!(spark(&[7, 7]), "██");
        assert_eq!(spark(&[1000, 999, 1]), "██▂");
        // One failure less is not a collapse.
        assert_eq!(spark(&[160, 159]), "██");
        assert_eq!(spark(&[160, 80, 0]), "█▅▁");
        assert_eq!(spark(&[]), "");
    }

    #[test]
    fn a_change_has_a_sign() {
        let changes = [&[160, 159][..], &[1, 9, 4], &[3, 3], &[5], &[]].map(change);
        assert_eq!(changes, ["-1", "+3", "·", "·", "·"]);
    }
}
