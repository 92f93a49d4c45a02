//! What would become of an account, if.

use posture_tests::{Program, Run};
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

fn what_if(patch: &str, more: &[&str]) -> Run {
    let arguments = ["check", EXAMPLE, "--what-if", "patch.toml", "--format", "json"];
    Program::new().file("patch.toml", patch).args(&arguments).args(more).run()
}

/// The changes, as control, before and after.
fn changes(run: &Run) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let report = run.json();
    let changes = report["changes"].as_array().unwrap().iter();
    changes.map(|one| (text(&one["control"]), text(&one["before"]), text(&one["after"]))).collect()
}

#[test]
fn a_fact_that_were_otherwise_changes_what_rests_on_it_and_nothing_else() {
    let patch =
        "[[fact]]\nname = \"bucket.versioning\"\nresource = \"*:invoices-*\"\nvalue = true\n";
    let run = what_if(patch, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let expected = ("storage.versioning".to_owned(), "fail".to_owned(), "pass".to_owned());
    assert_eq!(changes(&run), [expected]);
    assert_eq!(run.json()["changes"][0]["cause"], "configuration");
    // The snapshot itself is as it was.
    let table = Program::new()
        .file("patch.toml", patch)
        .args(&["check", EXAMPLE, "--what-if", "patch.toml"])
        .run();
    assert!(table.out.contains("fail → pass  invoices-123456789012"), "{}", table.out);
    assert!(
        table.out.contains("Would change: verdicts 1 (to fail 0, to unknown 0), req"),
        "{}",
        table.out
    );
    assert!(table.out.lines().all(|line| line.chars().count() <= 80), "{}", table.out);
}

#[test]
fn what_would_fail_is_shown_by_the_exit_code() {
    let run = what_if("[[fact]]\nname = \"account.root_mfa\"\nvalue = false\n", &[]);
    assert_eq!(run.code, 10, "{}", run.out);
    assert!(changes(&run).iter().all(|(_, _, after)| after == "fail"));
    let summary = &run.json()["changes"][0]["summary"];
    let control = posture_core::controls::by_id("identity.root-mfa").unwrap();
    assert_eq!(summary, control.finding);
}

#[test]
fn parameters_and_versions_of_frameworks_can_be_tried() {
    let run = what_if(
        "[control.\"identity.password-length\"]\nmin-length = 64\n",
        &["--control", "identity"],
    );
    assert_eq!(run.code, 10, "{}{}", run.out, run.err);
    let report = run.json();
    assert_eq!(report["changes"][0]["cause"], "control");
    let run = what_if("[framework]\n\"ccm-4.1\" = \"ccm-4.0\"\n", &["--framework", "ccm"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report = run.json();
    assert_eq!(report["changes"].as_array().unwrap().len(), 0);
    let requirements = report["requirements"].as_array().unwrap();
    assert!(!requirements.is_empty());
    assert!(requirements.iter().all(|one| one["framework"] == "ccm-4.0"));
    assert!(requirements.iter().all(|one| one["before"] != one["after"]));
    // As it is, nothing is otherwise.
    let run = what_if("", &[]);
    assert_eq!(run.json()["changes"].as_array().unwrap().len(), 0);
    assert_eq!(run.json()["requirements"].as_array().unwrap().len(), 0);
}

#[test]
fn a_patch_that_makes_no_sense_is_refused() {
    for (patch, why) in [
        (
            "[[fact]]\nname = \"bucket.versoning\"\nvalue = true\n",
            "did you mean `bucket.versioning`",
        ),
        ("[[fact]]\nname = \"bucket.versioning\"\nvalue = \"on\"\n", "cannot be `\"on\"`"),
        ("[[fact]]\nname = \"bucket.versioning\"\n", "cannot be `null`"),
        ("[[fact]]\nname = \"bucket.versioning\"\nscope = \"none\"\nvalue = true\n", "no resource"),
        ("[[fact]]\nnam = \"bucket.versioning\"\n", "unknown field `nam`"),
        ("[control.\"storage.versoning\"]\nx = 1\n", "unknown control"),
        ("[control.\"storage.versioning\"]\nx = 1\n", "cannot apply"),
        ("[framework]\nccm = \"ccm-9\"\n", "unknown framework `ccm-9`"),
    ] {
        let run = what_if(patch, &[]);
        assert_eq!(run.code, 2, "{patch}: {}{}", run.out, run.err);
        assert!(run.err.contains(why), "{patch}: {}", run.err);
    }
    let run = Program::new()
        .file("patch.toml", "")
        .args(&["check", EXAMPLE, "--what-if", "patch.toml", "--output", "x.html"])
        .run();
    assert_eq!(run.code, 2);
}
