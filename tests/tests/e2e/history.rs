//! The results of audits over time: the history of the program, however it ends.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, Reason};
use posture_core::provider::Provider;
use posture_core::resource::Bucket;
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use posture_tests::{Cloud, Program, Run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::sim_aws::{Simulated, good as world};

const ACCOUNT: &str = "111111111111";

/// A folder with a history and its snapshots.
pub(crate) struct TestHistory {
    folder: TempDir,
    store: String,
    pub(crate) snapshots: String,
}

impl TestHistory {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        Self { store: path("posture.db"), snapshots: path("snapshots"), folder }
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A program that knows of the history.
    pub(crate) fn program(&self, arguments: &[&str]) -> Program {
        Program::new().env("POSTURE_HISTORY", &self.store).args(arguments)
    }

    pub(crate) fn history(&self, arguments: &[&str]) -> Run {
        self.program(&["history"]).args(arguments).run()
    }

    pub(crate) fn add(&self, file: &str) -> Run {
        self.history(&["add", file, "--history-snapshots", &self.snapshots])
    }

    pub(crate) fn runs(&self) -> Vec<Value> {
        let run = self.history(&["list", "--format", "json", "--limit", "1000"]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.json()["runs"].as_array().unwrap().clone()
    }
}

/// A snapshot of one account with so many buckets, every third of them without versions, as it was at some minute.
pub(crate) fn snapshot(path: &str, account: &str, minute: i64, buckets: usize) {
    let time = Time::from_unix(1_790_000_000 + minute * 60);
    let mut scope = Scope::empty(Provider::Aws, account);
    scope.started = time;
    scope.finished = time;
    let denied = scope.add_gap(Gap::new("s3:GetBucketVersioning", "", Reason::Denied));
    for place in 0..buckets {
        let name = format!("bucket-{place:06}");
        let versioning = match (place + minute as usize) % 3 {
            0 => Known(false),
            1 => Known(true),
            _ => Fact::Gap(denied),
        };
        let id = format!("arn:aws:s3:::{name}");
        scope.buckets.items.push(Bucket::unread(id, name, None).versioning(versioning));
    }
    let mut snapshot = Snapshot::new("0.1.0", time, time, vec![scope]);
    snapshot.canonicalise();
    snapshot.save(Path::new(path)).unwrap();
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

#[test]
fn three_runs_of_a_changing_estate_show_a_trend_and_why() {
    let kept = TestHistory::new();
    let configuration = |more: &str| {
        format!("[history]\nstore = {:?}\nsnapshots = {:?}\n{more}", kept.store, kept.snapshots)
    };
    let now = Time::from(jiff::Timestamp::now());
    let in_ten_days = now.earlier(-10 * 86_400).day();
    let exception = format!(
        "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"arn:aws:s3:::logs\"\nowner = \"web team\"\n\
         reason = \"made anew\"\nexpires = {in_ten_days}\n"
    );
    let audit = |world: &Value, more: &str| {
        let simulated = Simulated::serve(world);
        let run = simulated
            .program(ACCOUNT, &["--control", "storage"])
            .file("posture.toml", &configuration(more))
            .run();
        assert!(run.err.contains("recorded as run"), "{}", run.err);
        run
    };
    // The first: two buckets without versions.
    let mut first = world();
    first["accounts"][0]["buckets"][1]["versioning"] = json!("Suspended");
    first["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    audit(&first, "");
    // The second: one is fixed, one is new, one is gone.
    let mut second = world();
    second["accounts"][0]["buckets"][1]["versioning"] = json!("Suspended");
    let mut fresh = second["accounts"][0]["buckets"][0].clone();
    fresh["name"] = json!("fresh");
    fresh["versioning"] = json!("Suspended");
    second["accounts"][0]["buckets"].as_array_mut().unwrap()[3] = fresh;
    audit(&second, "");
    // The third: versions cannot be read of one, and another is accepted.
    let mut third = second.clone();
    third["faults"] =
        json!([{ "action": "s3:GetBucketVersioning", "about": "fresh", "fault": "denied" }]);
    let last = audit(&third, &exception);
    assert!(last.err.contains(&format!("expires on {in_ten_days}")), "{}", last.err);

    let runs = kept.runs();
    assert_eq!(runs.len(), 3);
    let again = |run: &Value| {
        (run["began-to-fail"].as_u64().unwrap(), run["fail-no-more"].as_u64().unwrap())
    };
    assert!(again(&runs[0]).0 >= 2);
    assert!(again(&runs[1]).1 >= 1);
    let trend = kept.history(&["trend"]);
    assert!(trend.out.contains("Trend of 3 runs"), "{}", trend.out);
    assert!(trend.out.contains("excepted"), "{}", trend.out);
    // Nothing has been failing for a day.
    assert!(!trend.out.contains("Longest failing"), "{}", trend.out);
    assert!(trend.out.lines().all(|line| console::measure_text_width(line) <= 80), "{}", trend.out);

    // Between each two every change has its cause.
    let diff = |before: &str, after: &str| {
        let run = kept
            .program(&["diff", before, after, "--format", "json"])
            .args(&["--history-snapshots", &kept.snapshots, "--control", "storage.versioning"])
            .run();
        let mut found: Vec<String> = run.json()["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                let (name, cause) = (text(&change["name"]), text(&change["cause"]));
                let (was, is) = (text(&change["before"]), text(&change["after"]));
                format!("{name}: {was} → {is}, {cause}")
            })
            .collect();
        found.sort();
        (found, run)
    };
    let (changes, run) = diff("1", "2");
    assert_eq!(
        changes,
        [
            "far-logs: pass → -, vanished",
            "far: fail → pass, configuration",
            "fresh: - → fail, appeared"
        ],
        "{}",
        run.out
    );
    let (changes, run) = diff("2", "last");
    assert_eq!(
        changes,
        ["fresh: fail → unknown, reading", "logs: fail → excepted, exception-added"],
        "{}",
        run.out
    );
    // The failure that was accepted has been one since the first run.
    let failing = |run: &Run| {
        let all = run.json()["failing"].as_array().unwrap().clone();
        all.iter()
            .map(|one| format!("{} {}", text(&one["name"]), one["at-least"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(failing(&diff("1", "2").1), ["logs false", "fresh false"]);

    // The evidence of the last run, which the history kept.
    let name = text(&runs[2]["snapshot"]).to_owned();
    let (snapshot, bundle) = (format!("{}/{name}", kept.snapshots), kept.file("evidence"));
    let key = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let made = Program::new()
        .file("key.pem", key)
        .args(&["bundle", &snapshot, &bundle, "--key", "key.pem"])
        .run();
    assert_eq!(made.code, 0, "{}", made.err);
    assert_eq!(Program::new().args(&["verify", &bundle]).run().code, 0);

    // The page shows the trend, and so does a separate one.
    let page = kept.file("report.html");
    let report = kept
        .program(&["report", "last", "--history-snapshots", &kept.snapshots, "--output", &page])
        .run();
    assert_eq!(report.code, 0, "{}", report.err);
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("id=trend") && page.contains("class=columns"));
    let own = kept.history(&["trend", "--format", "html"]);
    assert!(own.out.contains("class=columns") && own.out.contains("Content-Security-Policy"));
}

#[test]
fn what_has_been_failing_for_days_is_listed_and_what_began_today_is_not() {
    let kept = TestHistory::new();
    let (one, other) = (kept.file("1.json"), kept.file("2.json"));
    // Three days, after which the same buckets fail and one more.
    snapshot(&one, ACCOUNT, 0, 3);
    snapshot(&other, ACCOUNT, 3 * 1440, 4);
    for file in [&one, &other] {
        let only = ["--control", "storage.versioning"];
        let place = ["--history-snapshots", &kept.snapshots];
        let added = kept.program(&["history", "add", file]).args(&only).args(&place).run();
        assert_eq!(added.code, 0, "{}", added.err);
    }
    let trend = kept.history(&["trend"]);
    let (_, longest) = trend.out.split_once("Longest failing").expect(&trend.out);
    assert!(longest.contains("3 days since 2026-09-21"), "{longest}");
    assert!(longest.contains("bucket-000000") && !longest.contains("bucket-000003"), "{longest}");
    let page = kept.history(&["trend", "--format", "html"]).out;
    let (_, longest) = page.split_once("Longest failing").unwrap();
    assert!(longest.contains("<td class=num>3<td>") && !longest.contains("<td class=num>0<td>"));
    let diff = kept.program(&["diff", "1", "2"]).args(&["--control", "storage.versioning"]).run();
    assert!(diff.out.contains("3 days since") && !diff.out.contains(" 0 days"), "{}", diff.out);
    assert!(!kept.program(&["diff", "2", "2"]).run().out.contains(" 0 days"));
    let finding = kept.history(&["show", "2", "--format", "json"]).json();
    let fresh = finding["changes"].as_array().unwrap().iter();
    let fresh =
        fresh.filter(|change| change["name"] == "bucket-000003" && change["after"] == "fail");
    let id = text(&fresh.clone().next().expect("it fails")["finding"]);
    let shown = kept.history(&["show", "--finding", id]).out;
    assert!(shown.contains("for less than a day"), "{shown}");
}

#[test]
fn a_run_is_accepted_wherever_a_snapshot_is() {
    let kept = TestHistory::new();
    let (one, other) = (kept.file("1.json"), kept.file("2.json.zst"));
    snapshot(&one, ACCOUNT, 0, 9);
    snapshot(&other, ACCOUNT, 1, 9);
    for file in [&one, &other] {
        assert_eq!(kept.add(file).code, 0);
    }
    let exception = "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"*-000000\"\nowner = \"a\"\n\
                     reason = \"b\"\nexpires = 2099-12-31\n";
    let run = |arguments: &[&str]| {
        kept.program(arguments)
            .args(&["--history-snapshots", &kept.snapshots])
            .file("posture.toml", exception)
            .file("patch.toml", "[[fact]]\nname = \"bucket.versioning\"\nvalue = true\n")
            .run()
    };
    let control = ["--control", "storage.versioning"];
    let same = |by_run: &[&str], by_file: &[&str]| {
        let (by_run, by_file) = (run(by_run), run(by_file));
        assert_eq!((by_run.code, &by_run.out), (by_file.code, &by_file.out), "{}", by_run.err);
        assert!(!by_run.out.is_empty());
        by_run
    };
    same(&["check", "1", "--format", "csv"], &["check", &one, "--format", "csv"]);
    same(&["report", "last", "--format", "csv"], &["report", &other, "--format", "csv"]);
    same(&["check", "1", "--what-if", "patch.toml"], &["check", &one, "--what-if", "patch.toml"]);
    same(&["exceptions", "check", "last"], &["exceptions", "check", &other]);
    same(&["exceptions", "check", "1"], &["exceptions", "check", &one]);
    let change = same(
        &[&["diff", "1", "last"][..], &control].concat(),
        &[&["diff", "1", &other][..], &control].concat(),
    );
    assert_eq!(change.code, 10);
    let baseline = |file: &str, known: &str| {
        let arguments = ["check", file, "--baseline", known, "--allow-unknown", "100%"];
        run(&[&arguments[..], &control].concat()).code
    };
    assert_eq!((baseline(&one, "1"), baseline("1", &one), baseline(&other, "1")), (0, 0, 10));
    // The bytes of the snapshot are those that were kept, whichever way it was named.
    for (number, file, name) in
        [("1", &one, "snapshot.json"), ("last", &other, "snapshot.json.zst")]
    {
        let folder = kept.file(&format!("evidence-{number}"));
        let made = run(&["bundle", number, &folder]);
        assert_eq!(made.code, 0, "{}", made.err);
        let bytes = std::fs::read(Path::new(&folder).join(name)).unwrap();
        assert_eq!(bytes, std::fs::read(file).unwrap());
        assert_eq!(Program::new().args(&["verify", &folder]).run().code, 0);
    }
    let findings = run(&[&["check", "last", "--format", "json"][..], &control].concat()).json();
    let mut findings = findings["findings"].as_array().unwrap().iter();
    let failing = findings.find(|f| f["outcome"] == "fail" && f["exception"].is_null()).unwrap();
    let add = ["exceptions", "add", text(&failing["id"]), "--snapshot", "last", "--owner", "a"];
    let added = run(&[&add[..], &["--reason", "b", "--expires", "2099-12-31"]].concat());
    assert_eq!(added.code, 0, "{}", added.err);
    // What is neither is distinguished from what is not there.
    let none = |arguments: &[&str]| {
        let run = run(arguments);
        (run.code, run.err)
    };
    for arguments in [
        &["check", "lsat"][..],
        &["bundle", "lsat", "evidence"],
        &["exceptions", "check", "lsat"],
        &["diff", "lsat", "1"],
        &["check", "1", "--baseline", "lsat"],
    ] {
        let (code, err) = none(arguments);
        assert!(code == 1 && err.contains("its number or `last`"), "{arguments:?}: {err}");
    }
    for arguments in [&["check", "9"][..], &["bundle", "9", "evidence"], &["diff", "1", "9"]] {
        let (code, err) = none(arguments);
        assert!(code == 2 && err.contains("there is no run 9"), "{arguments:?}: {err}");
    }
    let without = Program::new().args(&["bundle", "last", "evidence"]).run();
    assert!(without.code == 2 && without.err.contains("--history"), "{}", without.err);
}

#[test]
fn the_last_run_as_a_baseline_is_the_one_before_the_audit() {
    let kept = TestHistory::new();
    let audit = |world: &Value, more: &[&str]| {
        let history = ["--history", &kept.store, "--history-snapshots", &kept.snapshots];
        let simulated = Simulated::serve(world);
        let arguments = ["--control", "storage.versioning"];
        simulated.program(ACCOUNT, &arguments).args(&history).args(more).run()
    };
    let baseline = ["--baseline", "last"];
    let mut worse = world();
    worse["accounts"][0]["buckets"][1]["versioning"] = json!("Suspended");
    let none = audit(&world(), &baseline);
    assert!(none.code == 2 && !none.err.contains("recorded as"), "{}", none.err);
    let first = audit(&world(), &[]);
    assert_eq!(first.code, 0, "{}", first.err);
    let fresh = audit(&worse, &baseline);
    assert!(fresh.code == 10 && fresh.err.contains("recorded as run 2"), "{}", fresh.err);
    let known = audit(&worse, &baseline);
    assert_eq!(known.code, 0, "{}", known.err);
}

#[test]
fn what_is_in_a_region_that_was_left_out_is_neither_fixed_nor_gone() {
    let kept = TestHistory::new();
    let mut world = world();
    // In eu-west-1.
    world["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    let simulated = Simulated::serve(&world);
    let audit = |more: &[&str]| {
        let history = ["--history", &kept.store, "--history-snapshots", &kept.snapshots];
        simulated.program(ACCOUNT, &["--control", "storage"]).args(&history).args(more).run()
    };
    audit(&[]);
    audit(&["--exclude-region", "eu-west-1"]);
    assert_eq!(kept.runs()[1]["fail-no-more"], 0);
    // By results and by what was read.
    for snapshots in [&[][..], &["--history-snapshots", &kept.snapshots]] {
        let diff = kept.program(&["diff", "1", "2", "--format", "json"]).args(snapshots).run();
        let document = diff.json();
        let changes = document["changes"].as_array().unwrap();
        assert!(!changes.is_empty());
        for change in changes {
            assert_eq!(change["cause"], "region-left-out", "{change}");
        }
        assert_eq!(diff.code, 11, "it is lost, and not better");
    }
}

#[test]
fn reports_can_be_compared_as_snapshots_can() {
    let kept = TestHistory::new();
    let (one, other) = (kept.file("1.json"), kept.file("2.json"));
    snapshot(&one, ACCOUNT, 0, 9);
    snapshot(&other, ACCOUNT, 1, 9);
    let control = ["--control", "storage.versioning"];
    let report = |file: &str| {
        let path = format!("{file}.report.json");
        Program::new().args(&["check", file, "--output", &path]).args(&control).run();
        path
    };
    let diff = |before: &str, after: &str| {
        Program::new().args(&["diff", before, after]).args(&control).run()
    };
    let (compared, judged) = (diff(&report(&one), &report(&other)), diff(&one, &other));
    assert_eq!(compared.code, 10, "{}{}", compared.out, compared.err);
    assert!(judged.out.contains("bucket.versioning: false → true"), "{}", judged.out);
    assert!(
        compared.out.contains("versioning is") || compared.out.contains("versioning was"),
        "{}",
        compared.out
    );
    let sum = |run: &Run| run.out.lines().last().unwrap().to_owned();
    assert_eq!(sum(&compared), sum(&judged));
    // A baseline, too, may be a report: everything that fails is known, so that only what is unknown counts.
    let baseline = format!("{one}.report.json");
    let known = Program::new().args(&["check", &one, "--baseline", &baseline]).args(&control).run();
    assert_eq!(known.code, 11, "{}", known.err);
    let fresh =
        Program::new().args(&["check", &other, "--baseline", &baseline]).args(&control).run();
    assert_eq!(fresh.code, 10, "{}", fresh.err);
    // A run of no history, and a file that is neither.
    let none = diff("7", &one);
    assert_eq!(none.code, 2, "{}", none.err);
    std::fs::write(kept.file("x.json"), "{}").unwrap();
    let wrong = diff(&kept.file("x.json"), &one);
    assert!(wrong.code == 1 && wrong.err.contains("reports with --format json"), "{}", wrong.err);
}

#[test]
fn a_run_that_is_killed_leaves_a_history_that_is_whole() {
    let kept = TestHistory::new();
    let files: Vec<String> = (0..2)
        .map(|minute| {
            let path = kept.file(&format!("{minute}.json.zst"));
            snapshot(&path, ACCOUNT, minute, 10_000);
            path
        })
        .collect();
    let add = |kept: &TestHistory, file: &str| {
        kept.program(&["history", "add", file, "--control", "storage.versioning"])
    };
    assert_eq!(add(&kept, &files[0]).run().code, 0);
    let before = kept.history(&["show", "1", "--format", "json"]).json();
    // Before it did anything, when its transaction began, and when that grew out of memory into the file.
    let size = |path: &str| std::fs::metadata(path).map_or(0, |found| found.len());
    let (journal, small) = (format!("{}-journal", kept.store), size(&kept.store));
    let reached: [&dyn Fn() -> bool; 3] =
        [&|| true, &|| size(&journal) > 0, &|| size(&kept.store) > small];
    let mut recorded = 1;
    for reached in reached {
        let mut running = add(&kept, &files[1]).start();
        while !reached() && !running.has_ended() {
            std::thread::sleep(Duration::from_millis(1));
        }
        running.kill();
        let runs = kept.runs();
        assert!(runs.len() == 1 || runs.len() == 2, "{}", runs.len());
        assert_eq!(kept.history(&["show", "1", "--format", "json"]).json(), before);
        recorded = runs.len();
        if recorded == 2 {
            break;
        }
    }
    if recorded == 1 {
        let next = add(&kept, &files[1]).run();
        assert_eq!(next.code, 0, "{}", next.err);
    }
    let whole = TestHistory::new();
    for file in &files {
        assert_eq!(add(&whole, file).run().code, 0);
    }
    let shown = |kept: &TestHistory| {
        let mut run = kept.history(&["show", "2", "--format", "json"]).json();
        run["snapshot"] = Value::Null;
        run
    };
    assert_eq!(shown(&kept), shown(&whole));
}

#[test]
fn an_audit_that_is_killed_is_not_in_the_history() {
    let kept = TestHistory::new();
    let mut slow = world();
    slow["latency"] = json!({ "ms": 3_600_000 });
    let simulated = Simulated::serve(&slow);
    let program = |simulated: &Simulated| {
        simulated
            .program(ACCOUNT, &["--history", &kept.store, "--history-snapshots", &kept.snapshots])
    };
    let running = program(&simulated).start();
    simulated.wait_for(1);
    running.kill();
    assert!(kept.runs().is_empty());
    let simulated = Simulated::serve(&world());
    let run = program(&simulated).run();
    assert!(run.err.contains("recorded as run 1"), "{}", run.err);
    assert_eq!(kept.runs().len(), 1);
    // What the killed one had kept meanwhile is not taken for a snapshot.
    assert_eq!(std::fs::read_dir(&kept.snapshots).unwrap().count(), 1);
}

#[test]
fn two_processes_share_one_file() {
    let kept = TestHistory::new();
    let accounts = ["111111111111", "222222222222", "333333333333", "444444444444"];
    for account in accounts {
        for minute in 0..3 {
            snapshot(&kept.file(&format!("{account}-{minute}.json")), account, minute, 300);
        }
    }
    let running: Vec<_> = accounts
        .iter()
        .map(|account| {
            let files: Vec<String> =
                (0..3).map(|minute| kept.file(&format!("{account}-{minute}.json"))).collect();
            let files: Vec<&str> = files.iter().map(String::as_str).collect();
            kept.program(&["history", "add"]).args(&files).start()
        })
        .collect();
    for one in running {
        let run = one.wait();
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let runs = kept.runs();
    let numbers: Vec<i64> = runs.iter().map(|run| run["run"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    // The same once more is found out.
    let again = kept.add(&kept.file("111111111111-0.json"));
    assert!(again.code == 1 && again.err.contains("at the same time or later"), "{}", again.err);
}

#[test]
fn a_full_disk_is_reported_and_leaves_what_was_there() {
    let kept = TestHistory::new();
    let disk = kept.file("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |arguments: &[&str]| {
        Command::new("mount").args(arguments).output().is_ok_and(|done| done.status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs", &disk]) {
        eprintln!("SKIPPED: no small disk can be mounted here");
        return;
    }
    struct Unmount<'d>(&'d str);
    impl Drop for Unmount<'_> {
        fn drop(&mut self) {
            let _ = Command::new("umount").arg(self.0).status();
        }
    }
    let _unmount = Unmount(&disk);
    let (small, large) = (kept.file("small.json"), kept.file("large.json"));
    snapshot(&small, ACCOUNT, 0, 3);
    snapshot(&large, ACCOUNT, 1, 3_000);
    let on_disk = TestHistory {
        store: format!("{disk}/posture.db"),
        snapshots: kept.file("snaps"),
        folder: TempDir::new().unwrap(),
    };
    assert_eq!(on_disk.add(&small).code, 0);
    let before = on_disk.runs();
    let full = on_disk.add(&large);
    assert_eq!(full.code, 1, "{}", full.err);
    assert!(
        full.err.contains("full") && full.err.contains("nothing of the run was recorded"),
        "{}",
        full.err
    );
    assert_eq!(on_disk.runs(), before);
    // The snapshot of a run that is not there is not left behind.
    assert_eq!(std::fs::read_dir(kept.file("snaps")).unwrap().count(), 1);
    // What fits is taken again.
    snapshot(&small, ACCOUNT, 2, 3);
    assert_eq!(on_disk.add(&small).code, 0);
    // An audit whose record fails has a report all the same.
    let simulated = Simulated::serve(&world());
    let run = simulated.program(ACCOUNT, &["--history", "/dev/full"]).run();
    assert_eq!(run.code, 1);
}

#[test]
fn postgres_takes_what_sqlite_takes_and_its_password_is_nowhere() {
    let Ok(url) = std::env::var("POSTURE_TEST_POSTGRES") else {
        eprintln!("SKIPPED: no PostgreSQL; `cargo xtask test` starts one");
        return;
    };
    let (user, rest) = url.strip_prefix("postgres://").unwrap().split_once(':').unwrap();
    let (password, place) = rest.split_once('@').unwrap();
    let (server, _) = place.split_once('/').unwrap();
    let bare = format!("postgres://{user}@{server}/postgres");
    let kept = TestHistory::new();
    let files: Vec<String> = (0..3)
        .map(|minute| {
            let path = kept.file(&format!("{minute}.json"));
            snapshot(&path, "999999999999", minute, 30);
            path
        })
        .collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let sqlite = kept.program(&["history", "add"]).args(&files).run();
    assert_eq!(sqlite.code, 0, "{}", sqlite.err);
    let program = |arguments: &[&str]| {
        Program::new().env("PGPASSWORD", password).args(arguments).args(&["--history", &bare]).run()
    };
    let mut add = vec!["history", "add"];
    add.extend(&files);
    let added = program(&add);
    assert_eq!(added.code, 0, "{}", added.err);
    for question in [
        &["history", "list", "--format", "json"][..],
        &["history", "trend", "--format", "json"],
        &["history", "show", "last", "--format", "json"],
    ] {
        let sqlite = kept.program(question).run();
        let postgres = program(question);
        assert_eq!(postgres.json(), sqlite.json(), "{question:?}");
    }
    // A wrong password, a server that is not there, a password where others see it.
    let wrong = Program::new()
        .env("PGPASSWORD", "canary")
        .args(&["history", "list", "--history", &bare])
        .run();
    let away = Program::new()
        .env("POSTURE_HISTORY", "postgres://u:canary@127.0.0.1:1/db")
        .args(&["history", "list"])
        .run();
    let seen = Program::new().args(&["history", "list", "--history", &url]).run();
    let file = Program::new()
        .file("posture.toml", &format!("[history]\nstore = \"{url}\"\n"))
        .args(&["history", "list"])
        .run();
    for (run, code) in [(&wrong, 1), (&away, 1), (&seen, 2), (&file, 2)] {
        assert_eq!(run.code, code, "{}", run.err);
        let all = format!("{}{}", run.out, run.err);
        assert!(!all.contains("canary") && !all.contains(password), "{all}");
    }
    let fine = Program::new().env("POSTURE_HISTORY", &url).args(&["history", "list"]).run();
    assert!(fine.code == 0 && !fine.out.contains(password), "{}", fine.err);
}

#[test]
fn snapshots_are_kept_in_a_bucket_of_s3() {
    let cloud = Cloud::empty("777777777777");
    let archive = format!("s3://{}/of/posture", cloud.add("archive").trim());
    let kept = TestHistory::new();
    let file = kept.file("one.json");
    snapshot(&file, "777777777777", 0, 9);
    let program = |arguments: &[&str]| {
        cloud
            .program()
            .env("AWS_ALLOW_HTTP", "true")
            .env("POSTURE_HISTORY", &kept.store)
            .args(arguments)
            .args(&["--history-snapshots", &archive])
            .run()
    };
    let added = program(&["history", "add", &file]);
    assert_eq!(added.code, 0, "{}", added.err);
    let from_bucket = program(&["check", "last", "--format", "json"]);
    let from_file = Program::new().args(&["check", &file, "--format", "json"]).run();
    assert_eq!(from_bucket.json(), from_file.json());
    // A missing bucket is reported, and nothing is recorded.
    snapshot(&file, "777777777777", 1, 9);
    let none = cloud
        .program()
        .env("AWS_ALLOW_HTTP", "true")
        .env("POSTURE_HISTORY", &kept.store)
        .args(&["history", "add", &file, "--history-snapshots", "s3://nowhere"])
        .run();
    assert_eq!(none.code, 1, "{}", none.err);
    assert!(!none.err.contains("canary-secret-key"), "{}", none.err);
    assert_eq!(kept.runs().len(), 1);
    let pruned = program(&["history", "prune", "--keep-snapshots", "0"]);
    assert_eq!(pruned.code, 0, "{}", pruned.err);
    let gone = program(&["check", "last"]);
    assert!(gone.err.contains("the snapshot of run 1 was not kept"), "{}", gone.err);
}

#[test]
fn what_is_wrong_is_reported() {
    let kept = TestHistory::new();
    let none = Program::new().args(&["history", "list"]).run();
    assert!(none.code == 2 && none.err.contains("store = \"posture.db\""), "{}", none.err);
    let absent = kept.history(&["list"]);
    assert!(absent.code == 2 && absent.err.contains("there is no history at"), "{}", absent.err);
    assert!(!Path::new(&kept.store).exists());
    let file = kept.file("one.json");
    snapshot(&file, ACCOUNT, 0, 3);
    assert_eq!(kept.add(&file).code, 0);
    for (arguments, words) in [
        (&["show", "9"][..], "there is no run 9"),
        (&["show", "x"], "`x` is not a run"),
        (&["show", "--finding", "zz"], "`zz` is too short for a finding ID"),
        (&["show", "--requirement", "csf", "PR.AA-5"], "did you mean"),
        (&["prune"], "nothing sets what to keep"),
        (&["trend", "--framework", "cfs"], "unknown framework `cfs`"),
    ] {
        let run = kept.history(arguments);
        assert!(run.code == 2 && run.err.contains(words), "{arguments:?}: {}", run.err);
    }
    // A demonstration does not go among real runs, unless requested.
    let demo = kept.program(&["demo", "--format", "csv"]).run();
    assert!(!demo.err.contains("recorded"), "{}", demo.err);
    assert_eq!(kept.runs().len(), 1);
}
