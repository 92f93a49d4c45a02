//! Metrics for monitoring, in the [text format](https://prometheus.io/docs/instrumenting/exposition_formats/) of Prometheus: a
//! file that is written after each job, for the textfile collector of its node exporter.

use std::fmt::Write as _;
use std::path::Path;

use posture_core::judge::Findings;
use posture_core::record::FindingStatus;
use posture_history::{Delivery, DeliveryState, JobState, Run};

use crate::error::Result;
use crate::output::write_public;

/// How often clouds were asked during a run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    calls: u64,
    throttled: u64,
}

impl Asked {
    /// What it took to read everything.
    pub(super) fn of(findings: &Findings<'_>) -> Self {
        let mut asked = Self::default();
        for examined in findings.scopes() {
            for calls in examined.scope().calls.values() {
                asked.calls += calls.operations;
                asked.throttled += calls.throttled;
            }
        }
        asked
    }
}

/// All metrics.
pub(super) struct Metrics<'m> {
    /// The newest run, with the current state.
    pub(super) last: Option<&'m Run>,
    pub(super) jobs: &'m [(String, JobState)],
    pub(super) deliveries: &'m [Delivery],
    /// What the jobs asked that ran just now.
    pub(super) asked: &'m [(String, Asked)],
}

impl Metrics<'_> {
    /// Writes the file, in whole or not at all. The collector that reads it runs as a user of its own, and what it holds are
    /// counts and the names of jobs.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        write_public(path, self.text().as_bytes())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        if let Some(run) = self.last {
            let rows = FindingStatus::ALL.iter().map(|status| {
                (format!("{{outcome=\"{}\"}}", status.id()), run.all.of(*status) as i64)
            });
            family(
                "posture_findings",
                "Findings of every account in the history, by outcome.",
                rows,
                &mut text,
            );
        }
        let of = |value: fn(&JobState) -> Option<i64>| {
            let rows = self.jobs.iter().filter_map(move |(job, state)| {
                Some((format!("{{job=\"{}\"}}", label(job)), value(state)?))
            });
            rows.collect::<Vec<_>>()
        };
        family(
            "posture_job_ended_timestamp_seconds",
            "Time at which the last run of a job ended, successfully or not.",
            of(|state| state.ended.map(|time| time.unix())).into_iter(),
            &mut text,
        );
        family(
            "posture_job_failed",
            "Whether the last run of a job failed: 1 or 0.",
            of(|state| state.ended.map(|_| i64::from(state.error.is_some()))).into_iter(),
            &mut text,
        );
        let states = [DeliveryState::Pending, DeliveryState::GivenUp];
        let rows = states.into_iter().map(|state| {
            let count = self.deliveries.iter().filter(|one| one.state == state).count();
            (format!("{{state=\"{}\"}}", state.id()), count as i64)
        });
        family("posture_deliveries", "Deliveries that have not succeeded yet.", rows, &mut text);
        type Value = fn(&Asked) -> u64;
        let totals: [(&str, &str, Value); 2] = [
            ("posture_run_calls", "Calls that the last run of a job made.", |asked| asked.calls),
            (
                "posture_run_throttled_calls",
                "Calls of the last run of a job that were throttled.",
                |asked| asked.throttled,
            ),
        ];
        for (name, help, value) in totals {
            let rows = self.asked.iter().map(|(job, asked)| {
                let value = i64::try_from(value(asked)).unwrap_or(i64::MAX);
                (format!("{{job=\"{}\"}}", label(job)), value)
            });
            family(name, help, rows, &mut text);
        }
        text
    }
}

fn family(name: &str, help: &str, rows: impl Iterator<Item = (String, i64)>, text: &mut String) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (labels, value) in rows {
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

/// A text as the value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use posture_core::time::Time;

    use super::*;

    #[test]
    fn every_line_is_one_of_the_format() {
        let ended = JobState { ended: Some(Time::from_unix(7)), ..JobState::default() };
        let failed = JobState { error: Some("no".to_owned()), ..ended.clone() };
        let jobs = [
            ("nightly".to_owned(), ended),
            ("a\"b\\c\nd".to_owned(), failed),
            ("new".to_owned(), JobState::default()),
        ];
        let asked = [("nightly".to_owned(), Asked { calls: 9, throttled: 1 })];
        let metrics = Metrics { last: None, jobs: &jobs, deliveries: &[], asked: &asked };
        let text = metrics.text();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("posture_") && name.ends_with('}'), "{line}");
            assert!(value.parse::<i64>().is_ok(), "{line}");
        }
        assert!(text.contains("posture_job_failed{job=\"nightly\"} 0"), "{text}");
        assert!(text.contains("posture_job_failed{job=\"a\\\"b\\\\c\\nd\"} 1"), "{text}");
        assert!(!text.contains("job=\"new\""), "{text}");
        assert!(text.contains("posture_run_throttled_calls{job=\"nightly\"} 1"), "{text}");
    }
}
