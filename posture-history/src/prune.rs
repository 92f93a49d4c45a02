//! Forgetting old runs.

use posture_core::time::Time;

use crate::archive::Archive;
use crate::error::Result;
use crate::{Columns, History};

/// What is kept. If several limits are set, what any of them removes is removed; the newest run always stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// So many of the newest runs.
    pub runs: Option<u32>,
    /// Runs of the last so many days.
    pub days: Option<u32>,
    /// The snapshots of so many of the newest runs.
    pub snapshots: Option<u32>,
}

/// What was forgotten, or would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Runs.
    pub runs: usize,
    /// Findings that no run that is kept has to do with.
    pub findings: usize,
    /// Snapshots.
    pub snapshots: usize,
    /// Snapshots that were put into the archive for runs that were never recorded.
    pub leftovers: usize,
}

impl History {
    /// Forgets old runs. What the findings of runs that are kept need of the history before them stays: since when they
    /// fail, and what became of them.
    ///
    /// What was put into the archive for runs that were never recorded goes as well, by [`History::clear`].
    ///
    /// Snapshots go first, so that none is left behind that no run knows of.
    ///
    /// # Errors
    /// [`crate::Error::Archive`] where a snapshot cannot be deleted, [`crate::Error::Database`]
    pub async fn prune(
        &self,
        policy: Policy,
        now: Time,
        archive: Option<&Archive>,
        dry: bool,
    ) -> Result<Pruned> {
        let failed = |error| self.failed(error);
        let mut pruned = Pruned::default();
        if let Some(archive) = archive {
            pruned.leftovers = if dry {
                self.to_clear(archive, now).await?
            } else {
                self.clear(archive, now).await?
            };
        }
        let mut transaction = self.write().await?;
        let db = &mut *transaction;
        let rows = sqlx::query("SELECT id, finished, snapshot FROM runs ORDER BY id DESC")
            .fetch_all(&mut *db)
            .await
            .map_err(failed)?;
        // The first run that stays: everything before it goes.
        let mut first = None;
        let mut snapshots = Vec::new();
        for (place, row) in (0_u32..).zip(&rows) {
            let row = Columns(row);
            let id = row.number("id")?;
            let finished = Time::from_unix_milliseconds(row.number("finished")?);
            let old = policy.days.is_some_and(|days| finished.is_older_than_days(days, now));
            let many = policy.runs.is_some_and(|runs| place >= runs);
            let goes = place > 0 && (old || many) || first.is_some_and(|(_, ended)| ended);
            match &mut first {
                Some((_, ended)) if goes => *ended = true,
                Some((kept, _)) => *kept = id,
                None => first = Some((id, false)),
            }
            pruned.runs += usize::from(goes);
            if goes || policy.snapshots.is_some_and(|most| place >= most) {
                snapshots.extend(row.maybe_text("snapshot")?.map(|name| (id, name)));
            }
        }
        let Some((first, _)) = first else { return Ok(pruned) };
        pruned.snapshots = if archive.is_some() { snapshots.len() } else { 0 };
        let idle = "FROM findings WHERE
               NOT EXISTS (SELECT 1 FROM run_scopes s WHERE s.provider = findings.provider
                           AND s.scope = findings.scope AND s.run >= $1)
               OR state = 'gone' AND NOT EXISTS
                  (SELECT 1 FROM changes c WHERE c.finding = findings.id AND c.run >= $1)";
        let count = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT COUNT(*) AS n {idle}")))
            .bind(first)
            .fetch_one(&mut *db)
            .await
            .map_err(failed)?;
        pruned.findings = Columns(&count).count("n")?;
        if dry {
            return Ok(pruned);
        }
        if let Some(archive) = archive {
            for (id, name) in snapshots {
                archive.delete(&name).await?;
                sqlx::query("UPDATE runs SET snapshot = NULL, sha256 = NULL WHERE id = $1")
                    .bind(id)
                    .execute(&mut *db)
                    .await
                    .map_err(failed)?;
            }
        }
        for sql in [
            format!("DELETE {idle}"),
            "DELETE FROM changes WHERE finding NOT IN (SELECT id FROM findings)".to_owned(),
            // Of the changes before, the last one has the status from when the first run that is kept began.
            "DELETE FROM changes WHERE run < $1 AND EXISTS
               (SELECT 1 FROM changes c WHERE c.finding = changes.finding AND c.run > changes.run AND c.run <= $1)"
                .to_owned(),
            "DELETE FROM requirements WHERE run < $1 AND EXISTS
               (SELECT 1 FROM requirements q WHERE q.framework = requirements.framework
                AND q.requirement = requirements.requirement AND q.run > requirements.run AND q.run <= $1)"
                .to_owned(),
            "DELETE FROM run_frameworks WHERE run < $1".to_owned(),
            "DELETE FROM deliveries WHERE run < $1".to_owned(),
            "DELETE FROM run_scopes WHERE run < $1".to_owned(),
            "DELETE FROM runs WHERE id < $1".to_owned(),
            "DELETE FROM catalogues WHERE digest NOT IN (SELECT catalogue FROM runs)".to_owned(),
        ] {
            let numbered = sql.contains("$1");
            let query = sqlx::query(sqlx::AssertSqlSafe(sql));
            let query = if numbered { query.bind(first) } else { query };
            query.execute(&mut *db).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        Ok(pruned)
    }
}
