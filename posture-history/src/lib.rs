//! The results of audits over time: runs, each finding with when it was first and last seen, fixed and reopened, and the
//! state of each requirement.
//!
//! A [`History`] is a file of SQLite, or a database in PostgreSQL if several people share it; both have the same tables
//! (`migrations/`). The snapshots are kept beside it as files, in an [`Archive`]: a folder, or a bucket of S3, Azure Blob
//! Storage or Google Cloud Storage.
//!
//! Only what changes is written: a finding has one row, and one more for each change of its state. A run is recorded as
//! a whole or not at all.

mod add;
pub mod archive;
mod earlier;
mod error;
mod jobs;
mod prune;
mod puts;
mod read;
mod store;

pub use add::{Added, Beside};
pub use archive::{Archive, ArchivedSnapshot};
pub use error::{Error, Result};
pub use jobs::{Delivery, DeliveryState, JobState, Pending};
pub use prune::{Policy, Pruned};
pub use read::{Account, Entry, Event, Level, Run};
pub use store::Store;

use std::borrow::Cow;
use std::time::Duration;

use posture_core::record::FindingStatus;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, Row, SqlSafeStr, Transaction};

/// How long one process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the migration of the tables may take, and how long to wait before writing. A server that responds
/// gives up a statement earlier; one that fell silent does not.
const SILENCE: Duration = Duration::from_secs(150);

/// The status of a finding in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// As in its last run.
    Seen(FindingStatus),
    /// It was there, and the whole of the list in which it was does not hold it any more.
    Gone,
}

impl State {
    /// The name as written in the tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Seen(status) => status.id(),
            Self::Gone => "gone",
        }
    }

    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Seen(status) => status.words(),
            Self::Gone => "gone",
        }
    }

    /// Whether the objective is not met, accepted or not.
    pub fn fails(self) -> bool {
        matches!(self, Self::Seen(status) if status.fails())
    }

    fn read(text: &str) -> Result<Self> {
        let status = FindingStatus::ALL.iter().copied().find(|status| status.id() == text);
        match status {
            Some(status) => Ok(Self::Seen(status)),
            None if text == "gone" => Ok(Self::Gone),
            None => Err(Error::Damaged("a state of a finding")),
        }
    }
}

/// A history that is open.
#[derive(Clone, Debug)]
pub struct History {
    pool: AnyPool,
    store: Store,
}

impl History {
    /// Opens a history, and migrates its tables to this version. If there is none yet, it is created if `create` is set.
    ///
    /// # Errors
    /// [`Error::Absent`] if there is none, [`Error::Newer`] if a newer version wrote it, [`Error::Database`] if
    /// the database does not answer.
    pub async fn open(store: &Store, create: bool) -> Result<Self> {
        sqlx::any::install_default_drivers();
        if let Store::File(path) = store {
            store::prepare(path, create)?;
        }
        let file = matches!(store, Store::File(_));
        let url = store.url()?;
        // A pool asks again and again until its patience ends; one connection says at once what is wrong.
        // A server that takes the connection and is silent then has the same patience.
        let first = tokio::time::timeout(PATIENCE, AnyConnection::connect(&url)).await;
        let first = first.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        first.map_err(|error| Error::database(store, error))?;
        let pool = AnyPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if file {
                        // Nothing that the file itself brings along is run.
                        connection.execute("PRAGMA trusted_schema = OFF").await?;
                        connection.execute("PRAGMA busy_timeout = 30000").await?;
                    } else {
                        // Of one statement; a run is recorded by many.
                        connection.execute("SET statement_timeout = '120s'").await?;
                        connection.execute("SET lock_timeout = '60s'").await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await
            .map_err(|error| Error::database(store, error))?;
        let history = Self { pool, store: store.clone() };
        history.in_time(SILENCE, history.migrate()).await?;
        Ok(history)
    }

    /// Where it is kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Closes its connections.
    pub async fn close(self) {
        self.pool.close().await;
    }

    async fn migrate(&self) -> Result<()> {
        let all: Vec<Migration> = [
            ("history", include_str!("../migrations/0001_history.sql")),
            ("jobs", include_str!("../migrations/0002_jobs.sql")),
            ("puts", include_str!("../migrations/0003_puts.sql")),
            ("spelling", include_str!("../migrations/0004_spelling.sql")),
            ("names", include_str!("../migrations/0005_names.sql")),
        ]
        .into_iter()
        .zip(1..)
        .map(|((name, sql), version)| {
            let sql = sql.into_sql_str();
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect();
        let latest = all.len() as i64;
        let mut migrator = Migrator::with_migrations(all);
        migrator.dangerous_set_table_name("posture_migrations");
        // Readers need no lock where there is nothing to do.
        let applied = sqlx::query("SELECT MAX(version) FROM posture_migrations")
            .fetch_one(&self.pool)
            .await
            .ok()
            .and_then(|row| row.try_get::<i64, _>(0).ok());
        match applied {
            Some(version) if version == latest => return Ok(()),
            Some(version) if version > latest => return Err(Error::Newer),
            _ => {}
        }
        // In one transaction that excludes all others.
        let mut connection = self.pool.acquire().await.map_err(|e| self.failed(e))?;
        let mut transaction = match self.store {
            Store::File(_) => connection.begin_with("BEGIN EXCLUSIVE").await,
            Store::Postgres(_) => connection.begin().await,
        }
        .map_err(|error| self.failed(error))?;
        migrator.run_direct(None, &mut *transaction, false).await.map_err(|error| {
            Error::Migration { store: self.store.to_string(), source: Box::new(error) }
        })?;
        transaction.commit().await.map_err(|error| self.failed(error))
    }

    /// Gives up after a time limit.
    ///
    /// # Errors
    /// Those of the work, and [`Error::Database`] if it takes longer.
    pub async fn in_time<T>(
        &self,
        most: Duration,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let done = tokio::time::timeout(most, work).await;
        done.unwrap_or_else(|_| Err(self.failed(sqlx::Error::PoolTimedOut)))
    }

    /// Begins to write; others who want to write wait.
    async fn write(&self) -> Result<Transaction<'_, sqlx::Any>> {
        self.in_time(SILENCE, self.begin()).await
    }

    async fn begin(&self) -> Result<Transaction<'_, sqlx::Any>> {
        match self.store {
            Store::File(_) => self.pool.begin_with("BEGIN IMMEDIATE").await,
            Store::Postgres(_) => {
                let mut transaction = self.pool.begin().await.map_err(|e| self.failed(e))?;
                transaction
                    .execute("LOCK TABLE runs IN SHARE ROW EXCLUSIVE MODE")
                    .await
                    .map_err(|error| self.failed(error))?;
                Ok(transaction)
            }
        }
        .map_err(|error| self.failed(error))
    }

    fn failed(&self, error: sqlx::Error) -> Error {
        Error::database(&self.store, error)
    }
}

/// The columns of a row, each by its name.
struct Columns<'r>(&'r AnyRow);

impl Columns<'_> {
    fn number(&self, name: &str) -> Result<i64> {
        self.0.try_get(name).map_err(|_| Error::Damaged("a number"))
    }

    fn count(&self, name: &str) -> Result<usize> {
        usize::try_from(self.number(name)?).map_err(|_| Error::Damaged("a count"))
    }

    fn maybe_number(&self, name: &str) -> Result<Option<i64>> {
        self.0.try_get(name).map_err(|_| Error::Damaged("a number"))
    }

    fn text(&self, name: &str) -> Result<String> {
        self.0.try_get(name).map_err(|_| Error::Damaged("text"))
    }

    /// The control of a finding, by the id that it has now.
    fn control(&self) -> Result<String> {
        self.text("control").map(posture_core::record::current_id)
    }

    fn maybe_text(&self, name: &str) -> Result<Option<String>> {
        self.0.try_get(name).map_err(|_| Error::Damaged("text"))
    }
}

/// `($1, $2), ($3, $4)`: the places of so many rows of so many values. Both databases read them.
fn places(rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { ", " };
            let _ = write!(text, "{comma}${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program that embeds a history may send its futures to another thread.
    #[test]
    fn futures_can_be_sent() {
        fn sent<T: Send>(_: T) {}
        fn all(history: &History, record: &posture_core::record::Record<'_>, store: &Store) {
            sent(History::open(store, true));
            sent(history.add(record, std::iter::empty(), &[], Beside::default()));
            sent(history.claim("a", record.finished, record.finished, record.finished));
            sent(history.record(1));
            sent(history.prune(
                Policy::default(),
                posture_core::time::Time::from_unix(0),
                None,
                true,
            ));
        }
        let _ = all;
    }
}
