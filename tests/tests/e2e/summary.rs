//! The page for management, what changed, and the worked example of the documentation.

use std::path::Path;

use posture_tests::{Program, Run};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::history::{TestHistory, snapshot};
use crate::sim_aws::{Simulated, good};

const ACCOUNT: &str = "111111111111";
const WEEK: i64 = 7 * 1440;

/// The blocks of a kind in the worked example.
fn example(kind: &str) -> String {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/schedule.md");
    let page = std::fs::read_to_string(docs).unwrap();
    let (_, part) = page.split_once("\n## A weekly summary for management\n").unwrap();
    let (part, _) = part.split_once("\n## ").unwrap();
    let (_, block) = part.split_once(&format!("```{kind}\n")).unwrap();
    block.split_once("```").unwrap().0.to_owned()
}

fn texts(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

fn is_one_page(text: &str) {
    assert!(text.lines().count() <= 60, "{text}");
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
}

#[test]
fn the_worked_example_delivers_what_changed_since_the_last_summary() {
    let folder = TempDir::new().unwrap();
    let configuration = folder.path().join("posture.toml");
    let few = "[audit]\ncontrols = [\"storage\"]\n";
    std::fs::write(&configuration, format!("{few}{}", example("toml"))).unwrap();
    let weekly = |world: &Value| {
        let simulated = Simulated::serve(world);
        let command = ["schedule", "once", "weekly", "--config", configuration.to_str().unwrap()];
        let run = simulated.bare(ACCOUNT).args(&command).run();
        assert_eq!(run.code, 0, "{}", run.err);
    };
    let mut other = good();
    other["accounts"][0]["buckets"][1]["versioning"] = json!("Suspended");
    weekly(&other);
    let mut world = good();
    world["accounts"][0]["buckets"][2]["versioning"] = json!("Suspended");
    weekly(&world);
    // A run of another kind in between is not what the job is compared with.
    let history = folder.path().join("posture.db");
    let simulated = Simulated::serve(&good());
    simulated
        .program(ACCOUNT, &["--history", history.to_str().unwrap(), "--control", "storage"])
        .run();
    weekly(&world);
    let pages = texts(&folder.path().join("summaries"));
    let [first, second, third] = pages.as_slice() else { panic!("{pages:?}") };
    for page in &pages {
        is_one_page(page);
        assert!(page.contains(ACCOUNT) && page.contains("**FAILED: "), "{page}");
        assert!(page.contains("Full report: <https://reports.example/20"), "{page}");
    }
    assert!(first.contains("No earlier audit is known"), "{first}");
    assert!(
        second.contains("(run 1)\n1 new failure, 0 reopened, 1 fixed, 0 now unknown."),
        "{second}"
    );
    let bucket = world["accounts"][0]["buckets"][2]["name"].as_str().unwrap();
    let new = format!("- New, medium: Versioning is off or suspended: `{bucket}`\n");
    assert!(second.contains(&new), "{second}");
    assert!(
        third.contains("(run 2)\n0 new failures, 0 reopened, 0 fixed, 0 now unknown."),
        "{third}"
    );
    assert_eq!(texts(&folder.path().join("reports")).len(), 3);
}

#[test]
fn the_commands_of_the_worked_example_show_a_week() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("posture.toml"), example("toml")).unwrap();
    let run = |words: &[&str]| {
        Program::new().args(words).args(&["--config", &path("posture.toml")]).run()
    };
    // A run, one a day later, and one a week after the first that took two minutes longer.
    for (number, minute) in [1, 1440, WEEK + 3].into_iter().enumerate() {
        let file = path(&format!("{number}.json"));
        snapshot(&file, ACCOUNT, minute, 1);
        let added = run(&["history", "add", &file]);
        assert_eq!(added.code, 0, "{}", added.err);
    }
    let commands = example("sh");
    let runs: Vec<Run> = commands
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.strip_prefix("posture ").unwrap().split(' ').collect();
            run(&words)
        })
        .collect();
    let [page, diff, trend] = runs.as_slice() else { panic!("{commands}") };
    assert_eq!(
        (page.code, diff.code, trend.code),
        (0, 10, 0),
        "{}{}{}",
        page.err,
        diff.err,
        trend.err
    );
    is_one_page(&page.out);
    assert!(page.out.contains("## Changes since 2026-09-21 "), "{}", page.out);
    assert!(
        page.out.contains(" (run 1)\n") && page.out.contains("- New, medium: "),
        "{}",
        page.out
    );
    assert!(diff.out.starts_with("# Changes from 2026-09-21 "), "{}", diff.out);
    assert!(diff.out.contains("\n## Requirements\n"), "{}", diff.out);
    assert!(
        trend.out.contains("## Findings of all accounts") && trend.out.contains("3 runs"),
        "{}",
        trend.out
    );
    // Without a time it is the previous run, and a day is its beginning.
    let of = |more: &[&str]| run(&[&["report", "last", "--format", "summary"][..], more].concat());
    assert!(of(&[]).out.contains("(run 2)"), "{}", of(&[]).out);
    assert!(of(&["--since", "2026-09-22"]).out.contains("(run 1)"));
    assert!(of(&["--baseline", &path("0.json")]).out.contains("## Changes since 2026-09-21 "));
    let early = of(&["--since", "2026-01-01"]);
    assert!(early.code == 0 && early.out.contains("No earlier audit is known"), "{}", early.out);
    assert!(early.err.contains("no run before 2026-01-01 00:00 UTC"), "{}", early.err);
    let early = run(&["diff", "--since", "2026-01-01"]);
    assert!(early.code == 2 && early.err.contains("no run before 2026-01-01"), "{}", early.err);
    for wrong in
        [&["diff", "--since", "7"][..], &["diff", "1", "2", "--since", "7d"], &["diff", "1"]]
    {
        assert_eq!(run(wrong).code, 2, "{wrong:?}");
    }
    let table = run(&["report", "last", "--since", "7d"]);
    assert!(table.code == 2 && table.err.contains("--format summary"), "{}", table.err);
}

#[test]
fn a_week_of_another_account_is_not_compared_with() {
    let kept = TestHistory::new();
    let runs = [("222222222222", 0), (ACCOUNT, 1), ("222222222222", 2), (ACCOUNT, WEEK + 3)];
    for (account, minute) in runs {
        let file = kept.file(&format!("{minute}.json"));
        snapshot(&file, account, minute, 3);
        assert_eq!(kept.add(&file).code, 0);
    }
    let diff = kept.program(&["diff", "--since", "7d", "--format", "json"]).run();
    let shared = |run: &Run| run.json()["shared-accounts"].clone();
    assert_eq!((shared(&diff), &diff.json()["before"]), (json!(1), &json!("2026-09-21T14:14:20Z")));
    // By name they share nothing: whatever fails there is not new.
    let apart = kept.program(&["diff", "3", "4", "--format", "json"]).run();
    assert_eq!((apart.code, shared(&apart)), (11, json!(0)), "{}", apart.err);
    let apart = kept.program(&["diff", "3", "4"]).run();
    assert!(apart.out.contains("The two audits read no account in common."), "{}", apart.out);
    assert!(apart.err.contains("nothing shows a change"), "{}", apart.err);
}

#[test]
fn what_is_reopened_is_called_so_everywhere() {
    let kept = TestHistory::new();
    // One bucket: it fails, passes, is unknown, and fails again; then it is unknown, and fails still.
    for minute in [0, 1, 2, 3, 5, 6] {
        let file = kept.file(&format!("{minute}.json"));
        snapshot(&file, ACCOUNT, minute, 1);
        let added = kept
            .program(&["history", "add", &file, "--control", "storage.versioning"])
            .args(&["--history-snapshots", &kept.snapshots])
            .run();
        assert_eq!(added.code, 0, "{}", added.err);
    }
    let diff = |before: &str, after: &str| {
        let run = kept.program(&["diff", before, after, "--control", "storage.versioning"]).run();
        // The sentence may take two lines.
        let words = run.out.trim_end().replace('\n', " ");
        (run.code, words, run.out)
    };
    let shown = |run: &str| kept.history(&["show", run]).out;
    for (before, after, code, sum, heading) in [
        ("1", "2", 0, "1 change: 0 new failures, 0 reopened, 1 fixed, 0 now unknown.", "Fixed (1)"),
        (
            "2",
            "3",
            11,
            "1 change: 0 new failures, 0 reopened, 0 fixed, 1 now unknown.",
            "Now unknown (1)",
        ),
        (
            "3",
            "4",
            10,
            "1 change: 0 new failures, 1 reopened, 0 fixed, 0 now unknown.",
            "Reopened (1)",
        ),
        ("5", "6", 10, "1 failing, no longer unknown.", "Failing, no longer unknown (1)"),
    ] {
        let (found, words, out) = diff(before, after);
        assert!(found == code && words.ends_with(sum), "{before} {after}: {found} {out}");
        assert!(shown(after).contains(heading), "{after}: {}", shown(after));
    }
    assert!(diff("3", "4").2.contains("unknown → fail (reopened)"), "{}", diff("3", "4").2);
    assert!(shown("1").contains("New failures (1)"), "{}", shown("1"));
    let runs = kept.runs();
    let counts = |run: &Value| {
        [&run["began-to-fail"], &run["fail-again"], &run["fail-no-more"]].map(Value::clone)
    };
    assert_eq!(counts(&runs[3]), [json!(0), json!(1), json!(0)]);
    assert_eq!(counts(&runs[5]), [json!(0), json!(0), json!(0)]);
    let json = kept.history(&["show", "4", "--format", "json"]).json();
    assert_eq!(json["changes"][0]["kind"], "reopened");
}

#[test]
fn requirements_that_changed_are_listed_where_every_control_was_run() {
    let kept = TestHistory::new();
    for minute in [0, 1] {
        let file = kept.file(&format!("{minute}.json"));
        snapshot(&file, ACCOUNT, minute, 1);
        assert_eq!(kept.add(&file).code, 0);
    }
    let (one, other) = (kept.file("0.json"), kept.file("1.json"));
    let diff = |arguments: &[&str]| {
        let run = kept.program(&["diff"]).args(arguments).args(&["--format", "json"]).run();
        run.json()["requirements"].clone()
    };
    let recorded = diff(&["1", "2"]);
    let row = |change: &Value| {
        let word = |name: &str| change[name].as_str().unwrap().to_owned();
        [word("framework"), word("id"), word("before"), word("after")]
    };
    let rows: Vec<_> = recorded.as_array().unwrap().iter().map(row).collect();
    assert!(
        rows.iter().any(|[_, _, before, after]| before == "not-met" && after != "not-met"),
        "{rows:?}"
    );
    // What was judged is what was recorded, and what a JSON report holds.
    assert_eq!(diff(&[&one, &other]), recorded);
    let reports = [&one, &other].map(|file| {
        let path = format!("{file}.report.json");
        Program::new().args(&["report", file, "--output", &path]).run();
        path
    });
    assert_eq!(diff(&[&reports[0], &reports[1]]), recorded);
    // Of some controls only, a requirement would be judged by less than all.
    assert_eq!(diff(&["1", "2", "--control", "storage.versioning"]), json!([]));
    let table = kept.program(&["diff", "1", "2"]).run().out;
    let [framework, id, ..] = &rows[0];
    assert!(table.contains(&format!("\n{framework}\n  {id}")), "{table}");
    assert!(table.contains("with another state"), "{table}");
}
