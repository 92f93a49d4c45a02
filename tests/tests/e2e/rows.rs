//! A row of a benchmark is decided by what the row asks, whatever a threshold is set to.

use posture_tests::Program;
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

/// The report on the recorded clouds, whose users' passwords have this many characters, judged by a threshold.
fn report(length: u32, threshold: u32) -> Value {
    let mut snapshot: Value =
        serde_json::from_str(&std::fs::read_to_string(EXAMPLE).unwrap()).unwrap();
    let scopes = snapshot["scopes"].as_array_mut().unwrap();
    let scope = scopes.iter_mut().find(|scope| scope["provider"] == "aws").unwrap();
    scope["account"]["password_policy"]["known"]["minimum_length"] = length.into();
    let run = Program::new()
        .file("clouds.json", &snapshot.to_string())
        .file(
            "posture.toml",
            &format!("[control.\"identity.password-length\"]\nmin-length = {threshold}\n"),
        )
        .args(&["check", "clouds.json", "--framework", "cis-aws", "--format", "json"])
        .run();
    assert!([0, 10, 11].contains(&run.code), "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

fn row<'a>(report: &'a Value, framework: &str, id: &str) -> &'a Value {
    let frameworks = report["frameworks"].as_array().unwrap();
    let framework = frameworks.iter().find(|one| one["id"] == framework).unwrap();
    let rows = framework["requirements"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == id).unwrap()
}

fn outcome(report: &Value) -> &Value {
    let findings = report["findings"].as_array().unwrap();
    &findings.iter().find(|one| one["control"] == "identity.password-length").unwrap()["outcome"]
}

#[test]
fn a_looser_threshold_passes_the_control_and_not_the_row() {
    let report = report(10, 6);
    assert_eq!(outcome(&report), "pass");
    let row = row(&report, "cis-aws-7.0", "2.8");
    assert_eq!(row["state"], "not-met", "{row}");
    assert_eq!(row["controls"][0]["asked"]["min-length"], 14, "{row}");
    assert_eq!(row["controls"][0]["apart"], true, "{row}");
}

#[test]
fn a_stricter_threshold_fails_the_control_and_not_the_row() {
    let report = report(14, 32);
    assert_eq!(outcome(&report), "fail");
    let row = row(&report, "cis-aws-7.0", "2.8");
    assert_eq!(row["state"], "met", "{row}");
}

#[test]
fn the_threshold_of_the_row_is_the_rows_own() {
    let report = report(14, 14);
    let row = row(&report, "cis-aws-7.0", "2.8");
    assert_eq!(row["state"], "met");
    assert_eq!(row["controls"][0].get("asked"), None, "{row}");
}

#[test]
fn the_page_of_a_framework_says_by_what_it_was_judged() {
    let run = Program::new()
        .file("posture.toml", "[control.\"identity.password-length\"]\nmin-length = 32\n")
        .args(&["check", EXAMPLE, "--framework", "cis-aws", "--format", "table"])
        .run();
    assert!(run.out.contains("min-length = 14"), "{}\n{}", run.out, run.err);
}

#[test]
fn frameworks_are_listed_with_the_day_of_their_source() {
    let run = Program::new().args(&["frameworks"]).run();
    assert!(run.out.contains("2026-09-03") && run.out.contains("368"), "{}", run.out);
    for framework in posture_core::frameworks::all() {
        assert!(run.out.contains(framework.as_of), "{}", framework.id);
        let run = Program::new().args(&["frameworks", "show", framework.id]).run();
        let day = format!("as of {}", framework.as_of);
        assert!(run.out.contains(&day), "{}: {}", framework.id, run.out);
    }
}
