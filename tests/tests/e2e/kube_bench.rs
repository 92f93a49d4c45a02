//! `posture audit kubernetes --report`: what kube-bench states is joined by the name of the cluster, and makes nothing pass.

use serde_json::{Value, json};

use crate::kubernetes::Simulated;

const PROFILING: [&str; 2] = ["--control", "control-plane.profiling"];

fn report(status: &str, detected: Option<&str>) -> String {
    let row = json!({
        "test_number": "1.2.15", "status": status, "scored": true,
        "test_desc": "Ensure that the --profiling argument is set to false (Automated)",
    });
    let report = json!({ "Controls": [{
        "id": "1", "version": "cis-1.12", "detected_version": detected, "text": "Control Plane", "node_type": "master",
        "tests": [{ "section": "1.2", "results": [row] }],
    }] });
    report.to_string()
}

/// The outcome, the evidence and what is noted.
fn audit(cluster: &Simulated, text: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("k.json");
    std::fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    let arguments: Vec<String> = arguments.iter().map(|one| one.replace("FILE", file)).collect();
    let arguments: Vec<&str> =
        PROFILING.into_iter().chain(arguments.iter().map(String::as_str)).collect();
    let run = cluster.audit(&arguments);
    let findings: Value = run.json()["findings"].clone();
    (run.code, findings.to_string(), run.err)
}

#[test]
fn a_row_that_fails_is_evidence_of_the_same_control_and_one_that_passes_is_none() {
    let cluster = Simulated::serve(|_| {});
    let (_, before, _) = audit(&cluster, "", &[]);
    let (code, findings, err) = audit(&cluster, &report("FAIL", None), &["--report", "prod=FILE"]);
    assert_eq!(code, 10, "{findings}{err}");
    assert!(findings.contains("kube-apiserver by kube-bench (cis-1.12, master, "), "{findings}");
    let (_, after, _) = audit(&cluster, &report("PASS", None), &["--report", "prod=FILE"]);
    assert_eq!(after, before);
}

#[test]
fn a_report_of_another_cluster_is_noted_and_a_malformed_one_is_invalid() {
    let cluster = Simulated::serve(|_| {});
    let (_, findings, err) = audit(&cluster, &report("FAIL", None), &["--report", "test=FILE"]);
    assert!(!findings.contains("kube-bench"), "{findings}");
    assert!(err.contains("no cluster that was read is called test"), "{err}");
    let (code, findings, err) = audit(&cluster, "{", &["--report", "prod=FILE"]);
    assert_eq!(code, 12, "{findings}{err}");
}
