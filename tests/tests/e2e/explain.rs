//! What a person asks of a control, a finding, a framework or a fact.

use posture_tests::{Program, Run};
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

fn run(arguments: &[&str]) -> Run {
    Program::new().args(arguments).run()
}

fn json(arguments: &[&str]) -> Value {
    let run = run(arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn to_render_is_not_to_judge() {
    let check = run(&["check", EXAMPLE, "--format", "csv"]);
    let report = run(&["report", EXAMPLE, "--format", "csv"]);
    assert_eq!((check.code, report.code), (10, 0), "{}", report.err);
    assert_eq!(check.out, report.out);
    let refused = run(&["report", EXAMPLE, "--fail-on", "high"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("`posture check` exits with a code"), "{}", refused.err);
    let help = run(&["report", "--help"]);
    assert!(help.out.contains("--format") && !help.out.contains("--fail-on"), "{}", help.out);
}

#[test]
fn a_suggestion_is_printed_once() {
    let framework = run(&["controls", "list", "--framework", "mcbs"]);
    assert!(framework.err.contains("did you mean `mcsb-1`?"), "{}", framework.err);
    let text = "[audit]\ncontrols = ['storge']\nexclude-controls = ['storge']\n";
    let configuration = Program::new().file("posture.toml", text).args(&["check", EXAMPLE]).run();
    assert_eq!(configuration.code, 2);
    assert_eq!(configuration.err.matches("unknown control `storge`").count(), 2);
    assert_eq!(configuration.err.matches("did you mean").count(), 1, "{}", configuration.err);
}

#[test]
fn the_names_of_products_find_controls() {
    for (words, id) in [
        (vec!["guardduty"], "detection.threat-detector"),
        (vec!["s3"], "storage.public-access"),
        (vec!["PIM"], "identity.standing-administrators"),
        (vec!["conditional", "access"], "identity.mfa-for-administrators"),
        (vec!["access analyzer"], "identity.external-access-analyzer"),
        (vec!["S3.2"], "storage.public-access"),
    ] {
        let found = run(&[&["controls", "search"], words.as_slice()].concat());
        assert_eq!(found.code, 0, "{words:?}: {}", found.err);
        assert!(found.out.lines().any(|line| line.starts_with(id)), "{words:?}: {}", found.out);
    }
    let typo = run(&["controls", "search", "gardduty"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("did you mean `GuardDuty`?"), "{}", typo.err);
}

#[test]
fn controls_are_listed_as_data_and_narrowed() {
    let all = json(&["controls", "list", "--format", "json"]);
    let all = all["controls"].as_array().unwrap();
    let narrowed = json(&[
        "controls",
        "list",
        "--severity",
        "high",
        "--provider",
        "azure",
        "--service",
        "keyvault",
        "--framework",
        "mcsb",
        "--format",
        "json",
    ]);
    let narrowed = narrowed["controls"].as_array().unwrap();
    assert!(!narrowed.is_empty() && narrowed.len() < all.len());
    for control in narrowed {
        let has = |name: &str, value: &str| {
            control[name].as_array().unwrap().iter().any(|one| one == value)
        };
        assert!(has("providers", "azure") && has("services", "keyvault"), "{control}");
        assert!(["high", "critical"].contains(&control["severity"].as_str().unwrap()));
        let rows = control["requirements"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["framework"] == "mcsb-1"), "{control}");
        assert!(!control["finding"].as_str().unwrap().is_empty());
    }
    let csv = run(&["controls", "search", "guardduty", "--format", "csv"]);
    assert!(csv.out.starts_with("control,severity,title,finding,"), "{}", csv.out);
    let nothing = run(&["controls", "list", "--service", "guardduty", "--provider", "azure"]);
    assert_eq!(nothing.code, 2, "{}", nothing.out);
    let typo = run(&["controls", "list", "--service", "guarduty"]);
    assert!(typo.err.contains("did you mean `guardduty`"), "{}", typo.err);
}

#[test]
fn frameworks_are_data_with_the_day_of_their_source() {
    let all = json(&["frameworks", "--format", "json"]);
    let all = all["frameworks"].as_array().unwrap();
    assert!(all.len() > 5);
    for framework in all {
        let day = framework["as-of"].as_str().unwrap();
        assert_eq!(day.len(), "2026-11-29".len(), "{framework}");
        let id = framework["id"].as_str().unwrap();
        let one = json(&["frameworks", "show", id, "--format", "json"]);
        assert_eq!(&one["framework"], framework);
        let rows = one["requirements"].as_array().unwrap();
        let count = |count: usize| serde_json::json!(count);
        assert_eq!(framework["requirements"]["total"], count(rows.len()));
        let numbers = &framework["requirements"];
        // What is on a node has at most supporting evidence, and does not count.
        let rows = rows.iter().filter(|row| row["class"] != "node");
        let mapped = rows.filter(|row| !row["controls"].as_array().unwrap().is_empty());
        assert_eq!(numbers["evidenced"], count(mapped.count()));
        assert!(numbers["decided"].as_u64() <= numbers["evidenced"].as_u64());
    }
}

#[test]
fn the_facts_of_a_kind_are_listed_with_the_calls_that_read_them() {
    let table = run(&["facts", "bucket"]);
    assert!(table.out.contains("bucket.versioning\n"), "{}", table.out);
    let facts = json(&["facts", "bucket.versioning", "--format", "json"]);
    let fact = &facts["facts"][0];
    assert_eq!(fact["type"], "boolean");
    assert_eq!(fact["providers"]["aws"], serde_json::json!(["s3:GetBucketVersioning"]));
    assert!(run(&["facts"]).out.contains("access-point"));
    let typo = run(&["facts", "buckets.versionin"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("did you mean `versioning`"), "{}", typo.err);
}

#[test]
fn a_control_is_explained() {
    let control = run(&["explain", "storage.public-access"]);
    assert_eq!(control.code, 0, "{}", control.err);
    for part in
        ["Storage is publicly readable", "s3:GetBucketPolicy", "aws-fsbp", "S3.2", "partial"]
    {
        assert!(control.out.contains(part), "{part}: {}", control.out);
    }
    assert_eq!(control.out, run(&["controls", "show", "storage.public-access"]).out);
    let typo = run(&["explain", "storage.public-acces"]);
    assert_eq!(typo.code, 2);
    assert!(typo.err.contains("did you mean `storage.public-access`"), "{}", typo.err);
}

/// A failure of a bucket of the example, as its report says.
fn failure() -> Value {
    let report = Program::new()
        .args(&["check", EXAMPLE, "--control", "storage.versioning", "--format", "json"])
        .run()
        .json();
    let findings = report["findings"].as_array().unwrap();
    let is_bucket = |finding: &&Value| {
        finding["outcome"] == "fail" && finding["resource"]["id"].as_str().unwrap().contains(":s3:")
    };
    findings.iter().find(is_bucket).unwrap().clone()
}

#[test]
fn a_finding_is_explained_from_a_snapshot_a_report_and_a_run() {
    let finding = failure();
    let (id, name) =
        (finding["id"].as_str().unwrap(), finding["resource"]["name"].as_str().unwrap());
    let short = &id[..8];
    let fix = format!("--bucket {name} ");

    let snapshot = run(&["explain", short, "--snapshot", EXAMPLE]);
    assert_eq!(snapshot.code, 0, "{}", snapshot.err);
    for part in [
        "Versioning is off or suspended\n",
        id,
        "versioning: versioning off or suspended; expected versioning on",
        &fix,
        &format!("posture exceptions add {id} --snapshot {EXAMPLE} --owner OWNER"),
        "posture explain storage.versioning",
    ] {
        assert!(snapshot.out.contains(part), "{part}: {}", snapshot.out);
    }

    let program = Program::new();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (report, history, kept) = (file("report.json"), file("posture.db"), file("snapshots"));
    let only = ["--control", "storage.versioning"];
    let written = program
        .args(&["check", EXAMPLE, "--format", "json", "--output", &report])
        .args(&only)
        .run();
    assert_eq!(written.code, 10, "{}", written.err);
    let from_report = run(&["explain", short, "--report", &report]);
    assert!(from_report.out.contains(&fix), "{}{}", from_report.out, from_report.err);
    assert!(from_report.out.contains("--snapshot SNAPSHOT"), "{}", from_report.out);

    let places = ["--history", &history, "--history-snapshots", &kept];
    let added = Program::new().args(&["history", "add", EXAMPLE]).args(&only).args(&places).run();
    assert_eq!(added.code, 0, "{}", added.err);
    for arguments in [vec!["explain", short], vec!["explain", short, "--run", "1"]] {
        let run = Program::new().args(&arguments).args(&places).run();
        assert_eq!(run.code, 0, "{}", run.err);
        for part in [&fix, "failing     since ", "from run 1 of the history"] {
            assert!(run.out.contains(part), "{part}: {}", run.out);
        }
    }
    let wrong = "Versioning is off or suspended (storage.versioning)";
    let shown = run(&["history", "show", "--history", &history]);
    let found = shown.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(found.contains(wrong), "{}", shown.out);
    let one = ["history", "show", "--finding", short, "--history", &history, "--format", "json"];
    assert_eq!(json(&one)["summary"], "Versioning is off or suspended");
    // Without the snapshot, what the history keeps has to do.
    let bare = Program::new().args(&["explain", short, "--history", &history]).run();
    assert_eq!(bare.code, 0, "{}", bare.err);
    assert!(bare.out.contains("versioning: versioning off or suspended"), "{}", bare.out);

    let nowhere = run(&["explain", short]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("--snapshot"), "{}", nowhere.err);
    let unknown = run(&["explain", "ffffffffffff", "--snapshot", EXAMPLE]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("has no finding `ffffffffffff`"), "{}", unknown.err);
}

#[test]
fn an_unknown_finding_says_what_could_not_be_read() {
    let report = Program::new().args(&["check", EXAMPLE, "--format", "json"]).run().json();
    let findings = report["findings"].as_array().unwrap();
    let unknown = findings.iter().find(|finding| finding["outcome"] == "unknown").unwrap();
    let (id, action) =
        (unknown["id"].as_str().unwrap(), unknown["gap"]["action"].as_str().unwrap());
    let text = run(&["explain", id, "--snapshot", EXAMPLE]);
    assert!(text.out.contains("status      unknown, "), "{}", text.out);
    assert!(text.out.contains("not read") && text.out.contains(action), "{}", text.out);
    assert!(!text.out.contains("exceptions add"), "{}", text.out);
    let data = json(&["explain", id, "--snapshot", EXAMPLE, "--format", "json"]);
    assert_eq!((&data["status"], &data["unread"]["action"]), (&"unknown".into(), &action.into()));
    assert!(data["accept"].is_null());
}
