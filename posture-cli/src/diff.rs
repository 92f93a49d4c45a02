//! `posture diff`: what changed between two audits, and why, and for how long what fails has been failing.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::process::ExitCode;

use posture_core::catalogue::Catalogue;
use posture_core::control::Severity;
use posture_core::diff::{Cause, Change, Side, diff};
use posture_core::judge;
use posture_core::record::{FindingStatus, Record};
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_report::Canvas;
use posture_report::stream::pretty;
use posture_report::text::{NAME, safe};
use serde::Serialize;

use crate::args::{ChangesFormat, Diff, Screen};
use crate::config;
use crate::error::Result;
use crate::history::{History, Input, for_days, headline, input, item};
use crate::judging::options;
use crate::output::{counted, print, put};
use crate::select::{Selected, select};

/// What the JSON form holds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'c> {
    format: &'static str,
    version: u32,
    before: Time,
    after: Time,
    changes: Vec<Changed<'c>>,
    failing: &'c [Failing<'c>],
}

/// A change, with what is wrong after it, or the objective.
#[derive(Serialize)]
pub(crate) struct Changed<'c> {
    #[serde(flatten)]
    change: &'c Change,
    /// None of a control that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
}

impl<'c> Changed<'c> {
    pub(crate) fn all(
        changes: impl IntoIterator<Item = &'c Change>,
        catalogue: &Catalogue,
    ) -> Vec<Self> {
        let changed = |change: &'c Change| {
            let fails = change.after.is_some_and(FindingStatus::fails);
            Self { change, summary: catalogue.headline(&change.control, fails) }
        };
        changes.into_iter().map(changed).collect()
    }
}

/// Something that fails after, with since when it is known to.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Failing<'c> {
    finding: &'c str,
    control: &'c str,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
    severity: Severity,
    scope: &'c str,
    resource: Option<&'c str>,
    name: Option<&'c str>,
    since: Time,
    /// Whether it may have failed before that: it was not audited, or there is no history.
    at_least: bool,
}

/// One of the two audits, and whatever its record borrows from.
struct Audit {
    record: Record<'static>,
    snapshot: Option<Snapshot>,
}

impl Audit {
    /// A snapshot is judged here and now; recorded results are used as they are.
    fn new(input: Input, selected: &Selected, options: &judge::Options) -> Self {
        match input {
            Input::Snapshot(snapshot) => {
                let findings = judge::judge(&snapshot, &selected.controls, options);
                let record = Record::of(&findings, &options.params).into_owned();
                drop(findings);
                Self { record, snapshot: Some(*snapshot) }
            }
            Input::Record(mut record, snapshot) => {
                let wanted = |id: &str| {
                    selected.controls.iter().any(|control| control.id == id)
                        || selected.catalogue.find(id).is_none()
                };
                record.controls.retain(|id, _| wanted(id));
                record.findings.retain(|said| wanted(&said.control));
                Self { record: *record, snapshot: snapshot.map(|snapshot| *snapshot) }
            }
        }
    }

    fn side(&self) -> Side<'_> {
        Side { record: &self.record, snapshot: self.snapshot.as_ref() }
    }
}

pub(crate) fn run(arguments: &Diff, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.selection)?;
    let selected = select(&arguments.selection, &config)?;
    let history = History::find_begun(&arguments.kept, &config)?;
    let read = |path| {
        let input = input(path, &arguments.kept, &config)?;
        Ok(Audit::new(input, &selected, &options(&config)))
    };
    let (before, after) = (read(&arguments.before)?, read(&arguments.after)?);
    let changes = diff(&before.side(), &after.side());
    let known = match &history {
        Some(history) => history.ask(|history| history.failing_since())?,
        None => HashMap::new(),
    };
    let catalogue = &selected.catalogue;
    let failing = failing(&before.record, &after.record, &known, catalogue);
    let sum = Sum::of(&changes);
    let shown = changes
        .iter()
        .filter(|change| arguments.only.is_none_or(|status| change.after == Some(status)));
    let shown: Vec<&Change> = shown.collect();
    let mut words = format!(
        "{}: {}, {} no longer failing, {} newly excepted, {} now unknown.",
        counted(changes.len(), "change", "changes"),
        counted(sum.worse, "new failure", "new failures"),
        sum.better,
        sum.accepted,
        sum.lost
    );
    if let Some(status) = arguments.only {
        words.push_str(&format!(" Shown: {} to {}.", shown.len(), status.words()));
    }
    print(screen, |canvas, out| {
        let (from, to) = (before.record.finished, after.record.finished);
        put(out, |out| match arguments.format {
            ChangesFormat::Json => {
                let document = Document {
                    format: "posture-diff",
                    version: 1,
                    before: from,
                    after: to,
                    changes: Changed::all(shown.iter().copied(), catalogue),
                    failing: &failing,
                };
                pretty(&document, out)
            }
            ChangesFormat::Markdown => {
                posture_report::diff::markdown(&shown, catalogue, from, to, &words, out)
            }
            ChangesFormat::Table => {
                writeln!(out, "{} → {}", from.minute(), to.minute())?;
                lines(&shown, catalogue, canvas, out)?;
                longest(&failing, to, catalogue, canvas, out)?;
                writeln!(out, "\n{words}")
            }
        })
    })?;
    Ok(sum.exit_code())
}

/// What fails after, the longest first: since when the history says so, and else at least since the older audit.
fn failing<'c>(
    before: &Record<'_>,
    after: &'c Record<'_>,
    known: &HashMap<String, Time>,
    catalogue: &Catalogue,
) -> Vec<Failing<'c>> {
    let failed = before.findings.iter().filter(|said| said.stand.fails());
    let failed: HashSet<&str> = failed.map(|said| said.id.as_str()).collect();
    let all = after.findings.iter().filter(|said| said.stand == FindingStatus::Fail);
    let mut all: Vec<Failing<'_>> = all
        .map(|said| {
            // The history continues after the newer audit: what began later is another failure.
            let since = known.get(&said.id).copied().filter(|since| *since <= after.finished);
            let both = failed.contains(said.id.as_str());
            Failing {
                finding: &said.id,
                control: &said.control,
                summary: catalogue.headline(&said.control, true),
                severity: said.severity,
                scope: &said.scope,
                resource: said.resource.as_deref(),
                name: said.name.as_deref(),
                since: since.unwrap_or(if both { before.finished } else { after.finished }),
                at_least: since.is_none(),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        let key = |one: &Failing<'_>| (one.since, std::cmp::Reverse(one.severity));
        key(a).cmp(&key(b)).then_with(|| a.control.cmp(b.control)).then_with(|| a.name.cmp(&b.name))
    });
    all
}

/// How many that have been failing for long are named.
const LONGEST: usize = 5;

fn longest(
    failing: &[Failing<'_>],
    now: Time,
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let long = || failing.iter().filter(|one| one.since.days_before(now) > 0);
    let both = long().count();
    if both == 0 {
        return Ok(());
    }
    writeln!(out, "\n{}", canvas.bold("Longest failing"))?;
    for one in long().take(LONGEST) {
        let text = format!(
            "{}{} since {}: {}, {} in {}",
            if one.at_least { "at least " } else { "" },
            for_days(one.since, now),
            one.since.day(),
            headline(one.control, true, catalogue),
            safe(one.name.unwrap_or("the account"), NAME),
            safe(one.scope, NAME)
        );
        item(&text, canvas, out)?;
    }
    if both > LONGEST {
        writeln!(out, "  … and {} more; --format json lists them all", both - LONGEST)?;
    }
    Ok(())
}

/// What changes come to.
pub(crate) struct Sum {
    /// Fails and did not.
    pub(crate) worse: usize,
    /// Failed and is known not to.
    better: usize,
    /// Failed, and was accepted.
    accepted: usize,
    /// Is unknown and was not, or is not there because it could not be read.
    pub(crate) lost: usize,
}

impl Sum {
    pub(crate) fn of(changes: &[Change]) -> Self {
        let mut sum = Self { worse: 0, better: 0, accepted: 0, lost: 0 };
        for change in changes {
            let failed = change.before == Some(FindingStatus::Fail);
            match change.after {
                Some(FindingStatus::Fail) => sum.worse += 1,
                Some(FindingStatus::Unknown) => sum.lost += 1,
                Some(FindingStatus::Excepted) => sum.accepted += usize::from(failed),
                Some(FindingStatus::Pass | FindingStatus::NotApplicable) => {
                    sum.better += usize::from(failed)
                }
                None if change.cause == Cause::Vanished => sum.better += usize::from(failed),
                // An incomplete list that no longer exists is not a loss.
                None => sum.lost += usize::from(change.before != Some(FindingStatus::Unknown)),
            }
        }
        sum
    }

    /// A failure weighs more than what cannot be decided, as it does for a report.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self { worse: 1.., .. } => ExitCode::from(10),
            Self { lost: 1.., .. } => ExitCode::from(11),
            _ => ExitCode::SUCCESS,
        }
    }
}

/// The changes by control, each in a line.
pub(crate) fn lines(
    changes: &[&Change],
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut last = "";
    for change in changes {
        if change.control != last {
            last = &change.control;
            let head = format!("{} ({})", safe(last, NAME), change.severity.id());
            writeln!(out, "\n{}", canvas.bold(&head))?;
            let fails = |change: &&Change| change.after.is_some_and(FindingStatus::fails);
            let fails = changes.iter().any(|other| other.control == *last && fails(other));
            if let Some(text) = catalogue.headline(last, fails) {
                item(&safe(text, NAME), canvas, out)?;
            }
        }
        let word = |stand: Option<FindingStatus>| stand.map_or("-", FindingStatus::words);
        let name = change.name.as_deref().unwrap_or("the list itself");
        let text = format!(
            "{} → {}  {}: {}",
            word(change.before),
            word(change.after),
            safe(name, NAME),
            safe(&change.cause.words(), 400)
        );
        item(&text, canvas, out)?;
    }
    Ok(())
}
