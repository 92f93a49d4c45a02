//! What an argument names, wherever a command takes an audit: a file, or a run of the history.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use posture_core::record::Record;
use posture_core::snapshot::{self, Snapshot};
use posture_history::{Error, Run};

use super::store::{History, failed};
use crate::args::HistoryOptions;
use crate::config::Config;
use crate::error::{Failure, Result};
use crate::judging::load;

/// An audit, as it was named.
pub(crate) enum Input {
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// What was reported, with the snapshot where it was kept, and the number of the run if it is one.
    Record(Box<Record<'static>>, Option<Box<Snapshot>>, Option<i64>),
}

/// What to write where an argument names nothing.
const NAMES: &str = "give a snapshot file, or a run of the history: its number or `last`";

/// Whether an argument names a run: a number or `last`, where there is no file of that name.
pub(crate) fn run_named(argument: &Path) -> Option<&str> {
    let name = argument.to_str()?;
    let run = name == "last" || !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    (run && !argument.exists()).then_some(name)
}

/// The run that an argument names: a number or `last`, where there is no file of that name.
fn run(argument: &Path, kept: &HistoryOptions, config: &Config) -> Result<Option<(History, Run)>> {
    let Some(name) = run_named(argument) else { return Ok(None) };
    let history = History::find(kept, config, false)?.ok_or_else(|| {
        Failure::usage(format!("there is no file `{name}`, and no history to look up run {name}"))
            .help("pass the history with --history, or set `store` in [history] of posture.toml")
    })?;
    let run = history.run(name)?;
    Ok(Some((history, run)))
}

/// Reads a snapshot: a file, or what was kept of a run.
pub(crate) fn snapshot(
    argument: &Path,
    kept: &HistoryOptions,
    config: &Config,
) -> Result<Snapshot> {
    match run(argument, kept, config)? {
        Some((history, run)) => history.snapshot(&run)?.ok_or_else(|| not_kept(&run)),
        None if absent(argument) => Err(nothing(argument)),
        None => load(argument),
    }
}

/// The bytes of a snapshot, to be copied: from a file, or as they were kept of a run.
pub(crate) fn bytes(
    argument: &Path,
    kept: &HistoryOptions,
    config: &Config,
) -> Result<Box<dyn Read>> {
    if let Some((history, run)) = run(argument, kept, config)? {
        let bytes = history.bytes(&run)?.ok_or_else(|| not_kept(&run))?;
        return Ok(Box::new(io::Cursor::new(bytes)));
    }
    if absent(argument) {
        return Err(nothing(argument));
    }
    // A pipe gives its bytes once, and a folder none.
    let open = || match std::fs::metadata(argument)? {
        meta if meta.is_file() => File::open(argument),
        _ => Err(io::Error::other("it is not a regular file")),
    };
    open().map(|file| Box::new(file) as _).map_err(|error| {
        Failure::tool(format!("cannot read `{}`", argument.display())).cause(error)
    })
}

/// Reads what can be compared: a snapshot, a report, or a run.
pub(crate) fn input(argument: &Path, kept: &HistoryOptions, config: &Config) -> Result<Input> {
    if let Some((history, run)) = run(argument, kept, config)? {
        return recorded(&history, &run);
    }
    if absent(argument) {
        return Err(nothing(argument));
    }
    let cannot = |error: &dyn std::error::Error, help: &str| {
        Failure::tool(format!("cannot read `{}`", argument.display())).caused_by(error).help(help)
    };
    match Snapshot::load(argument) {
        Ok(snapshot) => Ok(Input::Snapshot(Box::new(snapshot))),
        Err(error @ snapshot::Error::NotASnapshot(_)) => {
            let file = File::open(argument).map_err(|error| cannot(&error, ""))?;
            match Record::read(io::BufReader::new(file), snapshot::DEFAULT_LIMIT) {
                Ok(record) => Ok(Input::Record(Box::new(record), None, None)),
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

/// What a run reported, with its snapshot where that was kept.
pub(crate) fn recorded(history: &History, run: &Run) -> Result<Input> {
    let record = history.ask(|history| history.record(run.id))?;
    let snapshot = history.snapshot(run)?.map(Box::new);
    Ok(Input::Record(Box::new(record), snapshot, Some(run.id)))
}

fn not_kept(run: &Run) -> Failure {
    failed(&Error::NoSnapshot(run.id))
}

fn absent(argument: &Path) -> bool {
    matches!(argument.try_exists(), Ok(false))
}

fn nothing(argument: &Path) -> Failure {
    Failure::tool(format!("there is no file `{}`", argument.display())).help(NAMES)
}
