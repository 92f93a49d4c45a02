//! The history over both databases: the same tests on each.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};

use posture_core::control::Severity;
use posture_core::provider::Provider;
use posture_core::record::{FindingStatus, Record, RecordedFinding, Why};
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_history::{
    Account, Added, Archive, ArchivedSnapshot, Beside, DeliveryState, Error, History, Pending,
    Policy, State, Store,
};
use sqlx::{Connection, Executor};
use tempfile::TempDir;

/// Runs a test on every database that there is.
macro_rules! on_each {
    ($($(#[$doc:meta])* fn $name:ident($history:ident, $store:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn test($store: Store) {
                let $history = History::open(&$store, true).await.unwrap();
                $body
            }

            $(#[$doc])*
            #[tokio::test]
            async fn on_sqlite() {
                let folder = TempDir::new().unwrap();
                test(Store::File(folder.path().join("a b?#%.db"))).await;
            }

            $(#[$doc])*
            #[tokio::test]
            async fn on_postgres() {
                if let Some(store) = postgres().await {
                    test(store).await;
                }
            }
        }
    )+};
}

/// A separate database on the server that the test command has started.
async fn postgres() -> Option<Store> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = std::env::var("POSTURE_TEST_POSTGRES") else {
        eprintln!("SKIPPED: no PostgreSQL; `cargo xtask test` starts one");
        return None;
    };
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = sqlx::PgConnection::connect(&url).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    admin.execute(sqlx::raw_sql(create)).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}").parse().unwrap())
}

async fn add(
    history: &History,
    record: &Record<'_>,
    kept: Option<&ArchivedSnapshot>,
) -> Result<Added, Error> {
    let beside = Beside { snapshot: kept, ..Beside::default() };
    history.add(record, record.findings.clone().into_iter(), &[], beside).await
}

/// When a test begins.
fn begin() -> Time {
    Time::from_unix(1_800_000_000)
}

async fn keep(history: &History, archive: &Archive, bytes: Vec<u8>) -> ArchivedSnapshot {
    history.keep(archive, begin(), bytes, begin()).await.unwrap()
}

const VERSIONING: &str = "storage.versioning";

/// The results of one account at a minute of the day: each resource with its status; `?` is the hole in the list.
fn record(minute: i64, scope: &str, statuses: &[(&str, FindingStatus)]) -> Record<'static> {
    let finished = Time::from_unix(1_800_000_000 + minute * 60);
    let findings = statuses.iter().map(|(name, status)| {
        let resource = (*name != "?").then(|| (*name).to_owned().into());
        RecordedFinding {
            id: id(scope, name),
            control: VERSIONING.into(),
            severity: Severity::Medium,
            provider: Provider::Aws,
            scope: scope.to_owned().into(),
            region: None,
            name: resource.clone(),
            resource,
            status: *status,
            why: match status {
                FindingStatus::Unknown => {
                    Some(Why::Gap { action: "s3:List".to_owned(), reason: "denied".to_owned() })
                }
                FindingStatus::Fail => {
                    Some(Why::Facts(vec![("versioning".to_owned(), "off".to_owned())]))
                }
                _ => None,
            },
        }
    });
    Record {
        tool: "0.1.0".into(),
        started: finished,
        finished,
        partial: false,
        scopes: BTreeSet::from([(Provider::Aws, scope.to_owned().into())]),
        excluded: BTreeSet::new(),
        controls: BTreeMap::from([(VERSIONING.into(), "digest".to_owned())]),
        findings: findings.collect(),
        requirements: BTreeMap::new(),
    }
}

fn id(scope: &str, name: &str) -> String {
    let bytes = scope.bytes().chain([0]).chain(name.bytes());
    format!(
        "{:020x}",
        bytes.fold(0_u64, |hash, byte| hash.wrapping_mul(257).wrapping_add(byte.into()))
    )
}

const A: &str = "111111111111";
const B: &str = "2222";

use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};

fn minute(time: Time) -> i64 {
    (time.unix() - 1_800_000_000) / 60
}

on_each! {
    fn a_finding_fails_is_fixed_and_opens_again(history, store) {
        let _ = store;
        let steps = [
            (1, Fail, (1, 0, 0)),
            (2, Excepted, (0, 0, 0)),
            (3, Unknown, (0, 0, 0)),
            (4, Fail, (0, 0, 0)),
            (5, Pass, (0, 0, 1)),
            (6, Pass, (0, 0, 0)),
            (7, Fail, (0, 1, 0)),
            (8, NotApplicable, (0, 0, 1)),
        ];
        for (at, status, expected) in steps {
            let added = add(&history, &record(at, A, &[("x", status)]), None).await.unwrap();
            assert_eq!((added.failed, added.reopened, added.fixed), expected, "{at}");
            let id = &record(at, A, &[("x", status)]).findings[0].id;
            let (entry, events) = history.finding(id).await.unwrap();
            assert_eq!(entry.state, State::Seen(status));
            assert_eq!((minute(entry.first_seen), minute(entry.last_seen)), (1, at));
            assert_eq!(entry.failing_since.map(minute), match at {
                1..=4 => Some(1),
                7 => Some(7),
                _ => None,
            }, "{at}");
            assert_eq!(entry.fixed.map(minute), match at { 1..=4 => None, 5..=7 => Some(5), _ => Some(8) });
            assert_eq!(entry.reopened.map(minute), (at >= 7).then_some(7));
            // The sixth run changed nothing.
            assert_eq!(events.len() as i64, if at < 6 { at } else { at - 1 });
        }
    }

    fn what_cannot_be_listed_is_unknown_and_not_gone(history, store) {
        let _ = store;
        add(&history, &record(1, A, &[("x", Fail), ("y", Fail)]), None).await.unwrap();
        let added = add(&history, &record(2, A, &[("y", Fail), ("?", Unknown)]), None).await.unwrap();
        assert_eq!(added.fixed, 0);
        let x = record(1, A, &[("x", Fail)]).findings[0].id.clone();
        let (entry, events) = history.finding(&x).await.unwrap();
        assert_eq!(entry.state, State::Seen(Unknown));
        assert_eq!((entry.failing_since.map(minute), minute(entry.last_seen)), (Some(1), 1));
        assert!(matches!(&events[1].why, Some(Why::Gap { reason, .. }) if reason == "denied"));
        // The list is whole again, and it is not there.
        let added = add(&history, &record(3, A, &[("y", Fail)]), None).await.unwrap();
        assert_eq!(added.fixed, 1);
        assert_eq!(history.finding(&x).await.unwrap().0.state, State::Gone);
        // And back.
        let added = add(&history, &record(4, A, &[("x", Fail), ("y", Fail)]), None).await.unwrap();
        assert_eq!((added.failed, added.reopened), (0, 1));
    }

    fn what_a_list_misses_is_known_by_its_former_id_as_well(history, store) {
        let _ = store;
        let mut old = record(1, A, &[("?", Unknown)]);
        let former = old.findings[0].former_id().unwrap();
        former.clone_into(&mut old.findings[0].id);
        assert_eq!(old.findings[0].former_id(), None);
        add(&history, &old, None).await.unwrap();
        let mut new = record(2, A, &[("?", Unknown), ("?", Unknown)]);
        for (finding, region) in new.findings.iter_mut().zip(["eu-west-1", "us-east-1"]) {
            finding.id = id(A, region);
            finding.region = Some(region.into());
        }
        let added = add(&history, &new, None).await.unwrap();
        assert_eq!((added.failed, added.fixed), (0, 0));
        for region in ["eu-west-1", "us-east-1"] {
            let (entry, events) = history.finding(&id(A, region)).await.unwrap();
            assert_eq!((entry.state, entry.region.as_deref()), (State::Seen(Unknown), Some(region)));
            // It has been missing since it was recorded by its former id.
            assert_eq!((minute(entry.first_seen), minute(entry.since)), (1, 1));
            assert_eq!(events.len(), 1);
        }
        assert_eq!(history.finding(&former).await.unwrap().0.state, State::Gone);
        let runs = history.runs(10).await.unwrap();
        let counts: Vec<_> = runs.iter().map(|run| (run.tally.unknown, run.all.unknown)).collect();
        assert_eq!(counts, [(1, 1), (2, 2)]);
        let prefix = &id(A, "eu-west-1")[..6];
        let found = history.findings_by_prefix(prefix, 9).await.unwrap();
        assert!(found.iter().any(|entry| entry.id == id(A, "eu-west-1")));
        assert!(history.findings_by_prefix("%", 9).await.unwrap().is_empty());
    }

    fn an_account_or_a_control_that_was_not_read_says_nothing(history, store) {
        let _ = store;
        add(&history, &record(1, A, &[("x", Fail)]), None).await.unwrap();
        add(&history, &record(1, B, &[("x", Pass)]), None).await.unwrap();
        let mut other = record(2, A, &[]);
        other.controls = BTreeMap::from([("storage.encryption".into(), "digest".to_owned())]);
        assert_eq!(add(&history, &other, None).await.unwrap().fixed, 0);
        let runs = history.runs(10).await.unwrap();
        let all: Vec<_> = runs.iter().map(|run| (run.tally.fail, run.all.fail, run.all.pass)).collect();
        assert_eq!(all, [(1, 1, 0), (0, 1, 1), (0, 1, 1)]);
        assert_eq!(history.failing(10).await.unwrap().len(), 1);
        // The results of a run stay as they were: neither the other account nor the other control is included.
        assert_eq!(history.record(2).await.unwrap().findings.len(), 1);
        assert_eq!(history.record(3).await.unwrap().findings.len(), 0);
    }

    fn what_is_in_a_region_that_was_left_out_is_not_fixed(history, store) {
        let _ = store;
        let mut all = record(1, A, &[("x", Fail), ("y", Fail)]);
        all.findings[0].region = Some("eu-west-1".into());
        add(&history, &all, None).await.unwrap();
        let mut part = record(2, A, &[("y", Fail)]);
        part.excluded.insert((Provider::Aws, A.into(), "eu-west-1".into()));
        assert_eq!(add(&history, &part, None).await.unwrap().fixed, 0);
        assert_eq!(history.failing(9).await.unwrap().len(), 2);
        // It says nothing of it, and so does not say that it fails either.
        let read = history.record(2).await.unwrap();
        assert_eq!((read.findings.len(), read.excluded), (1, part.excluded));
        // Once the region is read again, what is not there is gone.
        assert_eq!(add(&history, &record(3, A, &[("y", Fail)]), None).await.unwrap().fixed, 1);
    }

    fn a_run_is_read_as_it_was_recorded(history, store) {
        let _ = store;
        let records = [
            record(1, A, &[("x", Fail), ("y", Unknown), ("z", Pass)]),
            record(2, A, &[("x", Pass), ("y", Unknown), ("?", Unknown)]),
            record(3, A, &[("x", Excepted), ("y", NotApplicable), ("z", Fail)]),
        ];
        for one in &records {
            add(&history, one, None).await.unwrap();
        }
        for (run, one) in (1..).zip(&records) {
            let mut expected = one.findings.clone();
            let mut read = history.record(run).await.unwrap();
            if run == 2 {
                // It could not be listed then.
                let z = read.findings.iter().position(|finding| finding.name.as_deref() == Some("z")).unwrap();
                assert_eq!(read.findings.remove(z).status, Unknown);
            }
            expected.sort_by(|a, b| a.id.cmp(&b.id));
            read.findings.sort_by(|a, b| a.id.cmp(&b.id));
            assert_eq!(read.findings, expected, "{run}");
            assert_eq!((read.scopes, read.controls), (one.scopes.clone(), one.controls.clone()));
        }
    }

    fn runs_of_an_account_come_in_the_order_of_time(history, store) {
        let _ = store;
        add(&history, &record(5, A, &[("x", Fail)]), None).await.unwrap();
        for at in [4, 5] {
            let error = add(&history, &record(at, A, &[]), None).await.unwrap_err();
            assert!(matches!(error, Error::NotNewer { run: 1, .. }), "{error:?}");
        }
        // Another account has separate times.
        add(&history, &record(4, B, &[]), None).await.unwrap();
        assert_eq!(history.runs(10).await.unwrap().len(), 2);
    }

    fn hostile_names_are_values_and_nothing_else(history, store) {
        let _ = store;
        let mut hostile = record(1, A, &[("x", Fail)]);
        let name = "'; DROP TABLE runs; --\" $1 ? \u{202e}\u{1b}[31m東京";
        hostile.findings[0].name = Some(name.into());
        hostile.findings[0].resource = Some(name.into());
        add(&history, &hostile, None).await.unwrap();
        assert_eq!(history.failing(1).await.unwrap()[0].name.as_deref(), Some(name));
        hostile.finished = Time::from_unix(1_900_000_000);
        hostile.findings[0].name = Some("a\0b".into());
        add(&history, &hostile, None).await.unwrap();
        assert_eq!(history.failing(1).await.unwrap()[0].name.as_deref(), Some("a\u{fffd}b"));
        for id in ["", "%", "_", "' OR '1'='1", "0%"] {
            assert!(matches!(history.finding(id).await, Err(Error::NoFinding(0, _))), "{id}");
        }
        assert!(matches!(history.run(9).await, Err(Error::NoRun(9))));
    }

    fn what_is_forgotten_leaves_the_rest_as_it_was(history, store) {
        let _ = store;
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(folder.path().join("kept").to_str().unwrap(), [], |_| false).unwrap();
        let snapshot = |at| {
            let time = Time::from_unix(at);
            let mut bytes = Vec::new();
            Snapshot::new("0.1.0", time, time, Vec::new()).write(&mut bytes).unwrap();
            bytes
        };
        for (at, x, y) in [(1, Fail, Pass), (2, Pass, Pass), (3, Fail, Pass), (4, Fail, Fail)] {
            let kept = keep(&history, &archive, snapshot(at)).await;
            add(&history, &record(at, A, &[("x", x), ("y", y)]), Some(&kept)).await.unwrap();
        }
        add(&history, &record(9, B, &[("b", Fail)]), None).await.unwrap();
        let files = || std::fs::read_dir(folder.path().join("kept")).unwrap().count();
        assert_eq!(files(), 4);
        let before = (history.record(4).await.unwrap().findings, history.failing(9).await.unwrap());
        let policy = Policy { runs: Some(2), ..Policy::default() };
        let now = Time::from_unix(1_800_000_000);
        let would = history.prune(policy, now, Some(&archive), true).await.unwrap();
        assert_eq!((would.runs, would.snapshots, files()), (3, 3, 4));
        assert_eq!(history.prune(policy, now, Some(&archive), false).await.unwrap(), would);
        assert_eq!((history.runs(9).await.unwrap().len(), files()), (2, 1));
        let after = (history.record(4).await.unwrap().findings, history.failing(9).await.unwrap());
        assert_eq!(format!("{before:?}"), format!("{after:?}"));
        // Once no run has read the account, nothing is left of it; the newest run always stays.
        let policy = Policy { days: Some(1), ..Policy::default() };
        let pruned = history.prune(policy, Time::from_unix(1_900_000_000), Some(&archive), false).await.unwrap();
        assert_eq!((pruned.runs, pruned.findings), (1, 2));
        assert_eq!(history.runs(9).await.unwrap().len(), 1);
        assert_eq!(history.failing(9).await.unwrap().len(), 1);
    }

    fn what_was_put_for_a_run_that_was_never_recorded_is_deleted_once_it_cannot_be_recorded(history, store) {
        let folder = TempDir::new().unwrap();
        let open = |name: &str| {
            Archive::open(folder.path().join(name).to_str().unwrap(), [], |_| false).unwrap()
        };
        let (archive, other) = (open("kept"), open("other"));
        let files = || {
            let entries = std::fs::read_dir(folder.path().join("kept")).unwrap();
            let mut names: Vec<_> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        let hours = |hours: i64| begin().earlier(-3600 * hours);
        // What another history keeps in the same archive looks the same and stays.
        let theirs = "20270115T080000-0123456789abcdef-0123456789abcdef.json.zst";
        archive.put_as(theirs, b"theirs".to_vec()).await.unwrap();
        // The same bytes three times: recorded, left behind by a killed process, and kept elsewhere.
        let recorded = keep(&history, &archive, b"same".to_vec()).await;
        add(&history, &record(1, A, &[("x", Fail)]), Some(&recorded)).await.unwrap();
        let lost = keep(&history, &archive, b"same".to_vec()).await;
        keep(&history, &other, b"same".to_vec()).await;
        assert_ne!(lost.name, recorded.name);
        // And of one who was killed while he wrote.
        let part = format!("{}.part", lost.name);
        std::fs::write(folder.path().join("kept").join(&part), "par").unwrap();
        assert_eq!(files().len(), 4);
        // As long as he may be alive, nothing is touched.
        let again = History::open(&store, false).await.unwrap();
        assert_eq!(again.clear(&archive, hours(24)).await.unwrap(), 0);
        let would = again.prune(Policy::default(), hours(25), Some(&archive), true).await.unwrap();
        assert_eq!((would.leftovers, would.runs, files().len()), (1, 0, 4));
        let pruned = again.prune(Policy::default(), hours(25), Some(&archive), false).await.unwrap();
        assert_eq!(pruned, would);
        let mut left = vec![theirs.to_owned(), recorded.name.clone()];
        left.sort();
        assert_eq!(files(), left);
        assert_eq!(again.clear(&archive, hours(99)).await.unwrap(), 0);
        // He was alive after all: no run names what is not there.
        let late = add(&history, &record(2, A, &[]), Some(&lost)).await;
        assert!(matches!(late, Err(Error::Lapsed(_))), "{late:?}");
        assert_eq!(history.runs(9).await.unwrap().len(), 1);
        // The other archive keeps its objects, by whatever name it is opened.
        let kept = std::fs::read_dir(folder.path().join("other")).unwrap().count();
        assert_eq!((kept, again.clear(&open("kept/../other/"), hours(25)).await.unwrap()), (1, 1));
    }

    fn what_is_taken_back_is_what_no_run_names(history, store) {
        let _ = store;
        let folder = TempDir::new().unwrap();
        let archive = Archive::open(folder.path().to_str().unwrap(), [], |_| false).unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        let recorded = keep(&history, &archive, b"a".to_vec()).await;
        add(&history, &record(2, A, &[]), Some(&recorded)).await.unwrap();
        // The run is not recorded, and its note stays until its snapshot is gone.
        let refused = keep(&history, &archive, b"b".to_vec()).await;
        let error = add(&history, &record(1, A, &[]), Some(&refused)).await.unwrap_err();
        assert!(matches!(error, Error::NotNewer { .. }), "{error:?}");
        assert_eq!(files(), 2);
        history.take_back(&archive, &refused).await.unwrap();
        assert_eq!(files(), 1);
        // The answer to a commit may get lost: what is recorded stays.
        history.take_back(&archive, &recorded).await.unwrap();
        assert_eq!(files(), 1);
        assert_eq!(history.clear(&archive, Time::from_unix(1_900_000_000)).await.unwrap(), 0);
    }

    fn what_the_archive_does_not_take_or_delete_stays_noted(history, store) {
        let _ = store;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("kept");
        let archive = Archive::open(path.to_str().unwrap(), [], |_| false).unwrap();
        let lost = keep(&history, &archive, b"a".to_vec()).await;
        // A folder at its place cannot be deleted as a file.
        let part = path.join(format!("{}.part", lost.name));
        std::fs::create_dir(&part).unwrap();
        let late = Time::from_unix(1_900_000_000);
        assert!(history.clear(&archive, late).await.is_err());
        std::fs::remove_dir(&part).unwrap();
        assert_eq!(history.clear(&archive, late).await.unwrap(), 1);
        // One that was not put: the note is there before it.
        std::fs::remove_dir(&path).unwrap();
        assert!(history.keep(&archive, begin(), b"b".to_vec(), begin()).await.is_err());
        std::fs::create_dir(&path).unwrap();
        assert_eq!(history.clear(&archive, late).await.unwrap(), 1);
    }

    fn it_is_opened_again_as_it_was(history, store) {
        add(&history, &record(1, A, &[("x", Fail)]), None).await.unwrap();
        history.close().await;
        let again = History::open(&store, false).await.unwrap();
        assert_eq!(again.runs(9).await.unwrap().len(), 1);
        // What a newer version has written is left alone.
        sqlx::any::install_default_drivers();
        let url = match &store {
            Store::File(path) => {
                let path = path.to_str().unwrap();
                format!("sqlite:{}", path.replace('%', "%25").replace('?', "%3F").replace('#', "%23").replace(' ', "%20"))
            }
            Store::Postgres(url) => url.to_string(),
        };
        let mut raw = sqlx::AnyConnection::connect(&url).await.unwrap();
        // One of an older version is brought to this one, with what it holds.
        for sql in [
            "DROP TABLE jobs",
            "DROP TABLE deliveries",
            "DROP TABLE puts",
            "ALTER TABLE run_frameworks RENAME COLUMN not_assessed_organizational TO not_assessed_organisational",
            "INSERT INTO requirements VALUES ('csf-2.0', 'GV.OC-01', 1, 'not-assessed-organisational')",
            "ALTER TABLE run_scopes DROP COLUMN name",
            "DELETE FROM posture_migrations WHERE version >= 2",
        ] {
            raw.execute(sql).await.unwrap();
        }
        let older = History::open(&store, false).await.unwrap();
        assert_eq!(older.runs(9).await.unwrap().len(), 1);
        assert!(older.pending().await.unwrap().is_empty());
        let states = older.requirement("csf-2.0", "GV.OC-01").await.unwrap();
        assert_eq!(states.last().unwrap().2, posture_core::report::State::NotAssessedOrganizational);
        // What a run of then read has no name.
        let account = |name: Option<&str>| Account {
            provider: Provider::Aws,
            id: A.to_owned(),
            name: name.map(str::to_owned),
        };
        assert_eq!(older.accounts(1, 9).await.unwrap(), [account(None)]);
        let one = record(2, A, &[("x", Fail)]);
        let names = [(Provider::Azure, A, "other"), (Provider::Aws, A, "production")];
        let beside = Beside { names: &names, ..Beside::default() };
        older.add(&one, one.findings.clone().into_iter(), &[], beside).await.unwrap();
        assert_eq!(older.accounts(2, 9).await.unwrap(), [account(Some("production"))]);
        assert!(older.accounts(2, 0).await.unwrap().is_empty());
        assert!(older.accounts(9, 9).await.unwrap().is_empty());
        raw.execute("UPDATE posture_migrations SET version = 99 WHERE version = 5").await.unwrap();
        assert!(matches!(History::open(&store, true).await, Err(Error::Newer)));
    }

    fn many_begin_and_write_at_the_same_time(history, store) {
        let tasks = (0..8).map(|task: i64| {
            let store = store.clone();
            async move {
                let history = History::open(&store, true).await.unwrap();
                let scope = format!("{:012}", task);
                for at in 1..=3 {
                    add(&history, &record(at, &scope, &[("x", Fail)]), None).await.unwrap();
                }
            }
        });
        let tasks: Vec<_> = tasks.map(tokio::spawn).collect();
        for task in tasks {
            task.await.unwrap();
        }
        let runs = history.runs(99).await.unwrap();
        let ids: Vec<i64> = runs.iter().map(|run| run.id).collect();
        assert_eq!(ids, (1..=24).collect::<Vec<_>>());
        assert_eq!(runs[23].all.fail, 8);
    }

    fn a_job_is_taken_by_one_and_lost_by_who_dies(history, store) {
        let at = |minute: i64| Time::from_unix(1_800_000_000 + minute * 60);
        assert_eq!(history.job("nightly").await.unwrap(), posture_history::JobState::default());
        let other = History::open(&store, false).await.unwrap();
        let (one, two) = (
            history.claim("nightly", at(0), at(0), at(5)).await.unwrap(),
            other.claim("nightly", at(0), at(0), at(5)).await.unwrap(),
        );
        assert_eq!((one, two), (true, false));
        // While it is held no other process gets it, and afterwards one does.
        history.hold("nightly", at(8)).await.unwrap();
        assert!(!other.claim("nightly", at(0), at(7), at(12)).await.unwrap());
        assert!(other.claim("nightly", at(0), at(9), at(14)).await.unwrap());
        other.ended("nightly", at(0), at(10), Ok(7)).await.unwrap();
        let state = history.job("nightly").await.unwrap();
        assert_eq!((state.done, state.ended, state.run), (Some(at(0)), Some(at(10)), Some(7)));
        // What is done is not done again; what fails keeps the last run that did not.
        assert!(!history.claim("nightly", at(0), at(11), at(16)).await.unwrap());
        assert!(history.claim("nightly", at(60), at(60), at(65)).await.unwrap());
        history.ended("nightly", at(60), at(61), Err("no\0 way".to_owned())).await.unwrap();
        let state = history.job("nightly").await.unwrap();
        assert_eq!((state.run, state.error.as_deref()), (Some(7), Some("no\u{fffd} way")));
    }

    fn what_is_to_be_delivered_is_kept_until_it_is(history, store) {
        let _ = store;
        let to = |place, only_if_changed| Pending {
            job: "nightly".to_owned(),
            place,
            sink: format!("file {place}"),
            only_if_changed,
        };
        let deliveries = [to(0, false), to(1, true)];
        for at in 1..=2 {
            let one = record(at, A, &[("x", Fail)]);
            let beside = Beside { deliveries: &deliveries, ..Beside::default() };
            history.add(&one, one.findings.clone().into_iter(), &[], beside).await.unwrap();
        }
        // The second run changed nothing.
        let pending = history.pending().await.unwrap();
        let places: Vec<_> = pending.iter().map(|one| (one.run, one.place)).collect();
        assert_eq!(places, [(1, 0), (1, 1), (2, 0)]);
        let mut ids: Vec<&str> = pending.iter().map(|one| one.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);
        let now = Time::from_unix(1_900_000_000);
        history.tried(&pending[0].id, now, None, false).await.unwrap();
        history.tried(&pending[1].id, now, Some("refused"), false).await.unwrap();
        history.tried(&pending[2].id, now, Some("refused"), true).await.unwrap();
        let left = history.pending().await.unwrap();
        assert_eq!((left.len(), left[0].attempts, left[0].error.as_deref()), (1, 1, Some("refused")));
        let states: Vec<_> = history.latest_deliveries(9).await.unwrap();
        let states: Vec<_> = states.iter().map(|one| (one.run, one.place, one.state)).collect();
        use DeliveryState::{Delivered, GivenUp, Pending as Waits, Unchanged};
        let expected = [(2, 0, GivenUp), (2, 1, Unchanged), (1, 0, Delivered), (1, 1, Waits)];
        assert_eq!(states, expected);
    }
}

#[tokio::test]
async fn a_history_that_is_not_there_is_not_made_by_reading() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("none.db");
    let store = Store::File(path.clone());
    assert!(matches!(History::open(&store, false).await, Err(Error::Absent(_))));
    assert!(!path.exists());
    std::fs::write(
        &path,
        "this is not a database, and long enough to be looked at as one ".repeat(40),
    )
    .unwrap();
    assert!(matches!(
        History::open(&store, false).await,
        Err(Error::Database { .. } | Error::Migration { .. })
    ));
}

#[cfg(unix)]
#[tokio::test]
async fn others_cannot_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("h.db");
    let history = History::open(&Store::File(path.clone()), true).await.unwrap();
    let archive = folder.path().join("kept");
    let kept = Archive::open(archive.to_str().unwrap(), [], |_| false).unwrap();
    let kept = keep(&history, &kept, b"x".to_vec()).await;
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let delivered = Archive::open(archive.to_str().unwrap(), [], |_| false).unwrap();
    delivered.put_as("report.json", b"x".to_vec()).await.unwrap();
    assert_eq!(mode(&archive.join("report.json")), 0o600);
    assert_eq!(
        (mode(&path), mode(&archive), mode(&archive.join(kept.name))),
        (0o600, 0o700, 0o600)
    );
}

#[tokio::test]
async fn a_snapshot_that_was_changed_is_found_out() {
    let folder = TempDir::new().unwrap();
    let archive = Archive::open(folder.path().to_str().unwrap(), [], |_| false).unwrap();
    let time = Time::from_unix(0);
    let mut bytes = Vec::new();
    Snapshot::new("0.1.0", time, time, Vec::new()).write(&mut bytes).unwrap();
    let history = History::open(&Store::File(folder.path().join("h.db")), true).await.unwrap();
    let kept = keep(&history, &archive, bytes.clone()).await;
    assert_eq!(archive.get(&kept).await.unwrap().finished, time);
    bytes.push(b' ');
    std::fs::write(folder.path().join(&kept.name), bytes).unwrap();
    assert!(matches!(archive.get(&kept).await, Err(Error::Changed(_))));
    archive.delete(&kept.name).await.unwrap();
    archive.delete(&kept.name).await.unwrap();
    assert!(matches!(archive.get(&kept).await, Err(Error::Archive { .. })));
}

/// What the environment names is looked at before anything is sent: the archive is opened, and no more.
#[test]
fn an_archive_goes_to_no_endpoint_that_is_not_allowed() {
    let open = |variable: &str, value: &str, allowed: bool| {
        let environment = [(variable.to_owned(), value.to_owned())];
        Archive::open("s3://bucket/x", environment, |_| allowed).map(drop)
    };
    for variable in
        ["AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS"]
    {
        let refused = open(variable, "https://x1.execute-api.us-east-1.amazonaws.com", false);
        assert!(matches!(refused, Err(Error::Address(..))), "{variable}");
        open(variable, "https://s3.storage.example", true).unwrap();
    }
    // A machine requests credentials only from itself or its host.
    let own = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    open(own, "http://169.254.170.23/v1/credentials", false).unwrap();
    assert!(open(own, "http://credentials.example/", true).is_err());
}

#[test]
fn an_address_of_an_archive_takes_no_password() {
    for wrong in ["s3://key:canary@bucket/x", "ftp://host/x", "http://host/x", "file:///tmp"] {
        let error = Archive::open(wrong, [], |_| false).unwrap_err();
        assert!(matches!(error, Error::Address(..)), "{wrong}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

/// A server that takes the connection and whatever is set, and falls silent when it is asked for something.
#[tokio::test(start_paused = true)]
async fn a_database_that_falls_silent_is_given_up() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/name?sslmode=disable", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut length = [0; 4];
                stream.read_exact(&mut length).unwrap();
                let mut start = vec![0; u32::from_be_bytes(length) as usize - 4];
                stream.read_exact(&mut start).unwrap();
                let ready = b"Z\0\0\0\x05I";
                stream.write_all(b"R\0\0\0\x08\0\0\0\0").unwrap();
                stream.write_all(ready).unwrap();
                let mut head = [0; 5];
                while stream.read_exact(&mut head).is_ok() {
                    let length = u32::from_be_bytes(head[1..].try_into().unwrap());
                    let mut body = vec![0; length as usize - 4];
                    stream.read_exact(&mut body).unwrap();
                    if head[0] == b'Q' && body.starts_with(b"SET") {
                        stream.write_all(b"C\0\0\0\x08SET\0").unwrap();
                        stream.write_all(ready).unwrap();
                    }
                }
            });
        }
    });
    let error = History::open(&url.parse().unwrap(), false).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error:?}");
}

/// A server that accepts connections and never says a word.
#[tokio::test(start_paused = true)]
async fn a_database_that_does_not_answer_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://user@{}/name", silent.local_addr().unwrap());
    let error = History::open(&url.parse().unwrap(), false).await.unwrap_err();
    assert!(matches!(error, Error::Database { .. }), "{error:?}");
}

on_each! {
    /// Of runs of several accounts, the one to compare with; and what the history knows of a finding up to then.
    fn an_earlier_run_and_what_was_known_by_then(history, store) {
        use posture_core::diff::Earlier;
        use FindingStatus::{Excepted, Fail, Pass, Unknown};
        let scopes = |ids: &[&str]| -> BTreeSet<(Provider, String)> {
            ids.iter().map(|id| (Provider::Aws, (*id).to_owned())).collect()
        };
        let at = |minute: i64| Time::from_unix(1_800_000_000 + minute * 60);
        for (minute, scope, statuses) in [
            (1, "1", &[("a", Fail), ("b", Fail), ("c", Pass), ("d", Unknown), ("e", Excepted)][..]),
            (2, "2", &[("a", Pass)]),
            (3, "1", &[("a", Pass), ("b", Unknown), ("c", Fail), ("d", Unknown)]),
        ] {
            add(&history, &record(minute, scope, statuses), None).await.unwrap();
        }
        let before = async |minute, ids: &[&str]| {
            let run = history.run_before(at(minute), &scopes(ids)).await.unwrap();
            run.map(|run| run.id)
        };
        assert_eq!(before(9, &["1"]).await, Some(3));
        assert_eq!(before(3, &["1"]).await, Some(1));
        assert_eq!(before(3, &["1", "2"]).await, Some(2));
        assert_eq!(before(9, &["2"]).await, Some(2));
        // Half of the accounts, and where no run read as many, any of them.
        assert_eq!(before(9, &["2", "3"]).await, Some(2));
        assert_eq!(before(9, &["2", "3", "4"]).await, Some(2));
        assert_eq!(before(1, &["1"]).await, None);
        assert_eq!(before(9, &["3"]).await, None);
        assert_eq!(before(9, &[]).await, None);
        let ids: Vec<String> = ["a", "b", "c", "d", "e", "?"].map(|name| id("1", name)).into();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let known = async |minute| {
            let known = history.earlier(&ids, at(minute)).await.unwrap();
            ids.iter().map(|id| known.get(*id).copied()).collect::<Vec<_>>()
        };
        let (failing, fixed) = (Some(Earlier::Failing), Some(Earlier::Fixed));
        assert_eq!(known(0).await, [None; 6]);
        assert_eq!(known(1).await, [failing, failing, None, None, failing, None]);
        // What is unknown is not fixed, and what is gone is.
        assert_eq!(known(3).await, [fixed, failing, failing, None, fixed, None]);
        // Without the run in which it failed, it is still known that it failed and whether it was fixed.
        let policy = Policy { runs: Some(1), ..Policy::default() };
        history.prune(policy, at(9), None, false).await.unwrap();
        assert_eq!(known(3).await, [fixed, failing, failing, None, fixed, None]);
        assert_eq!(history.earlier(&[], at(3)).await.unwrap().len(), 0);
        let _ = store;
    }

    /// The previous run of a job, whatever other jobs did in between.
    fn a_job_knows_its_previous_run(history, store) {
        let pending = |job: &str| Pending {
            job: job.to_owned(),
            place: 0,
            sink: "file x".to_owned(),
            only_if_changed: false,
        };
        for (minute, job) in [(1, "weekly"), (2, "nightly"), (3, "nightly"), (4, "weekly")] {
            let record = record(minute, "1", &[("a", FindingStatus::Pass)]);
            let deliveries = [pending(job)];
            let beside = Beside { deliveries: &deliveries, ..Beside::default() };
            history.add(&record, record.findings.clone().into_iter(), &[], beside).await.unwrap();
        }
        let before = async |job, run| {
            history.run_of_job_before(job, run).await.unwrap().map(|run| run.id)
        };
        assert_eq!(before("weekly", 4).await, Some(1));
        assert_eq!(before("weekly", 1).await, None);
        assert_eq!(before("nightly", 3).await, Some(2));
        assert_eq!(before("monthly", 4).await, None);
        let _ = store;
    }
}
