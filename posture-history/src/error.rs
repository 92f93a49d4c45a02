//! What can go wrong with a history.

use std::path::PathBuf;

use crate::store::Store;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a history does not answer. No password is in any of these, whatever the address held.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address means nothing.
    #[error("`{0}` is not a valid place for a history: {1}")]
    Address(String, &'static str),
    /// There is no history yet.
    #[error("there is no history at `{}`", .0.display())]
    Absent(PathBuf),
    /// The file cannot be made.
    #[error("cannot open `{}`", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// The database does not respond, or fails.
    #[error("the history in {store} does not respond")]
    Database {
        /// Which.
        store: String,
        /// The driver's message.
        #[source]
        source: Box<sqlx::Error>,
    },
    /// The tables cannot be brought to this version.
    #[error("cannot set up the tables of the history in {store}")]
    Migration {
        /// Which.
        store: String,
        /// Why.
        #[source]
        source: Box<sqlx::migrate::MigrateError>,
    },
    /// A newer version wrote it.
    #[error("the history was written by a newer version of posture")]
    Newer,
    /// It holds something that no version writes.
    #[error("the history is damaged: {0} cannot be read")]
    Damaged(&'static str),
    /// The same account was recorded at the same time or later.
    #[error("run {run} read {scope} at the same time or later")]
    NotNewer {
        /// The account.
        scope: String,
        /// The run that is there.
        run: i64,
    },
    /// The findings of an account are not together.
    #[error("the findings of {0} are not contiguous, or it is not an account of the run")]
    Scattered(String),
    /// There is no such run.
    #[error("there is no run {0}")]
    NoRun(i64),
    /// No finding has the id, or several have.
    #[error("{0} findings of the history have an id that begins with `{1}`")]
    NoFinding(usize, String),
    /// The snapshot of the run was not kept.
    #[error("the snapshot of run {0} was not kept")]
    NoSnapshot(i64),
    /// So much time passed between keeping a snapshot and recording its run that it was deleted as left behind.
    #[error("the snapshot `{0}` was stored too long ago for its run to be recorded now")]
    Lapsed(String),
    /// The archive of snapshots does not respond, or fails.
    #[error("the archive {archive} does not respond")]
    Archive {
        /// Which.
        archive: String,
        /// The driver's message.
        #[source]
        source: Box<object_store::Error>,
    },
    /// The snapshot in the archive has other bytes than were put there.
    #[error("the snapshot `{0}` is not the one that was stored: its digest differs")]
    Changed(String),
    /// The snapshot in the archive cannot be read.
    #[error("the snapshot of the run cannot be read")]
    Snapshot(#[source] posture_core::snapshot::Error),
}

impl Error {
    pub(crate) fn database(store: &Store, source: sqlx::Error) -> Self {
        Self::Database { store: store.to_string(), source: Box::new(source) }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Address(..) => {
                "use a file, or a database such as postgres://user@host/name with its password in PGPASSWORD or PGPASSFILE"
            }
            Self::Absent(_) => {
                "record a run first: posture history add SNAPSHOT, or an audit with --history"
            }
            Self::File(..) => "check that the folder exists and is writable",
            Self::Database { .. } | Self::Migration { .. } => {
                "nothing of the run was recorded; check the database, its permissions and its free space"
            }
            Self::Newer => "use that version, or another history",
            Self::Damaged(_) => {
                "restore it from a backup, or start a new history and add the snapshots to it"
            }
            Self::NotNewer { .. } => {
                "runs of an account are recorded in chronological order, each once"
            }
            Self::Scattered(_) => "pass the findings account by account",
            Self::NoRun(_) => "`posture history list` lists the runs",
            Self::NoFinding(..) => "the JSON and CSV reports list the IDs of findings",
            Self::NoSnapshot(_) => "set `snapshots` in [history] before the run",
            Self::Lapsed(_) => "add the snapshot again",
            Self::Archive { .. } => "check its address, and the credentials in the environment",
            Self::Changed(_) | Self::Snapshot(_) => "restore the archive from a backup",
        }
    }
}
