//! Scheduled jobs, and the deliveries of their runs.

use posture_core::text::hex;
use posture_core::time::Time;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::error::Result;
use crate::{Columns, History};

/// The state of a job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobState {
    /// For which time the run was due that ended last.
    pub done: Option<Time>,
    /// When it ended.
    pub ended: Option<Time>,
    /// Its number, where it was recorded.
    pub run: Option<i64>,
    /// What went wrong.
    pub error: Option<String>,
}

/// A delivery of a run.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The job.
    pub job: String,
    /// Its place among the deliveries of the job.
    pub place: usize,
    /// What it goes to, in words without secrets.
    pub sink: String,
    /// Whether it is left out where the run changed nothing.
    pub only_if_changed: bool,
}

/// A delivery and its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The ID by which the recipient recognizes a repeated delivery.
    pub id: String,
    /// The job.
    pub job: String,
    /// The run that is delivered.
    pub run: i64,
    /// Its place among the deliveries of the job.
    pub place: usize,
    /// What it goes to.
    pub sink: String,
    /// Its state.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: usize,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When the run was recorded.
    pub created: Time,
    /// When something last became of it.
    pub updated: Time,
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It must be attempted, or attempted again.
    Pending,
    /// It arrived.
    Delivered,
    /// The run changed nothing, and only changes were wanted.
    Unchanged,
    /// It failed too often.
    GivenUp,
}

impl DeliveryState {
    const ALL: [Self; 4] = [Self::Pending, Self::Delivered, Self::Unchanged, Self::GivenUp];

    /// The name as written in the tables.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Unchanged => "unchanged",
            Self::GivenUp => "given-up",
        }
    }
}

impl History {
    /// The state of a job; if nothing is known of it, as if it had never run.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn job(&self, name: &str) -> Result<JobState> {
        let row = sqlx::query("SELECT * FROM jobs WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        let Some(row) = row else { return Ok(JobState::default()) };
        let row = Columns(&row);
        let time = |name: &str| Ok(row.maybe_number(name)?.map(Time::from_unix_milliseconds));
        Ok(JobState {
            done: time("done")?,
            ended: time("ended")?,
            run: row.maybe_number("run")?,
            error: row.maybe_text("error")?,
        })
    }

    /// Claims a run of a job that is due: of several processes one gets it. The claim is valid until `until`, which
    /// [`History::hold`] extends; a process that dies loses it then.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn claim(&self, name: &str, due: Time, now: Time, until: Time) -> Result<bool> {
        let mut transaction = self.write().await?;
        let failed = |error| self.failed(error);
        sqlx::query("INSERT INTO jobs (name) VALUES ($1) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let taken = sqlx::query(
            "UPDATE jobs SET claimed = $2, claimed_until = $4 WHERE name = $1
             AND (done IS NULL OR done < $2) AND (claimed_until IS NULL OR claimed_until < $3)",
        )
        .bind(name)
        .bind(due.unix_milliseconds())
        .bind(now.unix_milliseconds())
        .bind(until.unix_milliseconds())
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        Ok(taken.rows_affected() == 1)
    }

    /// Extends the claim of a run.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn hold(&self, name: &str, until: Time) -> Result<()> {
        sqlx::query("UPDATE jobs SET claimed_until = $2 WHERE name = $1")
            .bind(name)
            .bind(until.unix_milliseconds())
            .execute(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// Records the result of a claimed run, and releases the job.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn ended(
        &self,
        name: &str,
        due: Time,
        now: Time,
        result: std::result::Result<i64, String>,
    ) -> Result<()> {
        let (run, error) = match result {
            Ok(run) => (Some(run), None),
            Err(error) => (None, Some(error.replace('\0', "\u{fffd}"))),
        };
        sqlx::query(
            "UPDATE jobs SET done = $2, ended = $3, run = COALESCE($4, run), error = $5,
               claimed_until = NULL WHERE name = $1",
        )
        .bind(name)
        .bind(due.unix_milliseconds())
        .bind(now.unix_milliseconds())
        .bind(run)
        .bind(error)
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        Ok(())
    }

    /// Records the deliveries of a run, together with the run.
    pub(crate) async fn write_deliveries(
        &self,
        db: &mut AnyConnection,
        run: i64,
        now: i64,
        changed: bool,
        deliveries: &[Pending],
    ) -> Result<()> {
        for pending in deliveries {
            let state = if pending.only_if_changed && !changed {
                DeliveryState::Unchanged
            } else {
                DeliveryState::Pending
            };
            // The same run of the same history to the same place is the same delivery, however often it is sent. The time
            // keeps histories apart.
            let mut hash = Sha256::new();
            for part in
                [&*pending.job, &run.to_string(), &pending.place.to_string(), &now.to_string()]
            {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
            let id = hex(&hash.finalize()[..16]);
            sqlx::query(
                "INSERT INTO deliveries (id, job, run, place, sink, state, attempts, created, updated)
                 VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7)",
            )
            .bind(id)
            .bind(pending.job.as_str())
            .bind(run)
            .bind(i64::try_from(pending.place).unwrap_or(i64::MAX))
            .bind(pending.sink.as_str())
            .bind(state.id())
            .bind(now)
            .execute(&mut *db)
            .await
            .map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// The pending deliveries, the oldest first.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn pending(&self) -> Result<Vec<Delivery>> {
        self.deliveries("WHERE state = 'pending' ORDER BY created, place", usize::MAX).await
    }

    /// The newest deliveries, the newest first.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn latest_deliveries(&self, most: usize) -> Result<Vec<Delivery>> {
        self.deliveries("ORDER BY created DESC, place", most).await
    }

    /// What was to be delivered of a run.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn deliveries_of(&self, run: i64) -> Result<Vec<Delivery>> {
        let rows = sqlx::query("SELECT * FROM deliveries WHERE run = $1 ORDER BY job, place")
            .bind(run)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        rows.iter().map(delivery).collect()
    }

    async fn deliveries(&self, which: &'static str, most: usize) -> Result<Vec<Delivery>> {
        let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM deliveries {which} LIMIT $1")))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        rows.iter().map(delivery).collect()
    }

    /// Records the result of a delivery attempt: none if it arrived, otherwise the error, and whether it was the last attempt.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn tried(
        &self,
        id: &str,
        now: Time,
        error: Option<&str>,
        give_up: bool,
    ) -> Result<()> {
        let state = match error {
            None => DeliveryState::Delivered,
            Some(_) if give_up => DeliveryState::GivenUp,
            Some(_) => DeliveryState::Pending,
        };
        sqlx::query(
            "UPDATE deliveries SET state = $2, attempts = attempts + 1, error = $3, updated = $4 WHERE id = $1",
        )
        .bind(id)
        .bind(state.id())
        .bind(error.map(|error| error.replace('\0', "\u{fffd}")))
        .bind(now.unix_milliseconds())
        .execute(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        Ok(())
    }
}

fn delivery(row: &AnyRow) -> Result<Delivery> {
    let row = Columns(row);
    let state = row.text("state")?;
    let state = DeliveryState::ALL.into_iter().find(|known| known.id() == state);
    Ok(Delivery {
        id: row.text("id")?,
        job: row.text("job")?,
        run: row.number("run")?,
        place: row.count("place")?,
        sink: row.text("sink")?,
        state: state.ok_or(crate::Error::Damaged("a state of a delivery"))?,
        attempts: row.count("attempts")?,
        error: row.maybe_text("error")?,
        created: Time::from_unix_milliseconds(row.number("created")?),
        updated: Time::from_unix_milliseconds(row.number("updated")?),
    })
}
