//! `posture diff`: what changed between two snapshots, and why.

use std::io::{self, Write};
use std::process::ExitCode;

use posture_core::diff::{Cause, Change, Side, diff};
use posture_core::judge;
use posture_core::record::{Record, Stand};
use serde::Serialize;

use crate::args::{Diff, DiffFormat, Screen};
use crate::config;
use crate::error::Result;
use crate::render::frameworks::wrap;
use crate::render::stream::pretty;
use crate::render::style::Canvas;
use crate::report::{load, options};
use crate::select::select;
use crate::text::{NAME, safe};
use crate::{print, put};

/// What the JSON form holds.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'c> {
    format: &'static str,
    version: u32,
    changes: &'c [Change],
}

pub(crate) fn run(arguments: &Diff, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.selection.config.as_deref())?;
    let selected = select(&arguments.selection, &config)?;
    let (before, after) = (load(&arguments.before)?, load(&arguments.after)?);
    let options = options(&config);
    let (one, other) = (
        judge::judge(&before, &selected.controls, &options),
        judge::judge(&after, &selected.controls, &options),
    );
    let records = [Record::of(&one, &options.params), Record::of(&other, &options.params)];
    let changes = diff(
        &Side { record: &records[0], snapshot: Some(&before) },
        &Side { record: &records[1], snapshot: Some(&after) },
    );
    let sum = Sum::of(&changes);
    print(screen, |canvas, out| {
        if arguments.format == DiffFormat::Json {
            let document = Document { format: "posture-diff", version: 1, changes: &changes };
            return put(out, |out| pretty(&document, out));
        }
        put(out, |out| {
            writeln!(out, "{} → {}", before.finished.minute(), after.finished.minute())?;
            lines(&changes, canvas, out)?;
            writeln!(
                out,
                "\nChanges: {}. {} now fail, {} fail no more, {} were accepted, {} cannot be decided any more.",
                changes.len(),
                sum.worse,
                sum.better,
                sum.accepted,
                sum.lost
            )
        })
    })?;
    Ok(sum.exit_code())
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
            let failed = change.before == Some(Stand::Fail);
            match change.after {
                Some(Stand::Fail) => sum.worse += 1,
                Some(Stand::Unknown) => sum.lost += 1,
                Some(Stand::Excepted) => sum.accepted += usize::from(failed),
                Some(Stand::Pass | Stand::NotApplicable) => sum.better += usize::from(failed),
                None if change.cause == Cause::Vanished => sum.better += usize::from(failed),
                // A hole in a list that is not there any more is no loss.
                None => sum.lost += usize::from(change.before != Some(Stand::Unknown)),
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
pub(crate) fn lines(changes: &[Change], canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let mut last = "";
    for change in changes {
        if change.control != last {
            last = &change.control;
            let head = format!("{} ({})", safe(last, NAME), change.severity.id());
            writeln!(out, "\n{}", canvas.bold(&head))?;
        }
        let word = |stand: Option<Stand>| stand.map_or("-", Stand::words);
        let name = change.name.as_deref().unwrap_or("the list of all");
        let text = format!(
            "{} → {}  {}: {}",
            word(change.before),
            word(change.after),
            safe(name, NAME),
            safe(&change.cause.words(), 400)
        );
        for (place, line) in wrap(&text, canvas.width.saturating_sub(4)).iter().enumerate() {
            writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " })?;
        }
    }
    Ok(())
}
