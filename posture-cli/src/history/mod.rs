//! `posture history`, and the way of every audit into it.

mod show;
mod trend;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use posture_core::control::Control;
use posture_core::frameworks::Framework;
use posture_core::judge::{self, Findings};
use posture_core::params::Params;
use posture_core::record::{Record, said};
use posture_core::report::roll_up;
use posture_core::snapshot::{self, Snapshot};
use posture_core::time::Time;
use posture_history::{
    Added, Archive, Beside, Error, Kept as KeptSnapshot, Pending, Policy, Run, Store,
};

pub(crate) use trend::{Trend, for_days, item};

use crate::args::{self, HISTORY, History as Command, HistoryAdd, HistoryPrune, Kept, Screen};
use crate::config::{self, Config};
use crate::endpoints;
use crate::error::{Failure, Result};
use crate::report::{audited, load, options};
use crate::select::{Selected, select};

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

/// A history with its archive, to be asked from here.
pub(crate) struct History {
    runtime: tokio::runtime::Runtime,
    history: posture_history::History,
    archive: Option<String>,
    keep: Policy,
}

impl History {
    /// The history of the arguments, or else of the configuration, where either names one.
    pub(crate) fn find(kept: &Kept, config: &Config, create: bool) -> Result<Option<Self>> {
        let Some(store) = kept.history.as_deref().or(config.history.store.as_deref()) else {
            return Ok(None);
        };
        let store: Store = store.parse().map_err(|error| failed(&error))?;
        if store.has_password() && !kept.is_from_environment() {
            return Err(Failure::usage("a password among the arguments can be seen by others")
                .help(format!(
                    "name it in PGPASSWORD or PGPASSFILE, or the history in {HISTORY}"
                )));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::tool("cannot start").cause(error))?;
        let open = posture_history::History::open(&store, create);
        let history = runtime.block_on(open).map_err(|error| failed(&error))?;
        let archive = kept.history_snapshots.clone().or_else(|| config.history.snapshots.clone());
        Ok(Some(Self { runtime, history, archive, keep: config.history.keep }))
    }

    /// The same where it has begun: one that was named and is not there yet has nothing to tell.
    pub(crate) fn find_begun(kept: &Kept, config: &Config) -> Result<Option<Self>> {
        let begun = |name: &String| name.contains("://") || Path::new(name).exists();
        match kept.history.as_ref().or(config.history.store.as_ref()) {
            Some(name) if begun(name) => Self::find(kept, config, false),
            _ => Ok(None),
        }
    }

    /// The same where there has to be one.
    pub(crate) fn need(kept: &Kept, config: &Config, create: bool) -> Result<Self> {
        Self::find(kept, config, create)?.ok_or_else(|| {
            Failure::usage("no history is named").help(
                "name a file with --history, or in posture.toml: [history] with store = \"posture.db\"",
            )
        })
    }

    /// Asks it something.
    pub(crate) fn ask<'h, T, F: Future<Output = posture_history::Result<T>>>(
        &'h self,
        question: impl FnOnce(&'h posture_history::History) -> F,
    ) -> Result<T> {
        self.runtime.block_on(question(&self.history)).map_err(|error| failed(&error))
    }

    /// Waits for something else where its own answers are waited for.
    pub(crate) fn wait<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    fn archive(&self) -> Result<Option<Archive>> {
        let open = |address: &String| {
            Archive::open(address, std::env::vars(), endpoints::allowed)
                .map_err(|error| failed(&error))
        };
        self.archive.as_ref().map(open).transpose()
    }

    /// Whether snapshots are kept.
    pub(crate) fn keeps_snapshots(&self) -> bool {
        self.archive.is_some()
    }

    /// The run of a number, or the newest.
    pub(crate) fn run(&self, name: &str) -> Result<Run> {
        match name {
            "last" => {
                let runs = self.ask(|history| history.runs(1))?;
                runs.into_iter().next_back().ok_or_else(|| {
                    Failure::usage("no run was recorded yet").help(Error::NoRun(0).help())
                })
            }
            _ => {
                let id = name.parse().map_err(|_| {
                    Failure::usage(format!("`{name}` is no run"))
                        .help("a run is named by its number, or `last`")
                })?;
                self.ask(|history| history.run(id))
            }
        }
    }

    /// The snapshot of a run; none where it was not kept.
    pub(crate) fn snapshot(&self, run: &Run) -> Result<Option<Snapshot>> {
        let (Some(kept), Some(archive)) = (&run.snapshot, self.archive()?) else {
            return Ok(None);
        };
        self.ask(|_| async move { archive.get(kept).await }).map(Some)
    }

    /// Records what was judged, and the bytes of its snapshot where snapshots are kept.
    pub(crate) fn add<'s>(
        &self,
        findings: Findings<'s>,
        selected: &Selected,
        params: &Params,
        snapshot: Option<&Path>,
        deliveries: &[Pending],
    ) -> (Findings<'s>, Result<Added>) {
        let frameworks = whole(&findings, selected);
        let report = roll_up(findings, &frameworks);
        let add = || {
            let kept = self.keep(snapshot, report.findings.header().finished)?;
            let head = Record::head(&report.findings, params);
            let said = said(&report.findings);
            let beside = Beside { snapshot: kept.as_ref(), deliveries };
            let added = self.ask(|history| history.add(&head, said, &report.frameworks, beside));
            if added.is_err() {
                self.take_back(kept.as_ref());
            }
            added
        };
        let added = add();
        (report.findings, added)
    }

    /// Keeps a snapshot, where snapshots are kept.
    fn keep(&self, snapshot: Option<&Path>, finished: Time) -> Result<Option<KeptSnapshot>> {
        let (Some(path), Some(archive)) = (snapshot, self.archive()?) else { return Ok(None) };
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::tool(format!("cannot read `{}`", path.display())).cause(error)
        })?;
        self.ask(|_| async move { archive.put(finished, bytes).await }).map(Some)
    }

    /// A snapshot whose run was not recorded is of no use.
    fn take_back(&self, kept: Option<&KeptSnapshot>) {
        if let (Some(kept), Ok(Some(archive))) = (kept, self.archive()) {
            let _ = self.ask(|_| async move { archive.delete(&kept.name).await });
        }
    }

    /// Forgets what the configuration does not want to be kept.
    pub(crate) fn retain(&self) -> Result<()> {
        if self.keep == Policy::default() {
            return Ok(());
        }
        let archive = self.archive()?;
        let now = Time::from(jiff::Timestamp::now());
        self.ask(|history| history.prune(self.keep, now, archive.as_ref(), false)).map(drop)
    }

    /// How things stood over the newest runs.
    pub(crate) fn trend(&self, frameworks: &[&'static Framework], most: usize) -> Result<Trend> {
        Trend::read(self, frameworks, most)
    }
}

/// The frameworks of which every control was judged: where some are left out, their requirements did not get worse.
fn whole(findings: &Findings<'_>, selected: &Selected) -> Vec<&'static Framework> {
    let judged = |control: &Control| selected.controls.iter().any(|one| one.id == control.id);
    let bears = |control: &Control, framework: &Framework| {
        control.mappings().iter().any(|m| std::ptr::eq(m.requirement.framework(), framework))
    };
    let is_whole = |framework: &Framework| {
        let all = selected.catalogue.all();
        all.iter().all(|control| judged(control) || !bears(control, framework))
    };
    audited(findings).into_iter().filter(|framework| is_whole(framework)).collect()
}

/// What an audit is recorded in, from before it begins.
pub(crate) struct Recorder {
    history: History,
    /// Where the snapshot lies until it is kept, if nobody asked for it otherwise.
    folder: Option<tempfile::TempDir>,
}

impl Recorder {
    /// Opens the history before the audit, so that nobody waits for one that cannot be recorded.
    pub(crate) fn begin(
        recording: &args::Recording,
        config: &Config,
        save: Option<&Path>,
    ) -> Result<Option<Self>> {
        if recording.no_history {
            return Ok(None);
        }
        let Some(history) = History::find(&recording.kept, config, true)? else { return Ok(None) };
        history.archive()?;
        let folder = if history.keeps_snapshots() && save.is_none() {
            let folder = tempfile::tempdir();
            Some(folder.map_err(|error| Failure::tool("cannot keep the snapshot").cause(error))?)
        } else {
            None
        };
        Ok(Some(Self { history, folder }))
    }

    /// Where the snapshot is to be written.
    pub(crate) fn save(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.path().join("snapshot.json.zst"))
    }

    /// Records the audit, and gives the history back.
    pub(crate) fn end<'s>(
        self,
        findings: Findings<'s>,
        selected: &Selected,
        config: &Config,
        save: Option<&Path>,
        screen: Screen,
    ) -> (Findings<'s>, Result<History>) {
        let own = self.save();
        let snapshot = save.or(own.as_deref());
        let (findings, added) = self.history.add(findings, selected, &config.params, snapshot, &[]);
        let recorded = added.and_then(|added| {
            if !screen.quiet {
                eprintln!("recorded as run {}: {}", added.run, summary(&added));
            }
            self.history.retain()?;
            Ok(self.history)
        });
        (findings, recorded)
    }
}

fn summary(added: &Added) -> String {
    format!(
        "{} began to fail, {} fail again, {} fail no more",
        added.failed, added.reopened, added.fixed
    )
}

/// What an argument names: a file, or a run of the history.
pub(crate) enum Input {
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// What was said, with the snapshot where it was kept.
    Record(Box<Record<'static>>, Option<Box<Snapshot>>),
}

/// Whether an argument names a run: a number or `last`, and no file.
fn names_run(argument: &Path) -> Option<&str> {
    let text = argument.to_str()?;
    let run = text == "last" || !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (run && !argument.exists()).then_some(text)
}

/// Reads a snapshot: a file, or what was kept of a run.
pub(crate) fn snapshot(argument: &Path, kept: &Kept, config: &Config) -> Result<Snapshot> {
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
                "there is no file `{name}`, and no history to have a run {name}"
            ))
            .help("name the history with --history")
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
                    "a snapshot, a report with --format json, or a run of the history can be compared",
                )),
                Err(error) => Err(cannot(&error, "write the report again with this version")),
            }
        }
        Err(error) => Err(cannot(&error, error.help())),
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
            eprintln!("recorded `{}` as run {}: {}", path.display(), added.run, summary(&added));
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
        return Err(Failure::usage("nothing says what is to be kept")
            .help("name --keep-runs, --keep-days or --keep-snapshots, or the same in [history]"));
    }
    let archive = history.archive()?;
    let now = Time::from(jiff::Timestamp::now());
    let dry = arguments.dry_run;
    let pruned = history.ask(|history| history.prune(policy, now, archive.as_ref(), dry))?;
    if !screen.quiet {
        let would = if dry { "would forget" } else { "forgot" };
        eprintln!(
            "{would} {} runs, {} snapshots, {} findings that nothing has to do with any more",
            pruned.runs, pruned.snapshots, pruned.findings
        );
        if archive.is_none() && pruned.runs > 0 {
            eprintln!("note: no archive is named, so that snapshots were left where they are");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// An error of the history as one of the command.
fn failed(error: &Error) -> Failure {
    let what = match error {
        Error::Address(..) | Error::NoRun(_) | Error::NoFinding(..) | Error::Absent(_) => {
            return Failure::usage(error.to_string()).help(error.help());
        }
        _ => "the history cannot be used",
    };
    Failure::tool(what).caused_by(error).help(error.help())
}
