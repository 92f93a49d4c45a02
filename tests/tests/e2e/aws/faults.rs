//! What goes wrong on the way is a gap with its cause, and never turns into a pass.

use std::collections::BTreeMap;
use std::time::Duration;

use posture_tests::scenes::mixed;
use posture_tests::{Cloud, Fault, Rule, Run, with_little_patience, with_patience};

/// An action of each protocol that AWS services speak, and a control that takes it.
const EACH_PROTOCOL: &[(&str, &str)] = &[
    ("iam:GetAccountSummary", "identity.root-mfa"),
    ("s3:ListAllMyBuckets", "storage.versioning"),
    ("s3:GetBucketVersioning", "storage.versioning"),
    ("s3:GetAccountPublicAccessBlock", "storage.account-public-access-block"),
    ("kms:ListKeys", "keys.rotation"),
    ("guardduty:ListDetectors", "detection.threat-detector"),
    ("cloudwatch:DescribeAlarms", "logging.alert-root-use"),
    ("organizations:ListPolicies", "identity.organization-guardrails"),
];

/// What became of each control and resource.
fn outcomes(run: &Run) -> BTreeMap<(String, String), String> {
    let report = run.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let about = (text(&finding["control"]), text(&finding["resource"]["id"]));
            (about, text(&finding["outcome"]))
        })
        .collect()
}

/// Lets each action of [`EACH_PROTOCOL`] fail, and expects the cause.
fn each_fails(account: &str, fault: &Fault, reasons: &[&str]) {
    let cloud = mixed(account);
    for (action, control) in EACH_PROTOCOL {
        let only = ["--control", control];
        let healthy = cloud.report(&only);
        assert_eq!(healthy.gaps(), [], "{action}");
        cloud.rule(Rule::new(action, fault.clone()));
        let meant = |gap: &str| gap == *action;
        let report = |seconds: &str| cloud.report(&["--control", control, "--timeout", seconds]);
        let run = match fault {
            Fault::Slow(_) => with_little_patience(meant, report),
            _ => with_patience(meant, report),
        };
        cloud.forgive();
        let gaps = run.gaps();
        assert!(
            gaps.iter().any(|(gap, reason)| gap == action && reasons.contains(&reason.as_str())),
            "{action}: {gaps:?}"
        );
        assert!(run.findings(control).iter().any(|finding| finding.outcome == "unknown"));
        assert_ne!(run.code, 0);
        let before = outcomes(&healthy);
        for (about, outcome) in outcomes(&run) {
            if outcome == "pass" {
                assert_eq!(
                    before.get(&about).map(String::as_str),
                    Some("pass"),
                    "{action}: {about:?}"
                );
            }
        }
    }
}

#[test]
fn an_answer_that_is_interrupted_is_not_an_answer() {
    each_fails("100000000030", &Fault::Truncate, &["unreachable", "malformed", "timed-out"]);
}

#[test]
fn something_else_than_an_answer_is_malformed() {
    each_fails("100000000031", &Fault::Garbage, &["malformed"]);
}

#[test]
fn a_connection_that_is_closed_is_unreachable() {
    each_fails("100000000032", &Fault::Drop, &["unreachable", "timed-out"]);
}

#[test]
fn an_answer_that_takes_too_long_is_timed_out() {
    each_fails("100000000033", &Fault::Slow(Duration::from_secs(30)), &["timed-out"]);
}

#[test]
fn a_service_that_breaks_down_for_good_is_a_server_error() {
    each_fails("100000000034", &Fault::ServerError, &["server-error", "timed-out"]);
}

#[test]
fn a_service_that_asks_for_patience_for_ever_is_throttled() {
    each_fails("100000000035", &Fault::Throttle, &["throttled", "timed-out"]);
}

#[test]
fn what_passes_by_leaves_no_gap() {
    let cloud = mixed("100000000036");
    let calm = cloud.report(&[]);
    for fault in [Fault::Throttle, Fault::ServerError, Fault::Drop] {
        for (action, _) in EACH_PROTOCOL {
            cloud.rule(Rule::new(action, fault.clone()).times(1));
        }
        let run = cloud.report(&[]);
        assert_eq!(run.gaps(), [], "{fault:?}");
        assert_eq!(outcomes(&run), outcomes(&calm), "{fault:?}");
        // An attempt that failed is counted, the operation once.
        let calls = &run.json()["scopes"][0]["calls"];
        for (action, _) in EACH_PROTOCOL {
            let (operations, attempts) = (&calls[action]["operations"], &calls[action]["attempts"]);
            assert_eq!(attempts.as_u64(), operations.as_u64().map(|n| n + 1), "{action} {fault:?}");
        }
    }
}

#[test]
fn one_bucket_that_refuses_is_one_unknown() {
    let cloud = Cloud::with("100000000037", "small");
    let odd = format!("data-07-{}", cloud.account());
    cloud.rule(Rule::deny("s3:GetBucketVersioning").about(&odd));
    let run = cloud.report(&["--control", "storage.versioning"]);
    for finding in run.findings("storage.versioning") {
        let expected = if finding.resource.as_deref() == Some(&odd) { "unknown" } else { "fail" };
        assert_eq!(finding.outcome, expected, "{:?}", finding.resource);
    }
}

#[test]
fn a_list_that_stops_in_its_middle_keeps_what_came_and_passes_nothing_that_needs_all() {
    let cloud = Cloud::with("100000000038", "small");
    cloud.rule(Rule::new("s3:ListAllMyBuckets", Fault::Page(8)));
    cloud.rule(Rule::deny("s3:ListAllMyBuckets").about("continuation-token=8"));
    let run = cloud.report(&["--control", "storage.versioning"]);
    let findings = run.findings("storage.versioning");
    let failed = findings.iter().filter(|finding| finding.outcome == "fail").count();
    assert_eq!(failed, 8);
    // And one for those that were not listed.
    assert_eq!(findings.len(), 9, "{findings:?}");
    assert!(
        findings.iter().any(|finding| finding.outcome == "unknown" && finding.resource.is_none())
    );
}

#[test]
fn a_list_without_an_end_ends() {
    let cloud = Cloud::with("100000000039", "wrong");
    cloud.rule(Rule::edit("kms:ListKeys", |keys| {
        let mut keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
        keys["Truncated"] = true.into();
        keys["NextMarker"] = "again".into();
        keys.to_string()
    }));
    let run = cloud.report(&["--control", "keys.rotation"]);
    let findings = run.findings("keys.rotation");
    assert!(findings.iter().any(|finding| finding.outcome == "fail"), "{findings:?}");
    assert!(
        findings.iter().any(|finding| finding.resource.is_none() && finding.outcome == "unknown"),
        "{findings:?}"
    );
    let calls = cloud.calls().iter().filter(|call| call.action == "kms:ListKeys").count();
    assert!(calls <= 3, "{calls} calls");
}

#[test]
fn a_list_that_is_cut_and_does_not_say_where_it_goes_on_is_not_whole() {
    let cloud = Cloud::with("100000000072", "wrong");
    cloud.rule(Rule::edit("kms:ListKeys", |keys| {
        let mut keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
        keys["Truncated"] = true.into();
        keys.as_object_mut().unwrap().remove("NextMarker");
        keys.to_string()
    }));
    let run = cloud.report(&["--control", "keys.rotation"]);
    let findings = run.findings("keys.rotation");
    assert!(
        findings.iter().any(|finding| finding.resource.is_none() && finding.outcome == "unknown"),
        "{findings:?}"
    );
    assert!(
        run.gaps().contains(&("kms:ListKeys".to_owned(), "malformed".to_owned())),
        "{:?}",
        run.gaps()
    );
}
