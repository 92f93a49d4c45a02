//! Recording a run.

use std::collections::{BTreeSet, HashMap, HashSet};

use posture_core::provider::Provider;
use posture_core::record::{FindingStatus, Record, RecordedFinding, Why};
use posture_core::report::{self, FrameworkReport};
use posture_core::text::hex;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::archive::ArchivedSnapshot;
use crate::error::{Error, Result};
use crate::jobs::Pending;
use crate::{Columns, History, State, places};

/// What is recorded with the results of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Its snapshot, where [`History::keep`] kept it.
    pub snapshot: Option<&'a ArchivedSnapshot>,
    /// The deliveries of the run.
    pub deliveries: &'a [Pending],
    /// What accounts are called: the cloud, the id, the name.
    pub names: &'a [(Provider, &'a str, &'a str)],
}

/// A run that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its number.
    pub run: i64,
    /// How many findings began to fail that never did before.
    pub failed: usize,
    /// How many began to fail again.
    pub reopened: usize,
    /// How many ceased to fail.
    pub fixed: usize,
}

/// A row of the table of findings.
struct Held {
    id: String,
    control: String,
    severity: String,
    provider: &'static str,
    scope: String,
    region: Option<String>,
    resource: Option<String>,
    name: Option<String>,
    state: State,
    since: i64,
    first_seen: i64,
    last_seen: i64,
    failing_since: Option<i64>,
    fixed: Option<i64>,
    reopened: Option<i64>,
    reopenings: i64,
}

/// The columns of [`Held`], in its order.
const HELD: [&str; 16] = [
    "id",
    "control",
    "severity",
    "provider",
    "scope",
    "region",
    "resource",
    "name",
    "state",
    "since",
    "first_seen",
    "last_seen",
    "failing_since",
    "fixed",
    "reopened",
    "reopenings",
];

/// A value of a statement. Both databases accept the same types.
enum Value<'a> {
    Text(&'a str),
    MaybeText(Option<&'a str>),
    Number(i64),
    MaybeNumber(Option<i64>),
}

/// How many rows go into one statement: SQLite accepts 32,766 values at most.
const ROWS: usize = 500;

/// What became of all accounts of a run together.
#[derive(Default)]
struct Total {
    failed: usize,
    reopened: usize,
    fixed: usize,
    /// How many findings are new or have another status.
    changes: usize,
    /// How many findings have each status, in the order of [`FindingStatus::ALL`].
    statuses: [i64; FindingStatus::ALL.len()],
}

/// What a run writes of one account.
#[derive(Default)]
struct Writes<'a> {
    /// Findings that are new or have another status.
    held: Vec<Held>,
    /// The IDs of those whose status did not change.
    same: Vec<&'a str>,
    changes: Vec<(String, State, Option<String>)>,
    /// The status of each finding.
    statuses: Vec<FindingStatus>,
    failed: usize,
    reopened: usize,
    fixed: usize,
}

impl<'a> Writes<'a> {
    /// The run's result for a finding.
    fn reported(&mut self, finding: &'a RecordedFinding<'_>, old: Option<Held>, now: i64) {
        let state = State::Seen(finding.status);
        let changed = old.as_ref().is_none_or(|old| old.state != state);
        let as_it_was = old.as_ref().is_some_and(|old| {
            old.name.as_deref() == finding.name.as_deref() && old.severity == finding.severity.id()
        });
        if !changed && as_it_was {
            self.same.push(&finding.id);
            return;
        }
        let mut held = old.unwrap_or_else(|| Held {
            id: finding.id.clone(),
            control: finding.control.to_string(),
            severity: String::new(),
            provider: finding.provider.id(),
            scope: finding.scope.to_string(),
            region: finding.region.as_deref().map(str::to_owned),
            resource: finding.resource.as_deref().map(str::to_owned),
            name: None,
            state,
            since: now,
            first_seen: now,
            last_seen: now,
            failing_since: None,
            fixed: None,
            reopened: None,
            reopenings: 0,
        });
        finding.severity.id().clone_into(&mut held.severity);
        held.name = finding.name.as_deref().map(str::to_owned);
        held.last_seen = now;
        if changed {
            self.turn(&mut held, state, finding.why.as_ref(), now);
        }
        self.held.push(held);
    }

    /// A finding that is not among those of the run. If its list could not be read, its status is unknown.
    fn unreported(&mut self, mut held: Held, hole: Option<&RecordedFinding<'_>>, now: i64) {
        let state = hole.map_or(State::Gone, |hole| State::Seen(hole.status));
        if held.state != state {
            self.turn(&mut held, state, hole.and_then(|hole| hole.why.as_ref()), now);
            self.held.push(held);
        }
    }

    /// The status changes from now on.
    fn turn(&mut self, held: &mut Held, state: State, why: Option<&Why>, now: i64) {
        match state {
            State::Seen(FindingStatus::Fail | FindingStatus::Excepted) => {
                if held.failing_since.is_none() {
                    held.failing_since = Some(now);
                    if held.fixed.is_some() {
                        held.reopened = Some(now);
                        held.reopenings += 1;
                        self.reopened += 1;
                    } else {
                        self.failed += 1;
                    }
                }
            }
            // An unknown does not show that the failure was fixed.
            State::Seen(FindingStatus::Unknown) => {}
            State::Seen(FindingStatus::Pass | FindingStatus::NotApplicable) | State::Gone => {
                if held.failing_since.take().is_some() {
                    held.fixed = Some(now);
                    self.fixed += 1;
                }
            }
        }
        held.state = state;
        held.since = now;
        let why = why.and_then(|why| serde_json::to_string(why).ok());
        self.changes.push((held.id.clone(), state, why));
    }
}

impl History {
    /// Records an audit: its head, its findings, those of one account together, the frameworks in full, and what belongs to
    /// it. It holds the findings of only one account at a time.
    ///
    /// # Errors
    /// [`Error::NotNewer`] where one of its accounts was recorded at the same time or later, [`Error::Scattered`] where the
    /// findings of an account are not together, [`Error::Lapsed`] where its snapshot was kept too long ago,
    /// [`Error::Database`] if the database fails. Nothing is recorded then.
    pub async fn add<'a>(
        &self,
        head: &Record<'_>,
        findings: impl Iterator<Item = RecordedFinding<'a>> + Send,
        frameworks: &[FrameworkReport],
        beside: Beside<'_>,
    ) -> Result<Added> {
        let mut transaction = self.write().await?;
        let added = self.add_to(&mut transaction, head, findings, frameworks, beside).await?;
        transaction.commit().await.map_err(|error| self.failed(error))?;
        Ok(added)
    }

    async fn add_to<'a>(
        &self,
        db: &mut AnyConnection,
        head: &Record<'_>,
        findings: impl Iterator<Item = RecordedFinding<'a>> + Send,
        frameworks: &[FrameworkReport],
        beside: Beside<'_>,
    ) -> Result<Added> {
        let now = head.finished.unix_milliseconds();
        let mut left: BTreeSet<(Provider, String)> =
            head.scopes.iter().map(|(provider, scope)| (*provider, scope.to_string())).collect();
        for (provider, scope) in &left {
            self.is_newer(db, *provider, scope, now).await?;
        }
        let run = sqlx::query("SELECT COALESCE(MAX(id), 0) + 1 AS run FROM runs");
        let run = run.fetch_one(&mut *db).await.map_err(|error| self.failed(error))?;
        let run = Columns(&run).number("run")?;
        let mut total = Total::default();
        let mut findings = findings.peekable();
        while let Some(first) = findings.next() {
            let place = (first.provider, first.scope.to_string());
            if !left.remove(&place) {
                return Err(Error::Scattered(place.1));
            }
            let mut all = vec![first];
            while let Some(next) =
                findings.next_if(|next| next.provider == place.0 && *next.scope == *place.1)
            {
                all.push(next);
            }
            self.add_scope(db, run, (place.0, &place.1), &all, head, &mut total).await?;
        }
        // Accounts without findings.
        for (provider, scope) in &left {
            self.add_scope(db, run, (*provider, scope), &[], head, &mut total).await?;
        }
        let catalogue = self.catalogue(db, head).await?;
        let added =
            Added { run, failed: total.failed, reopened: total.reopened, fixed: total.fixed };
        if let Some(kept) = beside.snapshot {
            self.settle(db, kept).await?;
        }
        self.write_run(db, head, &added, &total, &catalogue, beside.snapshot).await?;
        let excluded: Vec<String> = head
            .scopes
            .iter()
            .map(|(provider, scope)| {
                let of = head.excluded.iter().filter(|(p, s, _)| p == provider && s == scope);
                let names: Vec<&str> = of.map(|(_, _, region)| &**region).collect();
                serde_json::to_string(&names).unwrap_or_default()
            })
            .collect();
        let named = |provider: Provider, scope: &str| {
            let mut names = beside.names.iter();
            names.find(|(of, id, _)| (*of, *id) == (provider, scope)).map(|(.., name)| *name)
        };
        let scopes: Vec<[Value<'_>; 5]> = head
            .scopes
            .iter()
            .zip(&excluded)
            .map(|((provider, scope), excluded)| {
                let name = Value::MaybeText(named(*provider, scope));
                let (provider, scope) = (Value::Text(provider.id()), Value::Text(scope));
                [Value::Number(run), provider, scope, Value::Text(excluded), name]
            })
            .collect();
        self.insert(db, "run_scopes (run, provider, scope, excluded, name)", "", &scopes).await?;
        self.write_requirements(db, run, frameworks).await?;
        self.write_deliveries(db, run, now, total.changes > 0, beside.deliveries).await?;
        Ok(added)
    }

    /// Records the findings of one account.
    async fn add_scope(
        &self,
        db: &mut AnyConnection,
        run: i64,
        (provider, scope): (Provider, &str),
        all: &[RecordedFinding<'_>],
        head: &Record<'_>,
        total: &mut Total,
    ) -> Result<()> {
        let now = head.finished.unix_milliseconds();
        let writes = self.compare(db, provider, scope, all, head, now).await?;
        total.failed += writes.failed;
        total.reopened += writes.reopened;
        total.fixed += writes.fixed;
        total.changes += writes.changes.len();
        for (sum, status) in total.statuses.iter_mut().zip(FindingStatus::ALL) {
            *sum += writes.statuses.iter().filter(|one| *one == status).count() as i64;
        }
        self.write_findings(db, run, &writes, now).await
    }

    /// Runs of an account are recorded in the order of time, so that the last one recorded is the current state.
    async fn is_newer(
        &self,
        db: &mut AnyConnection,
        provider: Provider,
        scope: &str,
        now: i64,
    ) -> Result<()> {
        let later = sqlx::query(
            "SELECT MIN(r.id) AS run FROM run_scopes s JOIN runs r ON r.id = s.run
             WHERE s.provider = $1 AND s.scope = $2 AND r.finished >= $3",
        )
        .bind(provider.id())
        .bind(scope)
        .bind(now)
        .fetch_one(&mut *db)
        .await
        .map_err(|error| self.failed(error))?;
        match Columns(&later).maybe_number("run")? {
            Some(run) => Err(Error::NotNewer { scope: scope.to_owned(), run }),
            None => Ok(()),
        }
    }

    /// What a run changes of one account.
    async fn compare<'a>(
        &self,
        db: &mut AnyConnection,
        provider: Provider,
        scope: &str,
        all: &'a [RecordedFinding<'_>],
        head: &Record<'_>,
        now: i64,
    ) -> Result<Writes<'a>> {
        let mut before = self.held(db, provider, scope).await?;
        let mut writes = Writes::default();
        let holes: HashMap<&str, &RecordedFinding<'_>> = all
            .iter()
            .filter(|finding| finding.is_hole())
            .map(|finding| (&*finding.control, finding))
            .collect();
        let mut seen = HashSet::new();
        for finding in all {
            // Reports of earlier versions may have an id several times.
            if seen.insert(finding.id.as_str()) {
                writes.statuses.push(finding.status);
                let old = before.remove(&finding.id);
                let former = finding.former_id().filter(|_| old.is_none());
                writes.reported(finding, old, now);
                // What was missing from a list had another id in runs of earlier versions, and has been missing since then.
                if let (Some(former), Some(held)) =
                    (former.and_then(|id| before.get(&id)), writes.held.last_mut())
                    && former.state == held.state
                {
                    held.first_seen = former.first_seen;
                    held.since = former.since;
                }
            }
        }
        for held in before.into_values() {
            // Of a control that was not judged nothing is known, nor of a region that was left out.
            if held.state != State::Gone
                && head.controls.contains_key(held.control.as_str())
                && !head.leaves_out(provider, scope, held.region.as_deref())
            {
                // The finding about the missing list is not in that list.
                let hole = holes.get(held.control.as_str()).filter(|_| held.resource.is_some());
                writes.unreported(held, hole.copied(), now);
            }
        }
        Ok(writes)
    }

    async fn held(
        &self,
        db: &mut AnyConnection,
        provider: Provider,
        scope: &str,
    ) -> Result<HashMap<String, Held>> {
        let rows = sqlx::query("SELECT * FROM findings WHERE provider = $1 AND scope = $2")
            .bind(provider.id())
            .bind(scope)
            .fetch_all(&mut *db)
            .await
            .map_err(|error| self.failed(error))?;
        let read = |row: &sqlx::any::AnyRow| {
            let row = Columns(row);
            let held = Held {
                id: row.text("id")?,
                control: row.control()?,
                severity: row.text("severity")?,
                provider: provider.id(),
                scope: row.text("scope")?,
                region: row.maybe_text("region")?,
                resource: row.maybe_text("resource")?,
                name: row.maybe_text("name")?,
                state: State::read(&row.text("state")?)?,
                since: row.number("since")?,
                first_seen: row.number("first_seen")?,
                last_seen: row.number("last_seen")?,
                failing_since: row.maybe_number("failing_since")?,
                fixed: row.maybe_number("fixed")?,
                reopened: row.maybe_number("reopened")?,
                reopenings: row.number("reopenings")?,
            };
            Ok((held.id.clone(), held))
        };
        rows.iter().map(read).collect()
    }

    async fn write_findings(
        &self,
        db: &mut AnyConnection,
        run: i64,
        writes: &Writes<'_>,
        now: i64,
    ) -> Result<()> {
        use Value::{MaybeNumber, MaybeText, Number, Text};
        let held: Vec<[Value<'_>; HELD.len()]> = writes
            .held
            .iter()
            .map(|held| {
                [
                    Text(&held.id),
                    Text(&held.control),
                    Text(&held.severity),
                    Text(held.provider),
                    Text(&held.scope),
                    MaybeText(held.region.as_deref()),
                    MaybeText(held.resource.as_deref()),
                    MaybeText(held.name.as_deref()),
                    Text(held.state.id()),
                    Number(held.since),
                    Number(held.first_seen),
                    Number(held.last_seen),
                    MaybeNumber(held.failing_since),
                    MaybeNumber(held.fixed),
                    MaybeNumber(held.reopened),
                    Number(held.reopenings),
                ]
            })
            .collect();
        let set: Vec<String> =
            HELD.iter().skip(1).map(|name| format!("{name} = excluded.{name}")).collect();
        self.insert(
            db,
            &format!("findings ({})", HELD.join(", ")),
            &format!("ON CONFLICT (id) DO UPDATE SET {}", set.join(", ")),
            &held,
        )
        .await?;
        for ids in writes.same.chunks(ROWS) {
            let list: Vec<String> = (2..ids.len() + 2).map(|place| format!("${place}")).collect();
            let sql =
                format!("UPDATE findings SET last_seen = $1 WHERE id IN ({})", list.join(", "));
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(now);
            for id in ids {
                query = query.bind(*id);
            }
            query.execute(&mut *db).await.map_err(|error| self.failed(error))?;
        }
        let changes: Vec<[Value<'_>; 4]> = writes
            .changes
            .iter()
            .map(|(id, state, why)| {
                [Text(id), Number(run), Text(state.id()), MaybeText(why.as_deref())]
            })
            .collect();
        self.insert(db, "changes (finding, run, state, why)", "", &changes).await
    }

    /// The controls by which a run judged; many runs share them.
    async fn catalogue(&self, db: &mut AnyConnection, head: &Record<'_>) -> Result<String> {
        let controls = serde_json::to_string(&head.controls).unwrap_or_default();
        let digest = hex(Sha256::digest(&controls));
        sqlx::query(
            "INSERT INTO catalogues (digest, controls) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
        )
        .bind(digest.as_str())
        .bind(controls.as_str())
        .execute(&mut *db)
        .await
        .map_err(|error| self.failed(error))?;
        Ok(digest)
    }

    async fn write_run(
        &self,
        db: &mut AnyConnection,
        head: &Record<'_>,
        added: &Added,
        total: &Total,
        catalogue: &str,
        snapshot: Option<&ArchivedSnapshot>,
    ) -> Result<()> {
        let rows = sqlx::query("SELECT state, COUNT(*) AS n FROM findings GROUP BY state")
            .fetch_all(&mut *db)
            .await
            .map_err(|error| self.failed(error))?;
        let mut all: HashMap<String, i64> = HashMap::new();
        for row in &rows {
            let row = Columns(row);
            all.insert(row.text("state")?, row.number("n")?);
        }
        let mut values = vec![
            Value::Number(added.run),
            Value::Number(head.started.unix_milliseconds()),
            Value::Number(head.finished.unix_milliseconds()),
            Value::Text(&head.tool),
            Value::Number(head.partial.into()),
            Value::Text(catalogue),
            Value::MaybeText(snapshot.map(|kept| kept.name.as_str())),
            Value::MaybeText(snapshot.map(|kept| kept.sha256.as_str())),
        ];
        values.extend(total.statuses.map(Value::Number));
        values.extend(
            FindingStatus::ALL
                .iter()
                .map(|status| Value::Number(all.get(status.id()).copied().unwrap_or_default())),
        );
        let counts = [added.failed, added.reopened, added.fixed];
        values.extend(counts.map(|count| Value::Number(count as i64)));
        self.insert(
            db,
            "runs (id, started, finished, tool, partial, catalogue, snapshot, sha256,
               pass, fail, excepted, not_applicable, unknown,
               all_pass, all_fail, all_excepted, all_not_applicable, all_unknown,
               failed, reopened, fixed)",
            "",
            &[values],
        )
        .await
    }

    /// How many requirements have each state, and those whose state differs from the run before.
    async fn write_requirements(
        &self,
        db: &mut AnyConnection,
        run: i64,
        frameworks: &[FrameworkReport],
    ) -> Result<()> {
        use Value::{Number, Text};
        let counts: Vec<Vec<Value<'_>>> = frameworks
            .iter()
            .map(|report| {
                let counts = report.counts();
                let states =
                    report::State::ALL.iter().map(|state| Number(counts.of(*state) as i64));
                [Text(report.framework.id), Number(run)].into_iter().chain(states).collect()
            })
            .collect();
        let columns: Vec<String> =
            report::State::ALL.iter().map(|state| state.id().replace('-', "_")).collect();
        let into = format!("run_frameworks (framework, run, {})", columns.join(", "));
        self.insert(db, &into, "", &counts).await?;
        let mut rows: Vec<[Value<'_>; 4]> = Vec::new();
        for report in frameworks {
            let last = sqlx::query(
                "SELECT q.requirement, q.state FROM requirements q WHERE q.framework = $1 AND q.run =
                   (SELECT MAX(x.run) FROM requirements x
                    WHERE x.framework = q.framework AND x.requirement = q.requirement)",
            )
            .bind(report.framework.id)
            .fetch_all(&mut *db)
            .await
            .map_err(|error| self.failed(error))?;
            let mut states: HashMap<String, String> = HashMap::new();
            for row in &last {
                let row = Columns(row);
                states.insert(row.text("requirement")?, row.text("state")?);
            }
            for row in &report.requirements {
                let (id, state) = (row.requirement.id, row.state.id());
                if states.get(id).is_none_or(|last| last != state) {
                    rows.push([Text(report.framework.id), Text(id), Number(run), Text(state)]);
                }
            }
        }
        self.insert(db, "requirements (framework, requirement, run, state)", "", &rows).await
    }

    /// Inserts rows, many at a time.
    async fn insert<'a, R: AsRef<[Value<'a>]>>(
        &self,
        db: &mut AnyConnection,
        into: &str,
        then: &str,
        rows: &[R],
    ) -> Result<()> {
        for rows in rows.chunks(ROWS) {
            let columns = rows.first().map_or(0, |row| row.as_ref().len());
            // Names of tables and columns are this module's own; every value is bound.
            let sql = format!("INSERT INTO {into} VALUES {} {then}", places(rows.len(), columns));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in rows.iter().flat_map(|row| row.as_ref()) {
                query = match value {
                    Value::Text(text) => query.bind(clean(text)),
                    Value::MaybeText(text) => query.bind(text.map(clean)),
                    Value::Number(number) => query.bind(*number),
                    Value::MaybeNumber(number) => query.bind(*number),
                };
            }
            query.execute(&mut *db).await.map_err(|error| self.failed(error))?;
        }
        Ok(())
    }
}

/// PostgreSQL does not accept zero bytes in texts. No provider has them in IDs, so the text of a hostile response cannot be
/// confused with one.
fn clean(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}
