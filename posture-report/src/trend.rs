//! How findings and requirements stood over the runs of a history, as far as it is shown.

use std::collections::BTreeMap;

use posture_core::control::Severity;
use posture_core::frameworks::Framework;
use posture_core::judge::Tally;
use posture_core::record::FindingStatus;
use posture_core::report::State;
use posture_core::text::counted;
use posture_core::time::Time;

/// How things stood over some runs, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Trend {
    /// The runs.
    pub runs: Vec<Run>,
    /// Where the requirements of each framework stood in those of them that rolled it up.
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
    /// How everything stood after it, with the accounts that other runs had read.
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

    /// How many findings stood so after each run.
    pub fn findings(&self, stand: FindingStatus) -> Vec<usize> {
        self.runs.iter().map(|run| run.all.of(stand)).collect()
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

impl Level {
    /// How many requirements were in a state.
    pub fn of(&self, state: State) -> usize {
        self.states.get(&state).copied().unwrap_or_default()
    }
}
