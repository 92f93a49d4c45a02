//! Which earlier run a run is compared with, and what the history knows of findings up to then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use posture_core::diff::Earlier;
use posture_core::frameworks;
use posture_core::provider::Provider;
use posture_core::record::Requirements;
use posture_core::time::Time;
use sqlx::any::AnyRow;

use crate::error::Result;
use crate::read::requirement_state;
use crate::{Columns, History, Run, State};

/// How many earlier runs are looked at.
const RUNS: i64 = 1_000;

/// How many findings one statement asks for: SQLite accepts 32,766 values at most.
const IDS: usize = 1_000;

impl History {
    /// The newest run that ended before a time and read at least half of these accounts, or else the newest of those that
    /// read any of them; none where no run did.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn run_before(
        &self,
        time: Time,
        scopes: &BTreeSet<(Provider, String)>,
    ) -> Result<Option<Run>> {
        let runs = sqlx::query(
            "SELECT id FROM runs WHERE finished < $1 ORDER BY finished DESC, id DESC LIMIT $2",
        )
        .bind(time.unix_milliseconds())
        .bind(RUNS)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let mut any = None;
        for row in &runs {
            let id = Columns(row).number("id")?;
            let rows = sqlx::query("SELECT provider, scope FROM run_scopes WHERE run = $1")
                .bind(id)
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.failed(error))?;
            let mut shared = 0;
            for row in &rows {
                let row = Columns(row);
                let place = (crate::read::provider(&row.text("provider")?)?, row.text("scope")?);
                shared += usize::from(scopes.contains(&place));
            }
            if shared > 0 && shared * 2 >= scopes.len() {
                return self.run(id).await.map(Some);
            }
            if shared > 0 && any.is_none() {
                any = Some(id);
            }
        }
        match any {
            Some(id) => self.run(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// The run before this one whose deliveries were those of the same job, if it is still kept.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn run_of_job_before(&self, job: &str, run: i64) -> Result<Option<Run>> {
        let row = sqlx::query(
            "SELECT MAX(d.run) AS run FROM deliveries d JOIN runs r ON r.id = d.run
             WHERE d.job = $1 AND d.run < $2",
        )
        .bind(job)
        .bind(run)
        .fetch_one(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        match Columns(&row).maybe_number("run")? {
            Some(id) => self.run(id).await.map(Some),
            None => Ok(None),
        }
    }

    /// What is known of these findings up to a time; nothing of those that never failed by then.
    ///
    /// # Errors
    /// [`crate::Error::Database`]
    pub async fn earlier(&self, ids: &[&str], time: Time) -> Result<HashMap<String, Earlier>> {
        let mut known = HashMap::new();
        for ids in ids.chunks(IDS) {
            let places: Vec<String> = (2..ids.len() + 2).map(|place| format!("${place}")).collect();
            let places = places.join(", ");
            // Of a run that was deleted the time is not known: it is older than every one that is kept.
            let changes = self.of(
                ids,
                time,
                format!(
                "SELECT c.finding AS id, c.state FROM changes c LEFT JOIN runs r ON r.id = c.run
                 WHERE (r.finished IS NULL OR r.finished <= $1) AND c.finding IN ({places})
                 ORDER BY c.finding, c.run"
            ),
            );
            for row in &changes.await? {
                let row = Columns(row);
                let id = row.text("id")?;
                match State::read(&row.text("state")?)? {
                    // It shows neither.
                    State::Seen(posture_core::record::FindingStatus::Unknown) => {}
                    state if state.fails() => {
                        known.insert(id, Earlier::Failing);
                    }
                    State::Seen(_) | State::Gone => {
                        known.entry(id).and_modify(|earlier| *earlier = Earlier::Fixed);
                    }
                }
            }
            // Deleting old runs deletes changes, and keeps since when it has been failing and when it was fixed.
            let kept = self.of(
                ids,
                time,
                format!(
                    "SELECT id, failing_since FROM findings
                     WHERE (fixed <= $1 OR failing_since <= $1) AND id IN ({places})"
                ),
            );
            for row in &kept.await? {
                let row = Columns(row);
                let id = row.text("id")?;
                match row.maybe_number("failing_since")? {
                    Some(since) if since <= time.unix_milliseconds() => {
                        known.insert(id, Earlier::Failing);
                    }
                    _ => {
                        known.entry(id).or_insert(Earlier::Fixed);
                    }
                }
            }
        }
        Ok(known)
    }

    /// The rows of a question about findings at a time.
    async fn of(&self, ids: &[&str], time: Time, sql: String) -> Result<Vec<AnyRow>> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(time.unix_milliseconds());
        for id in ids {
            query = query.bind((*id).to_owned());
        }
        query.fetch_all(&self.pool).await.map_err(|error| self.failed(error))
    }

    /// The state of each requirement after a run, of the frameworks that the run rolled up.
    pub(crate) async fn requirements_of(&self, run: i64) -> Result<Requirements<'static>> {
        let rows = sqlx::query(
            "SELECT q.framework, q.requirement, q.state FROM requirements q
             JOIN run_frameworks f ON f.framework = q.framework AND f.run = $1
             WHERE q.run = (SELECT MAX(x.run) FROM requirements x
               WHERE x.framework = q.framework AND x.requirement = q.requirement AND x.run <= $1)",
        )
        .bind(run)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let mut states: BTreeMap<String, BTreeMap<_, _>> = BTreeMap::new();
        for row in &rows {
            let row = Columns(row);
            let framework = row.text("framework")?;
            let state = requirement_state(&row.text("state")?)?;
            let of = states.entry(framework).or_default();
            of.insert(row.text("requirement")?.into(), state);
        }
        // A framework of another version of posture has no titles here.
        states.retain(|id, _| frameworks::find(id).is_some_and(|framework| framework.id == *id));
        Ok(states.into_iter().map(|(framework, of)| (framework.into(), of)).collect())
    }
}
