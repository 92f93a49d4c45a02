//! What is exported of the records of the directory and of device management.

use posture_sim::Rule;
use posture_sim::azure::Scenario;
use posture_tests::Run;
use posture_tests::azure::{Tenant, assert_planned, fault, garbled, patience, tenant};
use serde_json::{Value, json};

const DIRECTORY: &str = "microsoft.aadiam/diagnosticSettings";
const DEVICES: &str = "microsoft.intune/diagnosticSettings";

const SIGN_INS: &str = "logging.directory-export";
const CALLS: &str = "logging.directory-api-export";
const MANAGEMENT: &str = "logging.device-management-export";

const SELECTION: &[&str] = &["--control", SIGN_INS, "--control", CALLS, "--control", MANAGEMENT];

const OF_DIRECTORY: &[&str] = &[
    "AuditLogs",
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
    "ADFSSignInLogs",
    "ProvisioningLogs",
    "RiskyUsers",
    "UserRiskEvents",
    "RiskyServicePrincipals",
    "ServicePrincipalRiskEvents",
];
const OF_DEVICES: &[&str] =
    &["AuditLogs", "OperationalLogs", "DeviceComplianceOrg", "Devices", "Windows365AuditLogs"];

fn setting(kind: &str, name: &str, properties: Value) -> Value {
    json!({
        "id": format!("/providers/{kind}/{name}"), "name": name, "type": kind,
        "properties": properties,
    })
}

fn sends(kind: &str, name: &str, sink: &str, categories: &[&str]) -> Value {
    let logs: Vec<Value> =
        categories.iter().map(|name| json!({ "category": name, "enabled": true })).collect();
    setting(kind, name, json!({ (sink): "place", "logs": logs }))
}

fn group(kind: &str, sink: &str, group: &str) -> Value {
    let logs = json!([{ "categoryGroup": group, "enabled": true }]);
    setting(kind, "group", json!({ (sink): "place", "logs": logs }))
}

fn with(settings: Vec<Value>) -> Scenario {
    Scenario { tenant_resources: settings, ..tenant() }
}

/// Settings that export everything, together.
pub(super) fn good() -> Vec<Value> {
    vec![
        sends(DIRECTORY, "first", "eventHubAuthorizationRuleId", &OF_DIRECTORY[..5]),
        sends(DIRECTORY, "second", "storageAccountId", &OF_DIRECTORY[5..]),
        sends(DIRECTORY, "calls", "workspaceId", &["MicrosoftGraphActivityLogs"]),
        sends(DEVICES, "first", "workspaceId", OF_DEVICES),
    ]
}

fn audit(settings: Vec<Value>) -> Run {
    Tenant::serve(with(settings)).json(SELECTION)
}

fn outcome(run: &Run, control: &str) -> String {
    let findings = run.findings(control);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings[0].outcome.clone()
}

fn gap(run: &Run, control: &str) -> (String, String) {
    run.findings(control)[0].gap.clone().unwrap()
}

#[test]
fn several_settings_add_up() {
    let run = audit(good());
    for control in [SIGN_INS, CALLS, MANAGEMENT] {
        assert_eq!(outcome(&run, control), "pass", "{control}");
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn what_is_planned_is_what_is_called() {
    let scenario = with(good());
    for control in [SIGN_INS, CALLS, MANAGEMENT] {
        assert_planned(&scenario, &["--control", control]);
    }
    assert_planned(&scenario, SELECTION);
}

/// No setting is an answer.
#[test]
fn where_nothing_is_set_up_nothing_is_exported() {
    let run = audit(Vec::new());
    for control in [SIGN_INS, CALLS, MANAGEMENT] {
        assert_eq!(outcome(&run, control), "fail", "{control}");
    }
    assert_eq!(run.gaps(), []);
}

#[test]
fn what_leads_nowhere_or_is_switched_off_does_not_count() {
    let mut off = sends(DIRECTORY, "off", "workspaceId", OF_DIRECTORY);
    off["properties"]["logs"][1]["enabled"] = json!(false);
    for bad in [
        sends(DIRECTORY, "nowhere", "none", OF_DIRECTORY),
        sends(DIRECTORY, "part", "workspaceId", &OF_DIRECTORY[1..]),
        off,
    ] {
        assert_eq!(outcome(&audit(vec![bad.clone()]), SIGN_INS), "fail", "{bad}");
    }
    // The sink of an old setting.
    let old = sends(DIRECTORY, "old", "serviceBusRuleId", OF_DIRECTORY);
    assert_eq!(outcome(&audit(vec![old]), SIGN_INS), "pass");
}

#[test]
fn records_of_devices_count_in_a_workspace_only() {
    for sink in ["storageAccountId", "eventHubAuthorizationRuleId", "none"] {
        let run = audit(vec![sends(DEVICES, "one", sink, OF_DEVICES)]);
        assert_eq!(outcome(&run, MANAGEMENT), "fail", "{sink}");
    }
    let part = audit(vec![sends(DEVICES, "one", "workspaceId", &OF_DEVICES[..4])]);
    assert_eq!(outcome(&part, MANAGEMENT), "fail");
    // What is exported of one says nothing of the other.
    assert_eq!(outcome(&part, SIGN_INS), "fail");
}

#[test]
fn a_group_of_all_holds_each_and_any_other_may() {
    let all = audit(vec![
        group(DIRECTORY, "workspaceId", "AllLogs"),
        group(DEVICES, "workspaceId", "allLogs"),
    ]);
    for control in [SIGN_INS, CALLS, MANAGEMENT] {
        assert_eq!(outcome(&all, control), "pass", "{control}");
    }
    let some = audit(vec![group(DIRECTORY, "workspaceId", "audit")]);
    assert_eq!(outcome(&some, SIGN_INS), "unknown");
    assert_eq!(gap(&some, SIGN_INS), (format!("{DIRECTORY}/read"), "unsupported".to_owned()));
    // It leads nowhere, whatever it holds.
    let nowhere = audit(vec![group(DIRECTORY, "none", "audit")]);
    assert_eq!(outcome(&nowhere, SIGN_INS), "fail");
}

#[test]
fn what_is_refused_is_unknown_by_its_name() {
    for (kind, own, other) in [(DIRECTORY, SIGN_INS, MANAGEMENT), (DEVICES, MANAGEMENT, SIGN_INS)] {
        let mut scenario = with(good());
        scenario.not_actions.push(format!("{kind}/read"));
        let run = Tenant::serve(scenario).json(SELECTION);
        assert_eq!(outcome(&run, own), "unknown");
        assert_eq!(gap(&run, own), (format!("{kind}/read"), "denied".to_owned()));
        assert_eq!(outcome(&run, other), "pass");
    }
    let mut throttled = with(good());
    throttled.faults.push(Rule { times: Some(2), ..patience("diagnosticSettings", 0) });
    let run = Tenant::serve(throttled).json(SELECTION);
    assert_eq!(outcome(&run, SIGN_INS), "pass");
    let mut absent = with(good());
    absent.faults.push(fault("microsoft.intune", 404, "InvalidResourceType"));
    let run = Tenant::serve(absent).json(SELECTION);
    assert_eq!(outcome(&run, MANAGEMENT), "unknown");
}

#[test]
fn one_setting_that_makes_no_sense_may_be_the_one() {
    let mut text = setting(DIRECTORY, "text", json!({}));
    text["properties"] = json!("gone");
    for odd in [
        text,
        setting(DIRECTORY, "logs", json!({ "workspaceId": "place", "logs": "all" })),
        setting(DIRECTORY, "sink", json!({ "workspaceId": 7, "logs": [] })),
        setting(
            DIRECTORY,
            "flag",
            json!({ "workspaceId": "place", "logs": [{ "category": "AuditLogs", "enabled": 3 }] }),
        ),
    ] {
        let mut settings = good();
        settings.push(odd.clone());
        let run = audit(settings);
        assert_eq!(outcome(&run, SIGN_INS), "unknown", "{odd}");
        assert_eq!(gap(&run, SIGN_INS).1, "malformed", "{odd}");
        assert_eq!(outcome(&run, MANAGEMENT), "pass", "{odd}");
    }
    let mut scenario = with(good());
    scenario.faults.push(garbled("microsoft.aadiam"));
    let run = Tenant::serve(scenario).json(SELECTION);
    assert_eq!(outcome(&run, CALLS), "unknown");
}
