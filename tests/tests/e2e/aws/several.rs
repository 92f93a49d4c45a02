//! Several regions, accounts and profiles, and an audit that is stopped.

use std::time::Duration;

use posture_tests::{Cloud, Fault, Program, Rule};

const TWO: &[(&str, &str)] =
    &[("us-east-1", "ENABLED_BY_DEFAULT"), ("eu-central-1", "ENABLED"), ("ap-east-1", "DISABLED")];

#[test]
fn every_enabled_region_is_read_and_no_other() {
    let cloud = Cloud::with("100000000040", "regions");
    cloud.regions(TWO);
    let run = cloud.report(&[]);
    assert_eq!(run.gaps(), []);
    assert!(!cloud.calls().iter().any(|call| call.region == "ap-east-1"));
    assert_eq!(run.outcome("detection.threat-detector", "us-east-1"), "pass");
    assert_eq!(run.outcome("detection.threat-detector", "eu-central-1"), "fail");
    assert_eq!(run.findings("logging.log-group-retention").len(), 2);
    // A region that is switched off holds nothing to judge: the report says so, and it is nothing that went unread.
    let regions = &run.json()["scopes"][0]["regions"];
    let disabled: Vec<&str> = regions
        .as_array()
        .unwrap()
        .iter()
        .filter(|region| region["enabled"] == false)
        .map(|region| region["name"].as_str().unwrap())
        .collect();
    assert_eq!(disabled, ["ap-east-1"]);
    assert_eq!(run.findings("detection.threat-detector").len(), 2);
}

#[test]
fn a_region_that_refuses_is_unknown_and_the_others_are_judged() {
    let cloud = Cloud::with("100000000041", "regions");
    cloud.regions(TWO);
    cloud.rule(Rule::deny("*").region("eu-central-1"));
    let run = cloud.report(&["--control", "detection.threat-detector", "--control", "keys"]);
    assert_eq!(run.outcome("detection.threat-detector", "us-east-1"), "pass");
    assert_eq!(run.outcome("detection.threat-detector", "eu-central-1"), "unknown");
}

#[test]
fn regions_can_be_chosen_and_left_out() {
    let cloud = Cloud::with("100000000042", "regions");
    cloud.regions(TWO);
    let only = ["--control", "logging.log-group-retention"];
    for arguments in [["--region", "eu-central-1"], ["--exclude-region", "us-east-1"]] {
        let run = cloud.report(&[&only[..], &arguments].concat());
        let findings = run.findings("logging.log-group-retention");
        assert_eq!(findings.len(), 1, "{arguments:?}: {findings:?}");
        assert_eq!(findings[0].resource.as_deref(), Some("group-eu-central-1"));
    }
}

#[test]
fn a_region_that_does_not_exist_is_an_error_with_the_list() {
    let cloud = Cloud::with("100000000043", "regions");
    cloud.regions(TWO);
    let run = cloud.audit(&["--region", "eu-centrall-1"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("eu-centrall-1"), "{}", run.err);
    assert!(run.err.contains("eu-central-1"), "{}", run.err);
    assert!(run.err.contains("us-east-1"), "{}", run.err);
    assert_eq!(run.out, "");
}

/// The accounts of an organisation, as the local server made them.
fn organization(cloud: &Cloud) -> [String; 2] {
    let made = cloud.add("organization");
    let mut lines = made.lines().map(str::to_owned);
    [lines.next().unwrap(), lines.next().unwrap()]
}

#[test]
fn an_account_of_the_organization_that_refuses_is_a_gap_and_not_the_end() {
    let cloud = Cloud::empty("100000000044");
    let [open, refusing] = organization(&cloud);
    cloud.rule(Rule::deny("sts:AssumeRole").about(&refusing));
    let run = cloud.report(&["--organization", "--control", "storage"]);
    let report = run.json();
    let scopes: Vec<&str> =
        report["scopes"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut expected = [cloud.account(), &open, &refusing];
    expected.sort_unstable();
    assert_eq!(scopes, expected);
    assert_eq!(run.gaps(), [("sts:AssumeRole".to_owned(), "denied".to_owned())]);
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(
            finding["outcome"] == "unknown",
            finding["scope"] == refusing.as_str(),
            "{finding}"
        );
    }
}

#[test]
fn an_organization_that_cannot_be_listed_is_an_error() {
    let cloud = Cloud::empty("100000000045");
    cloud.rule(Rule::deny("organizations:ListAccounts"));
    let run = cloud.audit(&["--organization"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("organizations:ListAccounts"), "{}", run.err);
}

#[test]
fn several_roles_are_several_accounts() {
    let cloud = Cloud::empty("100000000046");
    let role = |account: &str| format!("arn:aws:iam::{account}:role/auditor");
    let (one, two) = (role("100000000047"), role("100000000048"));
    cloud.rule(Rule::deny("sts:AssumeRole").about("100000000048"));
    let only = ["--control", "storage.account-public-access-block"];
    let run = cloud.report(&[&only[..], &["--role-arn", &one, "--role-arn", &two]].concat());
    let control = "storage.account-public-access-block";
    assert_eq!(run.outcome(control, "100000000047"), "fail");
    assert_eq!(run.outcome(control, "100000000048"), "unknown");

    // The external id travels with the request, and the only account that refuses is a failure of the whole.
    cloud.calls();
    cloud.report(&[&only[..], &["--role-arn", &one, "--external-id", "shared-4711"]].concat());
    let assumed = cloud.calls().into_iter().find(|call| call.action == "sts:AssumeRole").unwrap();
    assert!(assumed.arguments.contains("ExternalId=shared-4711"), "{}", assumed.arguments);
    let run = cloud.audit(&["--role-arn", &two]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains(&two) && run.err.contains("not authorized"), "{}", run.err);
}

#[test]
fn profiles_are_read_from_the_shared_configuration() {
    let (first, second) = (Cloud::empty("100000000049"), Cloud::empty("100000000050"));
    let configuration = format!(
        "[profile first]\nendpoint_url = {}\nregion = us-east-1\n[profile second]\nendpoint_url = {}\nregion = us-east-1\n",
        first.endpoint(),
        second.endpoint()
    );
    let credentials = format!(
        "[first]\naws_access_key_id = {0}\naws_secret_access_key = x\n[second]\naws_access_key_id = {0}\naws_secret_access_key = x\n",
        Cloud::KEY
    );
    let run = Program::new()
        .file("config", &configuration)
        .file("credentials", &credentials)
        .env("AWS_CONFIG_FILE", "config")
        .env("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .args(&[
            "audit",
            "aws",
            "--format",
            "json",
            "--control",
            "storage.account-public-access-block",
        ])
        .args(&["--profile", "first", "--profile", "second"])
        .run();
    let report = run.json();
    let scopes: Vec<&str> =
        report["scopes"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(scopes, [first.account(), second.account()]);
}

#[test]
fn an_interrupted_audit_keeps_what_it_has_and_says_that_it_is_partial() {
    let cloud = Cloud::with("100000000051", "small");
    cloud.rule(Rule::new("s3:GetBucketVersioning", Fault::Slow(Duration::from_secs(30))));
    cloud.calls();
    let running = cloud.program().args(&["audit", "aws", "--save", "partial.json"]).start();
    let begun = std::time::Instant::now();
    while !cloud.has_called("s3:GetBucketVersioning") {
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing is asked");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_secs(1));
    let begun = std::time::Instant::now();
    running.interrupt();
    let run = running.wait();
    assert!(begun.elapsed() < Duration::from_secs(20), "it did not stop");
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.err.contains("partial.json"), "{}", run.err);
    let kept = run.path("partial.json");
    let again = Program::new().args(&["check", kept.to_str().unwrap()]).run();
    assert!(again.out.contains("partial"), "{}", again.out);
    assert_eq!(again.code, 10, "{}", again.err);
    let again = Program::new().args(&["check", kept.to_str().unwrap(), "--format", "json"]).run();
    let unread = again.findings("storage.versioning");
    assert!(unread.iter().all(|finding| finding.outcome == "unknown"), "{unread:?}");
    assert!(
        again.gaps().contains(&("s3:GetBucketVersioning".to_owned(), "cancelled".to_owned())),
        "{:?}",
        again.gaps()
    );
}
