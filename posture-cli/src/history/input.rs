//! What an argument names: a file, or a run of the history.

use std::path::Path;

use posture_core::record::Record;
use posture_core::snapshot::{self, Snapshot};
use posture_history::Error;

use super::store::{History, failed};
use crate::args::HistoryOptions;
use crate::config::Config;
use crate::error::{Failure, Result};
use crate::judging::load;

/// What an argument names: a file, or a run of the history.
pub(crate) enum Input {
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// The results, with the snapshot if it was kept.
    Record(Box<Record<'static>>, Option<Box<Snapshot>>),
}

/// Whether an argument names a run: a number or `last`, and no file.
fn names_run(argument: &Path) -> Option<&str> {
    let text = argument.to_str()?;
    let run = text == "last" || !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (run && !argument.exists()).then_some(text)
}

/// Reads a snapshot: a file, or what was kept of a run.
pub(crate) fn snapshot(
    argument: &Path,
    kept: &HistoryOptions,
    config: &Config,
) -> Result<Snapshot> {
    let Some(name) = names_run(argument) else { return load(argument) };
    let history = History::need(kept, config, false)?;
    let run = history.run(name)?;
    history.snapshot(&run)?.ok_or_else(|| failed(&Error::NoSnapshot(run.id)))
}

/// Reads whatever can be compared.
pub(crate) fn input(argument: &Path, history: Option<&History>) -> Result<Input> {
    if let Some(name) = names_run(argument) {
        let history = history.ok_or_else(|| {
            Failure::usage(format!(
                "there is no file `{name}`, and no history to look up run {name}"
            ))
            .help("pass the history with --history")
        })?;
        let run = history.run(name)?;
        let record = history.ask(|history| history.record(run.id))?;
        return Ok(Input::Record(Box::new(record), history.snapshot(&run)?.map(Box::new)));
    }
    let cannot = |error: &dyn std::error::Error, help: &str| {
        Failure::tool(format!("cannot read `{}`", argument.display())).caused_by(error).help(help)
    };
    match Snapshot::load(argument) {
        Ok(snapshot) => Ok(Input::Snapshot(Box::new(snapshot))),
        Err(error @ snapshot::Error::NotASnapshot(_)) => {
            let file = std::fs::File::open(argument).map_err(|error| cannot(&error, ""))?;
            match Record::read(std::io::BufReader::new(file), snapshot::DEFAULT_LIMIT) {
                Ok(record) => Ok(Input::Record(Box::new(record), None)),
                Err(posture_core::record::Error::NotAReport(_)) => Err(cannot(
                    &error,
                    "compare snapshots, reports with --format json, or runs of the history",
                )),
                Err(error) => Err(cannot(&error, "render the report again with this version")),
            }
        }
        Err(error) => Err(cannot(&error, error.help())),
    }
}
