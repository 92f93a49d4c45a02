//! Whole tenants: which subscriptions are read, and what one that refuses costs.

use posture_sim::azure::Subscription;
use posture_tests::Program;
use posture_tests::azure::{SUBSCRIPTION, Tenant, account, assert_planned, tenant, with};

const OTHER: &str = "aaaaaaaa-0000-4000-8000-000000000002";

fn two() -> posture_sim::azure::Scenario {
    let mut scenario = with(vec![account("records")]);
    scenario.subscriptions.push(Subscription {
        id: OTHER.to_owned(),
        name: "staging".to_owned(),
        resources: vec![account("drafts")],
        ..Subscription::default()
    });
    scenario
}

#[test]
fn one_subscription_that_refuses_is_a_gap_and_the_run_goes_on() {
    let mut scenario = two();
    scenario.subscriptions[1].denied = true;
    let run = Tenant::serve(scenario).json(&["--control", "storage"]);
    assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
    let findings = run.findings("storage.minimum-tls");
    let refused: Vec<_> = findings.iter().filter(|f| f.resource.is_none()).collect();
    assert_eq!(refused.len(), 1, "{findings:?}");
    assert_eq!(refused[0].outcome, "unknown");
    assert_eq!(refused[0].gap.as_ref().unwrap().1, "denied");
    assert_eq!(run.code, 11);
}

#[test]
fn a_subscription_is_chosen_by_id_or_by_a_name_that_only_one_bears() {
    let tenant = Tenant::serve(two());
    for name in [OTHER, &OTHER.to_uppercase(), "staging"] {
        let run = tenant.json(&["--control", "storage", "--subscription", name]);
        let report = run.json();
        let scopes: Vec<&str> = report["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["id"].as_str().unwrap())
            .collect();
        assert!(scopes.contains(&OTHER) && !scopes.contains(&SUBSCRIPTION), "{scopes:?}");
    }
    let run = tenant.audit(&["--subscription", "stagin"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `staging`"), "{}", run.err);
    let mut twins = two();
    twins.subscriptions[0].name = "staging".to_owned();
    let run = Tenant::serve(twins).audit(&["--subscription", "staging"]);
    assert_eq!(run.code, 2, "two subscriptions bear the name: {}", run.out);
}

#[test]
fn a_management_group_stands_for_the_subscriptions_below_it_at_any_depth() {
    let mut scenario = two();
    let group = |members: &[&str]| members.iter().map(|m| (*m).to_owned()).collect();
    scenario.management_groups.insert("root".to_owned(), group(&["inner"]));
    scenario.management_groups.insert("inner".to_owned(), group(&[OTHER]));
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(&["--control", "storage", "--management-group", "root"]);
    assert_eq!(run.findings("storage.minimum-tls").len(), 1);
    assert_eq!(run.outcome("storage.minimum-tls", "drafts"), "pass");
    for bad in ["nobody", "../../subscriptions", ""] {
        let run = tenant.audit(&["--management-group", bad]);
        assert_eq!(run.code, 1, "{bad}: {}", run.err);
    }
}

#[test]
fn a_provider_that_is_not_registered_has_no_resources() {
    let mut scenario = with(vec![account("records")]);
    scenario.subscriptions[0].unregistered = vec!["Microsoft.Storage".to_owned()];
    let run = Tenant::serve(scenario).json(&["--control", "storage"]);
    let findings = run.findings("storage.minimum-tls");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].outcome, "not-applicable");
    assert_eq!(run.code, 0);
}

/// The calls that are made are the calls that were planned.
#[test]
fn what_is_planned_is_what_is_called() {
    let mut scenario = two();
    scenario.page_size = 1;
    assert_planned(&scenario, &["--control", "storage"]);
    assert_planned(&scenario, &[]);
}

#[test]
fn each_cloud_is_reached_at_its_own_addresses() {
    for (cloud, host) in
        [("usgovernment", "management.usgovcloudapi.net"), ("china", "management.chinacloudapi.cn")]
    {
        let mut scenario = with(vec![account("records")]);
        scenario.cloud = cloud.to_owned();
        let tenant = Tenant::serve(scenario);
        let run = tenant.json(&["--control", "storage"]);
        assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
        assert!(tenant.requests().iter().any(|request| request.host == host));
        // The other cloud's client is told so by the login.
        let wrong = tenant.program().args(&["audit", "azure", "--simulator", &tenant.url()]).run();
        assert_eq!(wrong.code, 1, "{}", wrong.out);
    }
}

#[test]
fn credentials_that_are_refused_are_explained_and_never_shown() {
    let server = Tenant::serve(tenant());
    let url = server.url();
    let run = server
        .program()
        .env("AZURE_CLIENT_SECRET", "canary-secret")
        .args(&["audit", "azure", "--simulator", &url, "--credential", "environment"])
        .run();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("environment: "), "{}", run.err);
    assert!(run.err.contains("AADSTS7000215"), "{}", run.err);
    assert!(!run.err.contains("canary-secret"), "{}", run.err);
    let none = Program::new().args(&["audit", "azure", "--simulator", &url]).run();
    assert_eq!(none.code, 1);
    assert!(none.err.contains("cli: ") && none.err.contains("az login"), "{}", none.err);
    let elsewhere =
        server.program().args(&["audit", "azure", "--simulator", "http://169.254.169.254"]).run();
    assert_eq!(elsewhere.code, 1);
    assert!(elsewhere.err.contains("not on this machine"), "{}", elsewhere.err);
}

#[test]
fn what_a_simulator_tells_is_marked_as_such() {
    let run = Tenant::serve(tenant()).json(&["--control", "storage"]);
    for scope in run.json()["scopes"].as_array().unwrap() {
        assert_eq!(scope["partition"], "simulated");
    }
}
