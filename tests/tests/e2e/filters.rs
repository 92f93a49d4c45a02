//! Which findings a report shows, and which controls a name selects.

use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::sim_aws::Simulated;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

fn check(arguments: &[&str]) -> Run {
    Program::new().env("COLUMNS", "80").args(&["check", EXAMPLE]).args(arguments).run()
}

fn findings(run: &Run) -> Vec<Value> {
    run.json()["findings"].as_array().unwrap().clone()
}

fn states(run: &Run) -> Vec<Value> {
    let report = run.json();
    let frameworks = report["frameworks"].as_array().unwrap().clone();
    frameworks.into_iter().map(|framework| framework["requirements"].clone()).collect()
}

#[test]
fn a_filter_narrows_what_is_listed_and_nothing_that_is_decided() {
    let whole = check(&["--format", "json"]);
    let all = findings(&whole).len();
    for (filter, is_it) in [
        (&["--status", "fail,unknown"][..], (|f| f["outcome"] != "pass") as fn(&Value) -> bool),
        (&["--status", "pass"], |f| f["outcome"] == "pass"),
        (&["--service", "kms"], |f| f["kind"] == "key" || f["control"] != "storage.versioning"),
        (&["--resource", "*website*"], |f| {
            let of = |part: &str| f["resource"][part].as_str().unwrap().contains("website");
            of("id") || of("name")
        }),
        (&["--account", "123456789012"], |f| f["scope"] == "123456789012"),
    ] {
        let run = check(&[filter, &["--format", "json"]].concat());
        // The exit code is that of everything that was audited.
        assert_eq!(run.code, whole.code, "{filter:?}");
        let kept = findings(&run);
        assert!(!kept.is_empty() && kept.len() < all, "{filter:?}: {} of {all}", kept.len());
        assert!(kept.iter().all(is_it), "{filter:?}");
        assert_eq!(states(&run), states(&whole), "{filter:?}");
    }
    let verdict = |run: &Run| run.out.lines().last().unwrap().to_owned();
    let whole = check(&[]);
    let clean = check(&["--status", "pass"]);
    assert_eq!(verdict(&clean), verdict(&whole));
    assert!(clean.out.contains("Filtered by --status pass:"), "{}", clean.out);
    assert!(clean.out.lines().count() <= 23, "{}", clean.out);
    assert_eq!(verdict(&check(&["--resource", "none", "--quiet"])), verdict(&whole));
    // The command that shows the rest keeps the filter.
    let spaced = ["check", EXAMPLE, "--resource", "a b"];
    let spaced = Program::new().env("COLUMNS", "200").args(&spaced).run();
    assert!(spaced.out.contains("No finding matches the filter."), "{}", spaced.out);
    assert!(spaced.out.contains("--resource 'a b' --details"), "{}", spaced.out);
}

#[test]
fn what_a_format_cannot_hold_is_reported_beside_it() {
    for (format, note) in [
        ("csv", "note: csv: Filtered by --service s3:"),
        ("asff", "note: asff: Filtered by --service s3:"),
        ("csv-requirements", "note: csv-requirements: not filtered: it covers everything"),
    ] {
        let run = check(&["--service", "s3", "--quiet", "--format", format]);
        assert!(run.err.contains(note), "{format}: {}", run.err);
    }
    let requirements = ["--format", "csv-requirements"];
    assert_eq!(
        check(&requirements).out,
        check(&[&requirements[..], &["--status", "pass"]].concat()).out
    );
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_read() {
    for (arguments, message) in [
        (&["--service", "guarduty"][..], "unknown service `guarduty`"),
        (&["--status", "open"], "expected fail, unknown, excepted, pass or not-applicable"),
        (&["--tag", "=x"], "expected a key, or KEY=VALUE"),
        (&["--what-if", "p.toml", "--status", "fail"], "cannot be used with"),
    ] {
        let run = Program::new().args(&["check", "absent.json"]).args(arguments).run();
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
    }
}

/// Tags are read where they are asked for, and not kept by a report that does not need them.
#[test]
fn an_audit_reads_the_tags_that_it_filters_by() {
    const ACCOUNT: &str = "111111111111";
    let cloud = Simulated::serve(&json!({ "accounts": [{
        "id": ACCOUNT, "regions": { "us-east-1": "ENABLED_BY_DEFAULT" }, "standalone": true,
        "keys": [
            { "KeyId": "key-web", "Tags": { "team": "web" } },
            { "KeyId": "key-data", "Tags": { "team": "data" } },
        ],
    }] }));
    let audit = |filter: &[&str]| {
        let asked = cloud.requests().len();
        let arguments = [&["--control", "keys.rotation"], filter].concat();
        let run = cloud.program(ACCOUNT, &arguments).run();
        let report = run.json();
        let names: Vec<String> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["resource"]["name"].as_str().unwrap().to_owned())
            .collect();
        let tags =
            cloud.requests().iter().skip(asked).any(|one| one.action == "kms:ListResourceTags");
        (names, tags)
    };
    let both = vec!["key-data".to_owned(), "key-web".to_owned()];
    assert_eq!(audit(&[]), (both.clone(), false));
    assert_eq!(audit(&["--tag", "team=web"]), (vec!["key-web".to_owned()], true));
    assert_eq!(audit(&["--tag", "team"]), (both, true));
    assert_eq!(audit(&["--tag", "owner"]), (Vec::new(), true));
}

#[test]
fn tags_that_were_not_read_hide_and_are_counted() {
    let run = check(&["--tag", "team", "--control", "keys.rotation", "--format", "json"]);
    let filter = run.json()["filter"].clone();
    let unread = filter["tags-unread"].as_u64().unwrap();
    assert!(unread > 0, "{filter}");
    let run = check(&["--tag", "team", "--control", "keys.rotation"]);
    assert!(run.out.contains("because the tags of their"), "{}", run.out);
}

#[test]
fn a_control_is_named_by_a_requirement_or_a_service() {
    let controls = |name: &str| {
        let run = check(&["--control", name, "--format", "json"]);
        let controls = run.json()["controls"].as_array().unwrap().clone();
        controls
            .iter()
            .map(|control| control["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(controls("S3.1"), ["storage.account-public-access-block"]);
    assert_eq!(controls("fsbp:S3.1"), controls("S3.1"));
    assert_eq!(controls("cis-aws 2.4"), controls("cis-aws:2.4"));
    assert!(controls("kms").contains(&"keys.rotation".to_owned()));
    for (name, message) in [
        ("2.1.1", "use `cis-aws-7.0:2.1.1` or `cis-azure-6.0:2.1.1`"),
        ("csf:GV.OC-01", "no control is mapped to csf-2.0:GV.OC-01"),
        ("fsbp:S3.99", "fsbp has no requirement `fsbp:S3.99`"),
        ("guarduty", "`guardduty`"),
    ] {
        let run = check(&["--control", name]);
        assert_eq!(run.code, 2, "{name}: {}", run.out);
        assert!(run.err.contains(message), "{name}: {}", run.err);
    }
    let config = "[audit]\ncontrols = [\"S3.1\"]\nexclude-controls = [\"2.1.1\"]\n";
    let run = Program::new().file("posture.toml", config).args(&["check", EXAMPLE]).run();
    assert_eq!(run.code, 2);
    assert!(run.err.contains("`2.1.1` is a requirement of several frameworks"), "{}", run.err);
    assert!(!run.err.contains("S3.1"), "{}", run.err);
}

/// A snapshot may hold more than the controls of a run read.
#[test]
fn what_could_not_be_read_is_that_of_the_selected_controls() {
    let gaps = |arguments: &[&str]| {
        let run = check(&[arguments, &["--format", "json"]].concat());
        let report = run.json();
        let scopes = report["scopes"].as_array().unwrap().clone();
        let gaps = scopes.iter().flat_map(|scope| scope["gaps"].as_array().unwrap().clone());
        gaps.map(|gap| gap["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = gaps(&[]);
    let storage = gaps(&["--control", "storage.public-access"]);
    assert!(!storage.is_empty() && storage.len() < all.len(), "{storage:?} of {all:?}");
    assert!(storage.iter().all(|action| !action.starts_with("kms:")), "{storage:?}");
    let run = check(&["--control", "keys.rotation", "-v"]);
    assert!(!run.out.contains("s3:GetBucketPolicy denied"), "{}", run.out);
}

#[test]
fn the_calls_are_those_of_the_audit() {
    let run = check(&["--all"]);
    assert!(!run.out.contains("0 read-only calls"), "{}", run.out);
    let lines = run.out.lines().filter(|line| line.contains("read-only call"));
    assert!(lines.into_iter().all(|line| line.starts_with("The audit made ")), "{}", run.out);
}

#[test]
fn the_beginning_of_a_finding_id_is_enough() {
    let failing = findings(&check(&["--status", "fail", "--format", "json"]));
    let of_resource = |finding: &&Value| finding["resource"].is_object();
    let id = failing.iter().find(of_resource).unwrap()["id"].as_str().unwrap().to_owned();
    let add = |id: &str| {
        Program::new()
            .args(&["exceptions", "add", id, "--snapshot", EXAMPLE, "--owner", "web team"])
            .args(&["--reason", "a test", "--expires", "2099-12-31"])
            .run()
    };
    assert_eq!(add(&id).code, 0);
    assert_eq!(add(&id[..8].to_uppercase()).out, add(&id).out);
    for (id, message) in
        [("abc", "too short for a finding ID"), ("zzzzzz", "there is no finding `zzzzzz`")]
    {
        let run = add(id);
        assert_eq!(run.code, 2);
        assert!(run.err.contains(message), "{}", run.err);
    }
}
