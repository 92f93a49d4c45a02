//! Every place in which a run is counted gives the same numbers.

use std::collections::BTreeSet;

use posture_tests::Program;
use serde_json::{Value, json};

use crate::schedule::{Estate, Hook, Post, job};
use crate::sim_aws::{Simulated, good};

const ACCOUNT: &str = "111111111111";
const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-south-1"];

/// An account in which encryption keys cannot be listed in any of three regions.
fn incomplete() -> Value {
    let mut world = good();
    let regions = REGIONS.map(|region| (region.to_owned(), json!("ENABLED_BY_DEFAULT")));
    world["accounts"][0]["regions"] = Value::Object(regions.into_iter().collect());
    world["faults"] = json!([{ "action": "kms:ListKeys", "fault": "denied" }]);
    world
}

/// The number before a word.
fn before<'t>(text: &'t str, word: &str) -> &'t str {
    let (head, _) = text.split_once(word).unwrap_or_else(|| panic!("no {word:?} in {text}"));
    head.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap()
}

#[test]
fn a_list_that_is_incomplete_in_three_regions_is_counted_alike_everywhere() {
    let estate = Estate::new(&incomplete());
    let (hook, slack, post) = (Hook::start(&[]), Hook::start(&[]), Post::start());
    std::fs::write(estate.path("password"), "canary-of-the-mail").unwrap();
    let mut deliveries = String::new();
    for (hook, more) in [(&hook, ""), (&slack, "slack = true\n")] {
        let url = &hook.url;
        deliveries
            .push_str(&format!("[[job.deliver]]\nwebhook = \"{url}\"\nprivate = true\n{more}"));
    }
    for name in ["report.json", "report.csv", "report.sarif"] {
        deliveries.push_str(&format!("[[job.deliver]]\nfile = \"{name}\"\n"));
    }
    deliveries.push_str("[[job.deliver]]\nmail = [\"team@example.com\"]\n");
    let mail = post.settings(&post.authorities());
    let metrics = "[metrics]\nfile = \"posture.prom\"\n";
    estate.configure_for("keys", &format!("{mail}{metrics}{}", job("nightly", &deliveries)));
    let run = estate.once(&["--due"]);
    assert_eq!(run.code, 0, "{}", run.err);

    let report: Value =
        serde_json::from_str(&std::fs::read_to_string(estate.path("report.json")).unwrap())
            .unwrap();
    let findings = report["findings"].as_array().unwrap();
    let ids: BTreeSet<&str> = findings.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), findings.len(), "two findings share an ID");
    let unknown: Vec<&Value> = findings.iter().filter(|one| one["outcome"] == "unknown").collect();
    let places: BTreeSet<&str> =
        unknown.iter().filter_map(|one| one["gap"]["region"].as_str()).collect();
    assert_eq!(places, BTreeSet::from(REGIONS));
    let count = unknown.len();
    assert!(count > REGIONS.len() && count.is_multiple_of(REGIONS.len()), "{count}");

    let csv = std::fs::read_to_string(estate.path("report.csv")).unwrap();
    let mut rows = csv.lines().filter(|line| line.contains(",unknown,"));
    assert_eq!(rows.clone().count(), count, "{csv}");
    assert!(rows.all(|row| REGIONS.iter().any(|region| row.contains(region))), "{csv}");
    let sarif = std::fs::read_to_string(estate.path("report.sarif")).unwrap();
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.iter().filter(|one| one["kind"] == "open").count(), count);

    let message: Value = serde_json::from_str(&hook.received()[0].body).unwrap();
    assert_eq!(message["unknown"], count, "{message}");
    let text = &slack.received()[0].body;
    assert_eq!(before(text, " unknown"), count.to_string(), "{text}");
    let letter = post.taken(1).unwrap();
    let subject = letter.lines().find(|line| line.starts_with("Subject:")).unwrap();
    assert_eq!(before(subject, " unknown"), count.to_string(), "{subject}");
    let metrics = std::fs::read_to_string(estate.path("posture.prom")).unwrap();
    let line = format!("posture_findings{{outcome=\"unknown\"}} {count}\n");
    assert!(metrics.contains(&line), "{metrics}");

    let history = estate.path("posture.db");
    for command in ["list", "trend"] {
        let arguments = ["history", command, "--format", "json", "--history", &history];
        let run = Program::new().args(&arguments).run();
        assert_eq!(run.code, 0, "{}", run.err);
        for of in ["findings", "findings-of-all"] {
            assert_eq!(run.json()["runs"][0][of]["unknown"], count, "{command}: {}", run.out);
        }
    }
    let check = Program::new().args(&["check", "last", "--history", &history]).args(&[
        "--history-snapshots",
        &estate.path("snapshots"),
        "--control",
        "keys",
    ]);
    let shown = check.run();
    let line = shown.out.lines().find(|line| line.starts_with("unknown ")).unwrap();
    assert_eq!(line.split_whitespace().next_back(), Some(count.to_string().as_str()), "{line}");

    // Each can be named, by an ID that is its own.
    let id = unknown[0]["id"].as_str().unwrap();
    let show = ["history", "show", "--finding", &id[..8], "--format", "json"];
    let shown = Program::new().args(&show).args(&["--history", &history]).run();
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert_eq!(shown.json()["finding"], id);
    assert_eq!(shown.json()["region"], unknown[0]["gap"]["region"]);
}

/// What is read again one region at a time turns from unknown to gone for that region alone.
#[test]
fn a_region_that_can_be_read_again_ends_its_own_unknowns_only() {
    let folder = tempfile::TempDir::new().unwrap();
    let history = folder.path().join("posture.db");
    let history = history.to_str().unwrap();
    let audit = |world: &Value| {
        let run = Simulated::serve(world)
            .program(ACCOUNT, &["--control", "keys.rotation", "--history", history])
            .run();
        assert!(run.err.contains("recorded as run"), "{}", run.err);
        run
    };
    let mut world = incomplete();
    let unknown = |run: &posture_tests::Run| {
        let findings = run.findings("keys.rotation");
        findings.iter().filter(|finding| finding.outcome == "unknown").count()
    };
    assert_eq!(unknown(&audit(&world)), 3);
    world["faults"][0]["region"] = json!("eu-west-1");
    assert_eq!(unknown(&audit(&world)), 1);
    let list = Program::new()
        .args(&["history", "list", "--format", "json", "--history", history])
        .run()
        .json();
    let counts: Vec<&Value> = list["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["findings-of-all"]["unknown"])
        .collect();
    assert_eq!(counts, [3, 1]);
}

/// What the terminal, the page and the logs count as not read is the same number.
#[test]
fn what_could_not_be_read_is_counted_alike_everywhere() {
    let run = Program::new()
        .args(&["demo", "--format", "table", "--format", "html", "--format", "markdown"])
        .args(&["--output", "report.txt", "--output", "report.html", "--output", "report.md"])
        .args(&["--log-level", "info", "--log-format", "json"])
        .run();
    assert_eq!(run.code, 10, "{}", run.err);
    let read = |name: &str| std::fs::read_to_string(run.path(name)).unwrap();
    let page = read("report.html");
    let count: usize = before(&page, " things could not be read, as").parse().unwrap();
    assert!(count > 1, "{count}");
    assert_eq!(before(&page, " things could not be read. Each"), count.to_string());
    let screen = Program::new().args(&["demo", "-v", "--details"]).run().out;
    let (_, list) = screen.split_once("What could not be read\n").unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    assert_eq!(lines.filter(|line| !line.starts_with("    ")).count(), count, "{list}");
    let short = Program::new().args(&["demo"]).run().out;
    let line = short.lines().find(|line| line.starts_with("Could not read")).unwrap();
    assert_eq!(before(line, " more: -v"), (count - 1).to_string(), "{line}");
    let markdown = read("report.md");
    let (_, table) = markdown.split_once("## What could not be read").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap_or((table, ""));
    assert_eq!(table.lines().filter(|line| line.starts_with("| ")).count(), count + 2, "{table}");
    let logged = run.err.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let unread: u64 = logged.filter_map(|line| find(&line, "unread")).sum();
    assert_eq!(unread, count as u64, "{}", run.err);
}

/// A number of a line of the log, wherever the format has it.
fn find(line: &Value, name: &str) -> Option<u64> {
    match line {
        Value::Object(fields) => fields
            .get(name)
            .and_then(Value::as_u64)
            .or_else(|| fields.values().find_map(|value| find(value, name))),
        _ => None,
    }
}

#[test]
fn a_command_that_writes_files_names_them_and_the_verdict() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let check = ["check", example, "--output", "a.html", "--output", "b.csv"];
    let piped = Program::new().args(&check).run();
    assert_eq!(piped.out, "");
    assert!(piped.err.contains("wrote `a.html`\nwrote `b.csv`\n"), "{}", piped.err);
    let shown = Program::new().args(&check).on_terminal(80, 24);
    assert!(shown.out.contains("wrote `b.csv`"), "{}", shown.out);
    let verdict = console::strip_ansi_codes(shown.out.lines().last().unwrap()).into_owned();
    assert!(verdict.starts_with("FAILED: "), "{}", shown.out);
    let quiet = Program::new().args(&check).args(&["--quiet"]).on_terminal(80, 24);
    assert!(!quiet.out.contains("wrote"), "{}", quiet.out);
    assert_eq!(quiet.out.lines().filter(|line| line.contains("FAILED: ")).count(), 1);
}

#[test]
fn the_demo_is_the_same_in_every_folder() {
    let plain = Program::new().args(&["demo", "--quiet"]).run();
    let config = "[audit]\nseverity = \"critical\"\nfail-on = \"never\"\n\
        [[exception]]\ncontrol = \"storage\"\nscope = \"*a*\"\nowner = \"a\"\nreason = \"b\"\nexpires = 2099-01-01\n";
    let beside = Program::new().file("posture.toml", config).args(&["demo", "--quiet"]).run();
    assert_eq!((beside.code, &beside.out), (plain.code, &plain.out), "{}", beside.err);
    // One that was named for it applies.
    let named = Program::new()
        .file("other.toml", "[audit]\nseverity = \"critical\"\n")
        .args(&["demo", "--quiet", "--config", "other.toml"])
        .run();
    assert_ne!(named.out, plain.out);
}

#[test]
fn the_hint_repeats_what_was_typed() {
    let simulated = Simulated::serve(&good());
    let run = |arguments: &[&str]| {
        simulated.bare(ACCOUNT).env("COLUMNS", "160").args(&["audit", "aws"]).args(arguments).run()
    };
    let next = |arguments: &[&str]| {
        let run = run(arguments);
        let line = run.out.lines().find(|line| line.starts_with("Next: ")).map(str::to_owned);
        line.unwrap_or_else(|| panic!("{}{}", run.out, run.err))
    };
    let line = next(&["--control", "storage", "--region", "us-east-1", "--color", "never"]);
    assert!(
        line.contains("posture audit aws --region us-east-1 --control storage --details"),
        "{line}"
    );
    // Options of the screen do not hide what is to be typed.
    let line = next(&["--color", "never", "--no-history"]);
    assert!(line.contains("posture audit aws --details"), "{line}");
    // An external ID is not repeated.
    let line = next(&["--control", "storage", "--external-id", "canary-of-the-trust"]);
    assert!(line.contains("the same command with --details") && !line.contains("canary"), "{line}");
}
