//! `posture history`, and the way of every audit into it.

mod input;
mod show;
mod shown;
mod store;
mod trend;

use std::process::ExitCode;

use posture_core::judge;
use posture_core::time::Time;
use posture_history::Policy;

pub(crate) use input::{Input, bytes, input, recorded, run_named, snapshot};
pub(crate) use shown::{deliveries_table, for_days, headline, item};
pub(crate) use store::{History, Recorder, Scopes};
pub(crate) use trend::{RUNS, Trend};

use crate::args::{History as Command, HistoryAdd, HistoryPrune, Screen};
use crate::config;
use crate::error::{Failure, Result};
use crate::judging::{load, options};
use crate::output::{counted, say};
use crate::select::select;
use store::summary;

/// `posture history`.
pub(crate) fn run(command: Command, screen: Screen) -> Result<ExitCode> {
    match command {
        Command::List(arguments) => show::list(&arguments, screen),
        Command::Show(arguments) => show::show(&arguments, screen),
        Command::Trend(arguments) => trend::run(&arguments, screen),
        Command::Add(arguments) => add(&arguments, screen),
        Command::Prune(arguments) => prune(&arguments, screen),
    }
}

fn add(arguments: &HistoryAdd, screen: Screen) -> Result<ExitCode> {
    let config = config::load_for(&arguments.selection)?;
    let selected = select(&arguments.selection, &config)?;
    let history = History::need(&arguments.kept, &config, true)?;
    for path in &arguments.snapshots {
        let snapshot = load(path)?;
        let findings = judge::judge(&snapshot, &selected.controls, &options(&config));
        let (_, added) = history.add(findings, &selected, &config.params, Some(path), &[]);
        let added = added?;
        if !screen.quiet {
            say!("recorded `{}` as run {}: {}", path.display(), added.run, summary(&added));
        }
    }
    history.retain()?;
    Ok(ExitCode::SUCCESS)
}

fn prune(arguments: &HistoryPrune, screen: Screen) -> Result<ExitCode> {
    let config = config::load(arguments.which.config.as_deref(), &[])?;
    let history = History::need(&arguments.which.kept, &config, false)?;
    let policy = Policy {
        runs: arguments.keep_runs.or(history.keep.runs),
        days: arguments.keep_days.or(history.keep.days),
        snapshots: arguments.keep_snapshots.or(history.keep.snapshots),
    };
    if policy == Policy::default() {
        return Err(Failure::usage("nothing sets what to keep")
            .help("use --keep-runs, --keep-days or --keep-snapshots, or set them in [history]"));
    }
    let archive = history.archive()?;
    let now = Time::from(jiff::Timestamp::now());
    let dry = arguments.dry_run;
    let pruned = history.ask(|history| history.prune(policy, now, archive.as_ref(), dry))?;
    if !screen.quiet {
        let would = if dry { "would delete" } else { "deleted" };
        say!(
            "{would} {}, {}, {} that no kept run refers to",
            counted(pruned.runs, "run", "runs"),
            counted(pruned.snapshots, "snapshot", "snapshots"),
            counted(pruned.findings, "finding", "findings")
        );
        if pruned.leftovers > 0 {
            let would = if dry { "would delete" } else { "deleted" };
            let leftovers = counted(pruned.leftovers, "snapshot", "snapshots");
            say!("{would} {leftovers} of runs that were never recorded");
        }
        if archive.is_none() && pruned.runs > 0 {
            say!("note: no archive is configured; snapshots were left in place");
        }
    }
    Ok(ExitCode::SUCCESS)
}
