//! The history that is named, and the way of every audit into it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use posture_core::judge::Findings;
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::record::{Record, recorded};
use posture_core::report::roll_up;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_history::{
    Added, Archive, ArchivedSnapshot, Beside, Entry, Error, Event, Pending, Policy, Run, Store,
};

use crate::args::{self, HISTORY, HistoryOptions, Screen};
use crate::config::Config;
use crate::endpoints;
use crate::error::{Failure, Result};
use crate::finding_id::{self, Candidate};
use crate::judging::whole;
use crate::output::{counted, say};
use crate::select::Selected;

/// How long anything may take that the history or its archive is asked for. The largest run is recorded in minutes; a
/// connection that was lost without a word would be waited for without end.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Accounts, subscriptions and tenants.
pub(crate) type Scopes<'s> = BTreeSet<(Provider, Cow<'s, str>)>;

/// A history with its archive, to be asked from here.
pub(crate) struct History {
    runtime: tokio::runtime::Runtime,
    history: posture_history::History,
    archive: Option<String>,
    pub(super) keep: Policy,
}

impl History {
    /// The history of the arguments, or else of the configuration, where either names one.
    pub(crate) fn find(
        kept: &HistoryOptions,
        config: &Config,
        create: bool,
    ) -> Result<Option<Self>> {
        let Some(store) = kept.history.as_deref().or(config.history.store.as_deref()) else {
            return Ok(None);
        };
        let store: Store = store.parse().map_err(|error| failed(&error))?;
        if store.has_password() && !kept.is_from_environment() {
            return Err(Failure::usage("other users can see a password in the arguments").help(
                format!("pass it in PGPASSWORD or PGPASSFILE, or pass the history in {HISTORY}"),
            ));
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

    /// The same where it has begun: one that was named and is not there yet has nothing to show.
    pub(crate) fn find_begun(kept: &HistoryOptions, config: &Config) -> Result<Option<Self>> {
        let begun = |name: &String| name.contains("://") || Path::new(name).exists();
        match kept.history.as_ref().or(config.history.store.as_ref()) {
            Some(name) if begun(name) => Self::find(kept, config, false),
            _ => Ok(None),
        }
    }

    /// The same where there has to be one.
    pub(crate) fn need(kept: &HistoryOptions, config: &Config, create: bool) -> Result<Self> {
        Self::find(kept, config, create)?.ok_or_else(|| {
            Failure::usage("no history is configured").help(
                "pass a file with --history, or set store = \"posture.db\" in [history] of posture.toml",
            )
        })
    }

    /// Asks it something.
    pub(crate) fn ask<'h, T, F: Future<Output = posture_history::Result<T>>>(
        &'h self,
        question: impl FnOnce(&'h posture_history::History) -> F,
    ) -> Result<T> {
        let answer = self.history.in_time(PATIENCE, question(&self.history));
        self.runtime.block_on(answer).map_err(|error| failed(&error))
    }

    /// A finding, by its ID or the beginning of it, with each change of its state.
    ///
    /// # Errors
    /// Where there is none, or several.
    pub(crate) fn finding(&self, typed: &str) -> Result<(Entry, Vec<Event>)> {
        let wanted = finding_id::wanted(typed, "a finding")?;
        let all = self.ask(|history| history.findings_by_prefix(&wanted, 1_000))?;
        let candidate = |of: &Entry| {
            let (resource, region) = (of.resource.as_deref(), of.region.as_deref());
            Candidate::new(of.id.clone(), None, &of.control, resource, region)
        };
        let found = finding_id::only(&wanted, all, candidate)?;
        let found = found.ok_or_else(|| finding_id::none(typed))?;
        self.ask(|history| history.finding(&found.id))
    }

    /// Waits for something else in the runtime of the history.
    pub(crate) fn wait<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    pub(super) fn archive(&self) -> Result<Option<Archive>> {
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
                    Failure::usage("no runs recorded yet").help(Error::NoRun(0).help())
                })
            }
            _ => {
                let id = name.parse().map_err(|_| {
                    Failure::usage(format!("`{name}` is not a run"))
                        .help("give the number of a run, or `last`")
                })?;
                self.ask(|history| history.run(id))
            }
        }
    }

    /// The run that one of these accounts is compared with: the newest that ended before a time; see
    /// [`posture_history::History::run_before`].
    pub(crate) fn run_before(&self, time: Time, scopes: &Scopes<'_>) -> Result<Option<Run>> {
        let scopes = scopes.iter().map(|(provider, id)| (*provider, id.to_string())).collect();
        self.ask(|history| async move { history.run_before(time, &scopes).await })
    }

    /// The snapshot of a run; none where it was not kept.
    pub(crate) fn snapshot(&self, run: &Run) -> Result<Option<Snapshot>> {
        let (Some(kept), Some(archive)) = (&run.snapshot, self.archive()?) else {
            return Ok(None);
        };
        self.ask(|_| async move { archive.get(kept).await }).map(Some)
    }

    /// The bytes of that snapshot, as they were kept.
    pub(super) fn bytes(&self, run: &Run) -> Result<Option<Vec<u8>>> {
        let (Some(kept), Some(archive)) = (&run.snapshot, self.archive()?) else {
            return Ok(None);
        };
        self.ask(|_| async move { archive.bytes(kept).await }).map(Some)
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
        let frameworks = whole(&findings, &selected.catalogue);
        let report = roll_up(findings, &frameworks);
        let add = || {
            let kept = self.keep(snapshot, report.findings.header().finished)?;
            let head = Record::head(&report.findings, params);
            let findings = recorded(&report.findings);
            let scopes = report.findings.scopes().iter().map(|examined| examined.scope());
            let names: Vec<_> = scopes
                .filter_map(|of| Some((of.provider, of.id.as_str(), of.name.as_deref()?)))
                .collect();
            let beside = Beside { snapshot: kept.as_ref(), deliveries, names: &names };
            let added =
                self.ask(|history| history.add(&head, findings, &report.frameworks, beside));
            if added.is_err() {
                self.take_back(kept.as_ref());
            }
            added
        };
        let added = add();
        (report.findings, added)
    }

    /// Keeps a snapshot, where snapshots are kept.
    fn keep(&self, snapshot: Option<&Path>, finished: Time) -> Result<Option<ArchivedSnapshot>> {
        let (Some(path), Some(archive)) = (snapshot, self.archive()?) else { return Ok(None) };
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::tool(format!("cannot read `{}`", path.display())).cause(error)
        })?;
        let archive = &archive;
        let now = Time::from(jiff::Timestamp::now());
        self.ask(|history| history.keep(archive, finished, bytes, now)).map(Some)
    }

    /// A snapshot whose run was not recorded is of no use.
    fn take_back(&self, kept: Option<&ArchivedSnapshot>) {
        if let (Some(kept), Ok(Some(archive))) = (kept, self.archive()) {
            // Where this fails, it is found again by its note.
            let archive = &archive;
            let _ = self.ask(|history| history.take_back(archive, kept));
        }
    }

    /// Deletes the snapshots of runs that a killed process did not record. Returns how many there were.
    pub(crate) fn clear(&self) -> Result<usize> {
        let Some(archive) = self.archive()? else { return Ok(0) };
        let now = Time::from(jiff::Timestamp::now());
        self.ask(|history| history.clear(&archive, now))
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
}

/// What an audit is recorded in, from before it begins.
pub(crate) struct Recorder {
    history: History,
    /// The folder of the snapshot until it is archived, if the user did not name a file.
    folder: Option<tempfile::TempDir>,
}

impl Recorder {
    /// Opens the history before the audit, so that an audit that cannot be recorded does not start.
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
            Some(folder.map_err(|error| Failure::tool("cannot store the snapshot").cause(error))?)
        } else {
            None
        };
        Ok(Some(Self { history, folder }))
    }

    /// Where to write the snapshot.
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
                say!("recorded as run {}: {}", added.run, summary(&added));
            }
            self.history.retain()?;
            Ok(self.history)
        });
        (findings, recorded)
    }
}

pub(super) fn summary(added: &Added) -> String {
    let failed = counted(added.failed, "new failure", "new failures");
    format!("{failed}, {} reopened, {} fixed", added.reopened, added.fixed)
}

/// An error of the history as one of the command.
pub(super) fn failed(error: &Error) -> Failure {
    let what = match error {
        Error::Address(..) | Error::NoRun(_) | Error::NoFinding(..) | Error::Absent(_) => {
            return Failure::usage(error.to_string()).help(error.help());
        }
        _ => "cannot use the history",
    };
    Failure::tool(what).caused_by(error).help(error.help())
}
