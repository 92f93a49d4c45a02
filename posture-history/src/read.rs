//! Reading a history.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use posture_core::control::Severity;
use posture_core::judge::Tally;
use posture_core::provider::Provider;
use posture_core::record::{Record, RecordedFinding, Why, current_id};
use posture_core::report;
use posture_core::time::Time;
use sqlx::any::AnyRow;

use crate::archive::ArchivedSnapshot;
use crate::error::{Error, Result};
use crate::{Columns, History, State};

/// A run that was recorded.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its number.
    pub id: i64,
    /// When reading began.
    pub started: Time,
    /// When it ended.
    pub finished: Time,
    /// The version of the program that judged.
    pub tool: String,
    /// Whether it was stopped before its end.
    pub partial: bool,
    /// The snapshot, where it was kept.
    pub snapshot: Option<ArchivedSnapshot>,
    /// How many accounts, subscriptions and tenants it read.
    pub scopes: usize,
    /// Its own results.
    pub tally: Tally,
    /// The status of everything after it, with the accounts that other runs had read.
    pub all: Tally,
    /// How many findings began to fail that never did before.
    pub failed: usize,
    /// How many began to fail again.
    pub reopened: usize,
    /// How many ceased to fail.
    pub fixed: usize,
}

/// A finding over time.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its stable id.
    pub id: String,
    /// The control.
    pub control: String,
    /// Its severity.
    pub severity: Severity,
    /// The cloud.
    pub provider: Provider,
    /// The account, subscription or tenant.
    pub scope: String,
    /// The region of the resource, or that in which a list was not complete.
    pub region: Option<String>,
    /// The native id of the resource; none for the list of all.
    pub resource: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its state.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// When it was seen first.
    pub first_seen: Time,
    /// When it was seen last.
    pub last_seen: Time,
    /// Since when it fails, accepted or not, without having been seen otherwise.
    pub failing_since: Option<Time>,
    /// When it last ceased to fail.
    pub fixed: Option<Time>,
    /// When it last began to fail again.
    pub reopened: Option<Time>,
    /// How often it did.
    pub reopenings: usize,
}

/// That a finding had another status from a run on.
#[derive(Clone, Debug)]
pub struct Event {
    /// The run.
    pub run: i64,
    /// When the run ended; none if the run is no longer kept.
    pub finished: Option<Time>,
    /// Its status.
    pub state: State,
    /// What decided it.
    pub why: Option<Why>,
}

/// How many requirements of a framework had each state in a run.
#[derive(Clone, Debug)]
pub struct Level {
    /// The run.
    pub run: i64,
    /// By state.
    pub states: BTreeMap<report::State, usize>,
}

/// An account, subscription or tenant that a run read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The cloud.
    pub provider: Provider,
    /// Its number.
    pub id: String,
    /// Its name, where it has one and the run kept it.
    pub name: Option<String>,
}

const RUNS: &str =
    "SELECT r.*, (SELECT COUNT(*) FROM run_scopes s WHERE s.run = r.id) AS scopes FROM runs r";

impl History {
    /// The newest runs, the oldest of them first.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn runs(&self, most: usize) -> Result<Vec<Run>> {
        let sql = format!("{RUNS} ORDER BY r.id DESC LIMIT $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        rows.iter().rev().map(run).collect()
    }

    /// A run.
    ///
    /// # Errors
    /// [`Error::NoRun`], [`Error::Database`]
    pub async fn run(&self, id: i64) -> Result<Run> {
        let sql = format!("{RUNS} WHERE r.id = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        run(&row.ok_or(Error::NoRun(id))?)
    }

    /// The accounts that a run read, in the order of their ids.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn accounts(&self, run: i64, most: usize) -> Result<Vec<Account>> {
        let rows = sqlx::query(
            "SELECT provider, scope, name FROM run_scopes WHERE run = $1
             ORDER BY provider, scope LIMIT $2",
        )
        .bind(run)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let account = |row: &AnyRow| {
            let row = Columns(row);
            Ok(Account {
                provider: provider(&row.text("provider")?)?,
                id: row.text("scope")?,
                name: row.maybe_text("name")?,
            })
        };
        rows.iter().map(account).collect()
    }

    /// What a run reported, in the words of then.
    ///
    /// # Errors
    /// [`Error::NoRun`], [`Error::Database`]
    pub async fn record(&self, id: i64) -> Result<Record<'static>> {
        let run = self.run(id).await?;
        let rows = sqlx::query("SELECT provider, scope, excluded FROM run_scopes WHERE run = $1")
            .bind(id)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        let (mut scopes, mut excluded) = (BTreeSet::new(), BTreeSet::new());
        for row in &rows {
            let row = Columns(row);
            let (provider, scope) = (provider(&row.text("provider")?)?, row.text("scope")?);
            let names: Vec<String> = serde_json::from_str(&row.text("excluded")?)
                .map_err(|_| Error::Damaged("a list of regions"))?;
            for name in names {
                excluded.insert((provider, Cow::Owned(scope.clone()), Cow::Owned(name)));
            }
            scopes.insert((provider, scope.into()));
        }
        let catalogue = sqlx::query(
            "SELECT c.controls FROM runs r JOIN catalogues c ON c.digest = r.catalogue WHERE r.id = $1",
        )
        .bind(id)
        .fetch_one(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let controls: BTreeMap<String, String> = serde_json::from_str::<BTreeMap<String, String>>(
            &Columns(&catalogue).text("controls")?,
        )
        .map_err(|_| Error::Damaged("a list of controls"))?
        .into_iter()
        .map(|(id, digest)| (current_id(id), digest))
        .collect();
        let rows = sqlx::query(
            "SELECT f.id, f.control, f.severity, f.provider, f.scope, f.region, f.resource, f.name,
                    c.state, c.why
             FROM run_scopes s
             JOIN findings f ON f.provider = s.provider AND f.scope = s.scope
             JOIN changes c ON c.finding = f.id AND c.run =
                  (SELECT MAX(x.run) FROM changes x WHERE x.finding = f.id AND x.run <= $1)
             WHERE s.run = $1",
        )
        .bind(id)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let mut findings = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = Columns(row);
            let control = row.control()?;
            // Results of another run for other controls do not count for this one.
            let State::Seen(status) = State::read(&row.text("state")?)? else { continue };
            if !controls.contains_key(&control) {
                continue;
            }
            let region = row.maybe_text("region")?;
            let place = (provider(&row.text("provider")?)?, row.text("scope")?);
            // Nor do results for a region that this run left out.
            let left_out = region.as_ref().is_some_and(|region| {
                excluded.contains(&(place.0, place.1.clone().into(), region.clone().into()))
            });
            if left_out {
                continue;
            }
            findings.push(RecordedFinding {
                id: row.text("id")?,
                control: control.into(),
                severity: severity(&row.text("severity")?)?,
                provider: place.0,
                scope: place.1.into(),
                region: region.map(Into::into),
                resource: row.maybe_text("resource")?.map(Into::into),
                name: row.maybe_text("name")?.map(Into::into),
                status,
                why: row.maybe_text("why")?.as_deref().map(why).transpose()?,
            });
        }
        Ok(Record {
            tool: run.tool.into(),
            started: run.started,
            finished: run.finished,
            partial: run.partial,
            scopes,
            excluded,
            controls: controls.into_iter().map(|(id, digest)| (id.into(), digest)).collect(),
            findings,
            requirements: self.requirements_of(id).await?,
        })
    }

    /// The findings, at most so many, whose id begins so.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn findings_by_prefix(&self, prefix: &str, most: usize) -> Result<Vec<Entry>> {
        // Ids are of letters that mean nothing in a pattern.
        if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let rows = sqlx::query("SELECT * FROM findings WHERE id LIKE $1 ORDER BY id LIMIT $2")
            .bind(format!("{}%", prefix.to_ascii_lowercase()))
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(error))?;
        rows.iter().map(entry).collect()
    }

    /// A finding by its id, or by the beginning of it, with each change of its state, the oldest first.
    ///
    /// # Errors
    /// [`Error::NoFinding`] where none or several have it, [`Error::Database`]
    pub async fn finding(&self, id: &str) -> Result<(Entry, Vec<Event>)> {
        let mut found = self.findings_by_prefix(id, 100).await?;
        let entry = match found.len() {
            1 => found.remove(0),
            count => return Err(Error::NoFinding(count, id.to_owned())),
        };
        let rows = sqlx::query(
            "SELECT c.run, c.state, c.why, r.finished FROM changes c LEFT JOIN runs r ON r.id = c.run
             WHERE c.finding = $1 ORDER BY c.run",
        )
        .bind(entry.id.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let event = |row: &AnyRow| {
            let row = Columns(row);
            Ok(Event {
                run: row.number("run")?,
                finished: row.maybe_number("finished")?.map(Time::from_unix_milliseconds),
                state: State::read(&row.text("state")?)?,
                why: row.maybe_text("why")?.as_deref().map(why).transpose()?,
            })
        };
        Ok((entry, rows.iter().map(event).collect::<Result<_>>()?))
    }

    /// What fails now and is not accepted: what has failed the longest first, and of those the worst.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn failing(&self, most: usize) -> Result<Vec<Entry>> {
        let rows = sqlx::query(
            "SELECT * FROM findings WHERE state = 'fail' ORDER BY failing_since,
               CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
               control, name, id LIMIT $1",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        rows.iter().map(entry).collect()
    }

    /// Since when each finding fails that does, by its id.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn failing_since(&self) -> Result<HashMap<String, Time>> {
        let rows =
            sqlx::query("SELECT id, failing_since FROM findings WHERE failing_since IS NOT NULL")
                .fetch_all(&self.pool)
                .await
                .map_err(|error| self.failed(error))?;
        let read = |row: &AnyRow| {
            let row = Columns(row);
            Ok((row.text("id")?, Time::from_unix_milliseconds(row.number("failing_since")?)))
        };
        rows.iter().map(read).collect()
    }

    /// What began or ceased to fail, or was changed otherwise, in a run: each with its status before.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn changes(&self, run: i64) -> Result<Vec<(Entry, Option<State>, State)>> {
        let rows = sqlx::query(
            "SELECT f.*, c.state AS became,
                    (SELECT p.state FROM changes p WHERE p.finding = c.finding AND p.run =
                       (SELECT MAX(x.run) FROM changes x WHERE x.finding = c.finding AND x.run < $1)) AS was
             FROM changes c JOIN findings f ON f.id = c.finding
             WHERE c.run = $1 ORDER BY f.control, f.scope, f.resource",
        )
        .bind(run)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let read = |row: &AnyRow| {
            let columns = Columns(row);
            let was = columns.maybe_text("was")?.as_deref().map(State::read).transpose()?;
            Ok((entry(row)?, was, State::read(&columns.text("became")?)?))
        };
        rows.iter().map(read).collect()
    }

    /// The states of the requirements of a framework in each of the newest runs that rolled it up, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn requirements(&self, framework: &str, most: usize) -> Result<Vec<Level>> {
        let rows = sqlx::query(
            "SELECT * FROM run_frameworks
             WHERE framework = $1 AND run IN (SELECT id FROM runs ORDER BY id DESC LIMIT $2)
             ORDER BY run",
        )
        .bind(framework)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let level = |row: &AnyRow| {
            let row = Columns(row);
            let mut states = BTreeMap::new();
            for state in report::State::ALL {
                states.insert(*state, row.count(&state.id().replace('-', "_"))?);
            }
            Ok(Level { run: row.number("run")?, states })
        };
        rows.iter().map(level).collect()
    }

    /// From which runs on one requirement had which state, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`]
    pub async fn requirement(
        &self,
        framework: &str,
        requirement: &str,
    ) -> Result<Vec<(i64, Option<Time>, report::State)>> {
        let rows = sqlx::query(
            "SELECT q.run, q.state, r.finished FROM requirements q LEFT JOIN runs r ON r.id = q.run
             WHERE q.framework = $1 AND q.requirement = $2 ORDER BY q.run",
        )
        .bind(framework)
        .bind(requirement)
        .fetch_all(&self.pool)
        .await
        .map_err(|error| self.failed(error))?;
        let read = |row: &AnyRow| {
            let row = Columns(row);
            let finished = row.maybe_number("finished")?.map(Time::from_unix_milliseconds);
            Ok((row.number("run")?, finished, requirement_state(&row.text("state")?)?))
        };
        rows.iter().map(read).collect()
    }
}

fn run(row: &AnyRow) -> Result<Run> {
    let row = Columns(row);
    let tally = |prefix: &str| {
        Ok(Tally {
            pass: row.count(&format!("{prefix}pass"))?,
            fail: row.count(&format!("{prefix}fail"))?,
            excepted: row.count(&format!("{prefix}excepted"))?,
            not_applicable: row.count(&format!("{prefix}not_applicable"))?,
            unknown: row.count(&format!("{prefix}unknown"))?,
        })
    };
    let snapshot = match (row.maybe_text("snapshot")?, row.maybe_text("sha256")?) {
        (Some(name), Some(sha256)) => Some(ArchivedSnapshot { name, sha256 }),
        _ => None,
    };
    Ok(Run {
        id: row.number("id")?,
        started: Time::from_unix_milliseconds(row.number("started")?),
        finished: Time::from_unix_milliseconds(row.number("finished")?),
        tool: row.text("tool")?,
        partial: row.number("partial")? != 0,
        snapshot,
        scopes: row.count("scopes")?,
        tally: tally("")?,
        all: tally("all_")?,
        failed: row.count("failed")?,
        reopened: row.count("reopened")?,
        fixed: row.count("fixed")?,
    })
}

fn entry(row: &AnyRow) -> Result<Entry> {
    let row = Columns(row);
    let time = |name: &str| Ok(row.maybe_number(name)?.map(Time::from_unix_milliseconds));
    Ok(Entry {
        id: row.text("id")?,
        control: row.control()?,
        severity: severity(&row.text("severity")?)?,
        provider: provider(&row.text("provider")?)?,
        scope: row.text("scope")?,
        region: row.maybe_text("region")?,
        resource: row.maybe_text("resource")?,
        name: row.maybe_text("name")?,
        state: State::read(&row.text("state")?)?,
        since: Time::from_unix_milliseconds(row.number("since")?),
        first_seen: Time::from_unix_milliseconds(row.number("first_seen")?),
        last_seen: Time::from_unix_milliseconds(row.number("last_seen")?),
        failing_since: time("failing_since")?,
        fixed: time("fixed")?,
        reopened: time("reopened")?,
        reopenings: row.count("reopenings")?,
    })
}

pub(crate) fn provider(text: &str) -> Result<Provider> {
    let found = Provider::ALL.iter().copied().find(|provider| provider.id() == text);
    found.ok_or(Error::Damaged("the name of a provider"))
}

fn severity(text: &str) -> Result<Severity> {
    let found = Severity::ALL.iter().copied().find(|severity| severity.id() == text);
    found.ok_or(Error::Damaged("a severity"))
}

pub(crate) fn requirement_state(text: &str) -> Result<report::State> {
    let found = report::State::ALL.iter().copied().find(|state| state.id() == text);
    found.ok_or(Error::Damaged("a state of a requirement"))
}

fn why(text: &str) -> Result<Why> {
    serde_json::from_str(text).map_err(|_| Error::Damaged("what decided a finding"))
}
