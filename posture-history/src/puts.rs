//! Snapshots that are being stored in an archive, from before they are stored until their run is recorded.
//!
//! A process that is killed in between leaves an object that no run names. It is found by its note and never by a listing of
//! the archive, because the objects of another history in the same archive look the same.

use posture_core::time::Time;
use sqlx::AnyConnection;

use crate::archive::{Archive, ArchivedSnapshot};
use crate::error::{Error, Result};
use crate::{Columns, History};

/// For how many seconds an object belongs to the process that stored it. A slow line takes hours for a large one; recording
/// takes minutes.
const LEASE: i64 = 24 * 60 * 60;

/// How many objects are deleted at a time: others who want to write wait for it.
const MOST: i64 = 100;

impl History {
    /// Keeps the bytes of a snapshot of an audit that ended at `finished`, for the run that is recorded with what comes back.
    ///
    /// # Errors
    /// [`Error::Archive`] if the storage fails, [`Error::Database`]
    pub async fn keep(
        &self,
        archive: &Archive,
        finished: Time,
        bytes: Vec<u8>,
        now: Time,
    ) -> Result<ArchivedSnapshot> {
        let kept = ArchivedSnapshot::new(finished, &bytes);
        sqlx::query("INSERT INTO puts (name, archive, lease) VALUES ($1, $2, $3)")
            .bind(kept.name.as_str())
            .bind(archive.address())
            .bind(now.earlier(-LEASE).unix_milliseconds())
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        // Where this fails, the object may be there all the same: the note stays.
        archive.put_kept(&kept, bytes).await?;
        Ok(kept)
    }

    /// Deletes a snapshot whose run was not recorded; one whose run was recorded stays, whatever the database answered.
    ///
    /// # Errors
    /// [`Error::Archive`] where it cannot be deleted, [`Error::Database`]; [`History::clear`] finds it later then.
    pub async fn take_back(&self, archive: &Archive, kept: &ArchivedSnapshot) -> Result<()> {
        let mut transaction = self.write().await?;
        // The transaction that records the run removes the note.
        if self.forget(&mut transaction, &kept.name).await? {
            archive.delete(&kept.name).await?;
        }
        transaction.commit().await.map_err(|error| self.failed(error))
    }

    /// Deletes from an archive what was stored for runs that were never recorded, once no process can still record
    /// them. Returns how many were deleted.
    ///
    /// # Errors
    /// [`Error::Archive`] where one cannot be deleted, [`Error::Database`]
    pub async fn clear(&self, archive: &Archive, now: Time) -> Result<usize> {
        let mut cleared = 0;
        loop {
            // A process that was assumed dead and is about to record its run waits, and then finds no note.
            let mut transaction = self.write().await?;
            let left = self.left(&mut transaction, archive, now).await?;
            for name in &left {
                archive.delete(name).await?;
                self.forget(&mut transaction, name).await?;
            }
            transaction.commit().await.map_err(|error| self.failed(error))?;
            cleared += left.len();
            if (left.len() as i64) < MOST {
                return Ok(cleared);
            }
        }
    }

    /// How many [`History::clear`] would delete.
    pub(crate) async fn to_clear(&self, archive: &Archive, now: Time) -> Result<usize> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM puts WHERE archive = $1 AND lease < $2
             AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.snapshot = puts.name)",
        )
        .bind(archive.address())
        .bind(now.unix_milliseconds())
        .fetch_one(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        Columns(&row).count("n")
    }

    /// The names of objects that no run names and whose lease is over.
    async fn left(
        &self,
        db: &mut AnyConnection,
        archive: &Archive,
        now: Time,
    ) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT name FROM puts WHERE archive = $1 AND lease < $2
             AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.snapshot = puts.name)
             ORDER BY lease, name LIMIT $3",
        )
        .bind(archive.address())
        .bind(now.unix_milliseconds())
        .bind(MOST)
        .fetch_all(&mut *db)
        .await
        .map_err(|error| self.failed(error))?;
        rows.iter().map(|row| Columns(row).text("name")).collect()
    }

    /// Removes the note of an object; returns whether there was one.
    async fn forget(&self, db: &mut AnyConnection, name: &str) -> Result<bool> {
        let gone = sqlx::query("DELETE FROM puts WHERE name = $1")
            .bind(name)
            .execute(&mut *db)
            .await
            .map_err(|error| self.failed(error))?;
        Ok(gone.rows_affected() > 0)
    }

    /// The run of a snapshot is recorded in this transaction.
    pub(crate) async fn settle(
        &self,
        db: &mut AnyConnection,
        kept: &ArchivedSnapshot,
    ) -> Result<()> {
        if self.forget(db, &kept.name).await? {
            return Ok(());
        }
        Err(Error::Lapsed(kept.name.clone()))
    }
}
