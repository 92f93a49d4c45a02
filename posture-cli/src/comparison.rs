//! Two audits to compare: what each reported, and what changed from one to the other.

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::diff::{Side, diff, recall, requirement_changes, shared_scopes, to_recall};
use posture_core::frameworks;
use posture_core::judge::{self, Findings};
use posture_core::params::Params;
use posture_core::record::{Record, states};
use posture_core::report::{Report, roll_up};
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_history::Run;
use posture_report::Comparison;

use crate::error::{Failure, Result};
use crate::history::{History, Input, Scopes};
use crate::judging::{has_all, whole};

/// One of the two audits, and whatever its record borrows from.
pub(crate) struct Audit {
    pub(crate) record: Record<'static>,
    pub(crate) snapshot: Option<Snapshot>,
    /// Its number in the history.
    pub(crate) run: Option<i64>,
}

impl Audit {
    /// A snapshot is judged here and now; recorded results are used as they are.
    pub(crate) fn new(
        input: Input,
        controls: &[&'static Control],
        catalogue: &Catalogue,
        options: &judge::Options,
    ) -> Self {
        match input {
            Input::Snapshot(snapshot) => {
                let findings = judge::judge(&snapshot, controls, options);
                let record = judged(findings, catalogue, &options.params);
                Self { record, snapshot: Some(*snapshot), run: None }
            }
            Input::Record(record, snapshot, run) => {
                let mut record = *record;
                let wanted = |id: &str| {
                    controls.iter().any(|control| control.id == id) || catalogue.find(id).is_none()
                };
                record.controls.retain(|id, _| wanted(id));
                record.findings.retain(|finding| wanted(&finding.control));
                let judged = |control: &Control| record.controls.contains_key(control.id);
                // Of fewer controls the states would be others.
                record.requirements.retain(|id, _| {
                    frameworks::find(id).is_some_and(|of| has_all(of, catalogue, &judged))
                });
                Self { record, snapshot: snapshot.map(|snapshot| *snapshot), run }
            }
        }
    }

    /// What a run of the history reported.
    pub(crate) fn of_run(history: &History, run: &Run) -> Result<Self> {
        let record = history.ask(|history| history.record(run.id))?;
        Ok(Self { record, snapshot: None, run: Some(run.id) })
    }

    fn side(&self) -> Side<'_> {
        Side { record: &self.record, snapshot: self.snapshot.as_ref() }
    }
}

/// The record of findings, with the requirements of the frameworks of which every control was judged.
fn judged(findings: Findings<'_>, catalogue: &Catalogue, params: &Params) -> Record<'static> {
    let frameworks = whole(&findings, catalogue);
    let report = roll_up(findings, &frameworks);
    let mut record = Record::of(&report.findings, params).into_owned();
    record.requirements = states(&report.frameworks);
    record
}

/// What changed. A history distinguishes what is reopened from what is new.
pub(crate) fn compare(
    before: &Audit,
    after: &Side<'_>,
    history: Option<&History>,
) -> Result<Comparison> {
    let mut changes = diff(&before.side(), after);
    if let Some(history) = history {
        let ids: Vec<&str> = to_recall(&changes).collect();
        let time = before.record.finished;
        let earlier = history.ask(|history| async move { history.earlier(&ids, time).await })?;
        recall(&mut changes, |id| earlier.get(id).copied());
    }
    Ok(Comparison {
        run: before.run,
        finished: before.record.finished,
        shared: shared_scopes(&before.record, after.record),
        changes,
        requirements: requirement_changes(&before.record, after.record),
    })
}

/// What changed between two audits.
pub(crate) fn between(
    before: &Audit,
    after: &Audit,
    history: Option<&History>,
) -> Result<Comparison> {
    compare(before, &after.side(), history)
}

/// What changed from an audit to a report, which is not judged again.
pub(crate) fn with_report(
    before: &Audit,
    report: &Report<'_>,
    catalogue: &Catalogue,
    params: &Params,
    history: Option<&History>,
) -> Result<Comparison> {
    let frameworks = whole(&report.findings, catalogue);
    let of_all = report.frameworks.iter();
    let of_all = of_all.filter(|of| frameworks.iter().any(|one| std::ptr::eq(*one, of.framework)));
    let mut record = Record::of(&report.findings, params);
    record.requirements = states(of_all);
    compare(before, &Side { record: &record, snapshot: None }, history)
}

/// The accounts of findings.
pub(crate) fn scopes<'f>(findings: &'f Findings<'_>) -> Scopes<'f> {
    let scopes = findings.scopes().iter().map(|examined| examined.scope());
    scopes.map(|scope| (scope.provider, scope.id.as_str().into())).collect()
}

/// Since when changes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So many seconds before the newer audit ended. Runs of one job do not take equally long: that of a week ago at the same
    /// hour is meant by `7d`.
    Before(i64),
    /// This time.
    Time(Time),
}

impl Since {
    /// The time, for a newer audit that ended then.
    pub(crate) fn time(self, newer: Time) -> Time {
        match self {
            Self::Before(seconds) => newer.earlier(seconds),
            Self::Time(time) => time,
        }
    }

    /// That there is no run before it.
    pub(crate) fn none(self, newer: Time) -> Failure {
        let time = self.time(newer).minute();
        Failure::usage(format!(
            "the history has no run before {time} that read any of these accounts"
        ))
        .help("`posture history list` shows the runs; give a later time")
    }
}

/// The seconds of an hour.
const HOUR: i64 = 3_600;

/// Reads `7d`, `12h`, `2w`, a day or a time.
pub(crate) fn since(text: &str) -> std::result::Result<Since, String> {
    let wrong = || {
        "expected a number of hours, days or weeks such as 7d, a day such as 2026-01-31, or a time such as \
         2026-01-31T09:00:00Z"
            .to_owned()
    };
    let units = [("h", HOUR, 0), ("d", 24 * HOUR, HOUR), ("w", 7 * 24 * HOUR, HOUR)];
    for (unit, seconds, less) in units {
        if let Some(count) = text.strip_suffix(unit).and_then(|count| count.parse::<u16>().ok()) {
            return match count {
                0 => Err(wrong()),
                _ => Ok(Since::Before(i64::from(count) * seconds - less)),
            };
        }
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|_| !text.contains('T'));
    if let Some(day) = day {
        return format!("{day}T00:00:00Z").parse().map(Since::Time).map_err(|_| wrong());
    }
    text.parse().map(Since::Time).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_span_a_day_or_an_instant() {
        let newer: Time = "2026-11-30T03:00:00Z".parse().unwrap();
        for (text, time) in [
            ("7d", "2026-11-23T04:00:00Z"),
            ("1w", "2026-11-23T04:00:00Z"),
            ("36h", "2026-11-28T15:00:00Z"),
            ("2026-11-23", "2026-11-23T00:00:00Z"),
            ("2026-11-23T05:00:00+01:00", "2026-11-23T04:00:00Z"),
        ] {
            assert_eq!(since(text).unwrap().time(newer), time.parse().unwrap(), "{text}");
        }
        for wrong in [
            "",
            "7",
            "0d",
            "-7d",
            "7 days",
            "d",
            "99999d",
            "2026-13-01",
            "yesterday",
            "2026-11-23T05:00",
        ] {
            assert!(since(wrong).is_err(), "{wrong}");
        }
    }
}
