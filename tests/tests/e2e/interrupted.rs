//! An audit that is interrupted reports what it knows, and nothing that it does not.

use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::sim_aws::Simulated;

const FIRST: &str = "111111111111";

/// Five accounts in which an action is never answered.
fn stuck(action: &str) -> Simulated {
    let fault = json!({ "action": action, "fault": { "slow-start": 3_600_000 } });
    accounts(&json!([fault]))
}

/// Five accounts with faults.
fn accounts(faults: &Value) -> Simulated {
    let all: Vec<Value> = (1..=5)
        .map(|number: u64| {
            let id = format!("{}", number * 111_111_111_111);
            json!({
                "id": id,
                "buckets": [{ "name": format!("bucket-{number}") }],
                "roles": [{ "name": "OrganizationAccountAccessRole" }],
            })
        })
        .collect();
    Simulated::serve(&json!({
        "organization": { "id": "o-abcdefghij", "management_account": FIRST },
        "accounts": all,
        "faults": faults,
    }))
}

const AREAS: &[&str] = &["--control", "storage", "--control", "identity", "--control", "keys"];

fn audit(cloud: &Simulated, arguments: &[&str]) -> Program {
    cloud.bare(FIRST).args(&["audit", "aws", "--organization"]).args(AREAS).args(arguments)
}

/// Runs an audit that is interrupted once so many requests have arrived.
fn interrupted(cloud: &Simulated, program: Program, requests: u64, signal: &str) -> Run {
    let running = program.start();
    cloud.wait_for(requests);
    running.signal(signal);
    running.wait_for("interrupted: reporting what was read so far");
    running.wait()
}

#[test]
fn an_interrupt_reports_what_is_known_and_the_rest_as_unknown() {
    for signal in ["INT", "TERM"] {
        let cloud = stuck("s3:GetBucketVersioning");
        // Formats and outputs belong together by their places; the last goes to standard output.
        let formats = ["--format", "json", "--format", "html", "--format", "table"];
        let program = audit(&cloud, &formats).args(&["--output", "r.json", "--output", "r.html"]);
        let run = interrupted(&cloud, program, 30, signal);
        assert_eq!(run.code, 11, "{}", run.err);
        assert!(run.out.contains("Stopped before it finished."), "{}", run.out);
        assert!(run.err.contains("so this is not a success"), "{}", run.err);
        let report = std::fs::read_to_string(run.path("r.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["partial"], true);
        let page = std::fs::read_to_string(run.path("r.html")).unwrap();
        assert!(page.contains("stopped before it finished") && page.contains("interrupted"));
        let findings = report["findings"].as_array().unwrap();
        let of = |control: &str, outcome: &str| {
            let is =
                |finding: &&Value| finding["control"] == control && finding["outcome"] == outcome;
            findings.iter().filter(is).count()
        };
        // Versioning was not read, whatever else was.
        assert_eq!((of("storage.versioning", "pass"), of("storage.versioning", "fail")), (0, 0));
        assert!(of("storage.versioning", "unknown") > 0);
        let reasons = findings.iter().filter_map(|finding| finding["gap"]["reason"].as_str());
        assert!(reasons.filter(|reason| *reason == "canceled").count() > 0);
        assert!(!run.path("posture.db").exists());
    }
}

#[test]
fn an_interrupt_while_signing_in_reports_that_nothing_was_read() {
    let cloud = stuck("sts:GetCallerIdentity");
    let run = interrupted(&cloud, audit(&cloud, &[]), 1, "INT");
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.out.contains("NOTHING was examined"), "{}", run.out);
    assert!(run.err.contains("AWS was not read: interrupted while signing in"), "{}", run.err);
}

#[test]
fn an_interrupted_audit_is_not_recorded_as_a_run() {
    let cloud = stuck("s3:GetBucketVersioning");
    let program = audit(&cloud, &["--history", "posture.db"]);
    let run = interrupted(&cloud, program, 30, "INT");
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.err.contains("the history records whole audits only"), "{}", run.err);
    let history = run.path("posture.db");
    let list = Program::new().args(&["history", "list", "--history", history.to_str().unwrap()]);
    let list = list.args(&["--format", "json"]).run();
    assert_eq!(list.json()["runs"].as_array().map_or(0, Vec::len), 0, "{}", list.out);
}

#[test]
fn a_kept_part_is_reported_and_can_be_resumed() {
    let cloud = stuck("s3:GetBucketVersioning");
    let program = audit(&cloud, &["--save", "part.json"]);
    let run = interrupted(&cloud, program, 30, "INT");
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.err.contains("repeat the command with --resume"), "{}", run.err);
    assert!(run.out.contains("Stopped before it finished."), "{}", run.out);
    let path = run.path("part.json");
    let read =
        || -> Value { serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap() };
    assert_eq!(read()["partial"], true);
    let cloud = accounts(&json!([]));
    let again = audit(&cloud, &["--save", path.to_str().unwrap(), "--resume"]).run();
    assert_eq!(again.code, 10, "{}", again.err);
    assert!(!again.out.contains("Stopped"), "{}", again.out);
    assert!(read()["partial"].is_null(), "{}", read()["partial"]);
    assert_eq!(read()["scopes"].as_array().unwrap().len(), 5);
}

/// No process reads from the pipe, so that writing the report would block without end.
#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_the_program_at_once() {
    let cloud = stuck("s3:GetBucketVersioning");
    let program = audit(&cloud, &["--format", "json", "--output", "pipe"]);
    let pipe = program.folder().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut running = program.start();
    cloud.wait_for(30);
    running.interrupt();
    running.wait_for("interrupt again to end at once");
    assert!(!running.has_ended());
    running.interrupt();
    let run = running.wait();
    assert_eq!((run.code, run.out.as_str()), (11, ""));
}
