//! Logging: where the activity log goes, who is notified of it, and how long workspaces keep records.

use posture_sim::Rule;
use posture_sim::azure::{Resource, Scenario, Subscription};
use posture_tests::Run;
use posture_tests::azure::{
    SUBSCRIPTION, Tenant, account, assert_planned, child, patience, resource, with,
};
use serde_json::{Value, json};

const LOGGING: &[&str] = &["--control", "logging"];
const SETTINGS: &str = "Microsoft.Insights/diagnosticSettings";

/// The controls of alerts on an operation, with the operation.
const OPERATIONS: &[(&str, &str)] = &[
    ("logging.alert-policy-assignment-creation", "Microsoft.Authorization/policyAssignments/write"),
    (
        "logging.alert-policy-assignment-deletion",
        "Microsoft.Authorization/policyAssignments/delete",
    ),
    ("logging.alert-security-group-update", "Microsoft.Network/networkSecurityGroups/write"),
    ("logging.alert-security-group-deletion", "Microsoft.Network/networkSecurityGroups/delete"),
    ("logging.alert-security-solution-update", "Microsoft.Security/securitySolutions/write"),
    ("logging.alert-security-solution-deletion", "Microsoft.Security/securitySolutions/delete"),
    ("logging.alert-database-firewall-update", "Microsoft.Sql/servers/firewallRules/write"),
    ("logging.alert-database-firewall-deletion", "Microsoft.Sql/servers/firewallRules/delete"),
    ("logging.alert-public-address-update", "Microsoft.Network/publicIPAddresses/write"),
    ("logging.alert-public-address-deletion", "Microsoft.Network/publicIPAddresses/delete"),
];

fn group_id() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/main/providers/Microsoft.Insights/actionGroups/team"
    )
}

fn setting(name: &str, sink: &str, categories: &[&str]) -> Resource {
    let logs: Vec<Value> =
        categories.iter().map(|name| json!({ "category": name, "enabled": true })).collect();
    child(SETTINGS, name, json!({ (sink): "place", "logs": logs }))
}

fn account_id(subscription: &str, name: &str) -> String {
    format!(
        "/subscriptions/{subscription}/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/{name}"
    )
}

fn archive(name: &str, account: &str, categories: &[&str]) -> Resource {
    let mut setting = setting(name, "storageAccountId", categories);
    setting.properties.insert("storageAccountId".to_owned(), json!(account));
    setting
}

fn group(properties: Value) -> Resource {
    resource("microsoft.insights/actionGroups", "team", json!({}), properties)
}

fn team() -> Resource {
    group(json!({
        "groupShortName": "team", "enabled": true,
        "emailReceivers": [{ "name": "soc", "emailAddress": "soc@contoso.example", "status": "Enabled" }]
    }))
}

fn alert(name: &str, all_of: Value) -> Resource {
    let properties = json!({
        "scopes": [format!("/subscriptions/{SUBSCRIPTION}")],
        "condition": { "allOf": all_of },
        "actions": { "actionGroups": [{ "actionGroupId": group_id().to_uppercase() }] },
        "enabled": true
    });
    resource("Microsoft.Insights/activityLogAlerts", name, json!({}), properties)
}

fn operation(name: &str) -> Value {
    json!([
        { "field": "category", "equals": "Administrative" },
        { "field": "operationName", "equals": name }
    ])
}

fn workspace(days: Value) -> Resource {
    let kind = "Microsoft.OperationalInsights/workspaces";
    resource(kind, "records", json!({}), json!({ "retentionInDays": days }))
}

fn site(name: &str) -> Resource {
    resource("Microsoft.Web/sites", name, json!({ "kind": "app" }), json!({ "state": "Running" }))
}

fn component(name: &str, state: Value) -> Resource {
    let properties = json!({ "Application_Type": "web", "provisioningState": state });
    resource("microsoft.insights/components", name, json!({ "kind": "web" }), properties)
}

fn good() -> Vec<Resource> {
    let mut all = vec![
        setting("first", "workspaceId", &["Administrative", "Security"]),
        archive("second", &account_id(SUBSCRIPTION, "records"), &["Alert", "Policy"]),
        archived("records"),
        team(),
        alert("health", json!([{ "field": "category", "equals": "ServiceHealth" }])),
        workspace(json!(730)),
        site("shop"),
        component("shop", json!("Succeeded")),
    ];
    all.extend(OPERATIONS.iter().map(|(control, name)| alert(control, operation(name))));
    all
}

/// A storage account with the container of the activity log, which is immutable.
fn archived(name: &str) -> Resource {
    let mut account = account(name);
    let blobs = account.children.iter_mut().find(|child| child.kind == "blobServices").unwrap();
    let locked =
        json!({ "publicAccess": "None", "hasImmutabilityPolicy": true, "hasLegalHold": false });
    blobs.children.push(child("containers", "insights-activity-logs", locked));
    account
}

fn audit(resources: Vec<Resource>) -> Run {
    Tenant::serve(with(resources)).json(LOGGING)
}

/// The one outcome of a control.
fn outcome(run: &Run, control: &str) -> String {
    let findings = run.findings(control);
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings[0].outcome.clone()
}

/// The subscription as it should be, in a tenant whose own records are exported, too.
fn healthy() -> Scenario {
    Scenario { tenant_resources: super::exports::good(), ..with(good()) }
}

#[test]
fn a_subscription_as_it_should_be_passes_everything() {
    let run = Tenant::serve(healthy()).json(LOGGING);
    for finding in run.json()["findings"].as_array().unwrap() {
        // A control whose parameter is not set says so of all resources at once.
        let fine = finding["outcome"] == "pass" || finding["resource"].is_null();
        assert!(fine, "{finding:#}");
    }
    assert_eq!(run.findings("logging.audit-trail-coverage").len(), 1);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn what_goes_nowhere_or_leaves_a_category_out_is_not_recorded() {
    let nowhere = setting("nowhere", "none", &["Administrative", "Security", "Alert", "Policy"]);
    let run = audit(vec![nowhere]);
    assert_eq!(outcome(&run, "logging.audit-trail-recording"), "fail");
    assert_eq!(outcome(&run, "logging.audit-trail-coverage"), "fail");
    let run = audit(vec![setting("part", "workspaceId", &["Administrative", "Security", "Alert"])]);
    assert_eq!(outcome(&run, "logging.audit-trail-recording"), "pass");
    assert_eq!(outcome(&run, "logging.audit-trail-coverage"), "fail");
    let logs = json!([{ "categoryGroup": "allLogs", "enabled": true }]);
    let run = audit(vec![child(SETTINGS, "all", json!({ "workspaceId": "place", "logs": logs }))]);
    assert_eq!(outcome(&run, "logging.audit-trail-coverage"), "pass");
}

/// Each storage account that keeps the activity log counts; those that keep other things do not.
#[test]
fn the_activity_log_is_encrypted_with_the_key_of_its_storage_accounts() {
    let control = "logging.audit-trail-encryption";
    let to = |setting: &str, name: &str| {
        archive(setting, &account_id(SUBSCRIPTION, name).to_uppercase(), &["Administrative"])
    };
    let own = |name: &str| {
        let mut account = account(name);
        account
            .properties
            .insert("encryption".to_owned(), json!({ "keySource": "Microsoft.Storage" }));
        account
    };
    let odd = |name: &str| {
        let mut account = account(name);
        account.properties.insert("encryption".to_owned(), json!({ "keySource": "Elsewhere" }));
        account
    };
    let mut gone = account("gone");
    gone.top.insert("properties".to_owned(), json!("gone"));
    let mut empty = to("empty", "plain");
    empty.properties.insert("logs".to_owned(), json!([{ "category": "Alert", "enabled": false }]));
    let elsewhere = || archive("away", &account_id("other", "records"), &["Policy"]);
    let workspace = setting("search", "workspaceId", &["Administrative"]);
    for (resources, expected) in [
        (vec![to("one", "records"), account("records"), own("plain")], "pass"),
        (vec![to("one", "records"), account("records"), own("plain"), empty], "pass"),
        (vec![to("one", "plain"), account("records"), own("plain")], "fail"),
        (vec![to("one", "records"), to("two", "plain"), account("records"), own("plain")], "fail"),
        (vec![to("one", "odd"), to("two", "plain"), odd("odd"), own("plain")], "fail"),
        (vec![to("one", "odd"), odd("odd")], "unknown"),
        (vec![to("one", "gone"), gone], "unknown"),
        (vec![to("one", "deleted"), account("records")], "unknown"),
        (vec![to("one", "records"), account("records"), elsewhere()], "unknown"),
        (vec![elsewhere(), to("two", "plain"), own("plain")], "fail"),
        (vec![workspace], "not-applicable"),
        (vec![], "not-applicable"),
    ] {
        assert_eq!(outcome(&audit(resources.clone()), control), expected, "{resources:?}");
    }
    let away = audit(vec![elsewhere()]);
    assert_eq!(away.findings(control)[0].gap.as_ref().unwrap().1, "outside-scope");
}

/// Ids before and after that of the subscription that asks, so that it is read last and first.
const OTHERS: [&str; 2] =
    ["99999999-0000-4000-8000-000000000002", "bbbbbbbb-0000-4000-8000-000000000002"];

/// What a control finds of the subscription that asks, and why where it is unknown, in a run over it and another one.
fn of_two(asks: Vec<Resource>, other: Subscription, control: &str) -> (String, Option<String>) {
    let mut scenario = with(asks);
    scenario.subscriptions.push(other);
    let run = Tenant::serve(scenario).json(&["--control", control]);
    let report = run.json();
    let all = report["findings"].as_array().unwrap();
    let own: Vec<&Value> = all
        .iter()
        .filter(|finding| finding["control"] == control && finding["scope"] == SUBSCRIPTION)
        .collect();
    assert_eq!(own.len(), 1, "{own:?} of {}", all.len());
    let reason = own[0]["gap"]["reason"].as_str();
    (own[0]["outcome"].as_str().unwrap().to_owned(), reason.map(str::to_owned))
}

#[test]
fn the_subscription_that_has_the_action_group_of_an_alert_decides() {
    let (control, name) = OPERATIONS[0];
    for id in OTHERS {
        let asks = || {
            let mut alert = alert("one", operation(name));
            let group = group_id().replace(SUBSCRIPTION, id).to_uppercase();
            alert.properties["actions"] = json!({ "actionGroups": [{ "actionGroupId": group }] });
            vec![alert]
        };
        let other = |resources: Vec<Resource>| Subscription {
            id: id.to_owned(),
            name: "operations".to_owned(),
            resources,
            ..Subscription::default()
        };
        let off = group(json!({ "enabled": false, "emailReceivers": [{ "status": "Enabled" }] }));
        let left = group(json!({ "enabled": true, "emailReceivers": [{ "status": "Disabled" }] }));
        let odd = group(json!({ "enabled": true, "emailReceivers": [null] }));
        for (resources, expected, why) in [
            (vec![team()], "pass", None),
            (vec![], "fail", None),
            (vec![group(json!({ "enabled": true }))], "fail", None),
            (vec![off], "fail", None),
            (vec![left], "fail", None),
            (vec![odd], "unknown", Some("malformed")),
        ] {
            let (outcome, gap) = of_two(asks(), other(resources.clone()), control);
            assert_eq!((&*outcome, gap.as_deref()), (expected, why), "{id} {resources:?}");
        }
        let denied = Subscription { denied: true, ..other(vec![team()]) };
        let (outcome, gap) = of_two(asks(), denied, control);
        assert_eq!((&*outcome, gap.as_deref()), ("unknown", Some("denied")), "{id}");
        // Who does not read the other subscription does not know.
        let elsewhere = Subscription {
            id: "cccccccc-0000-4000-8000-000000000003".to_owned(),
            ..other(vec![team()])
        };
        let (outcome, gap) = of_two(asks(), elsewhere, control);
        assert_eq!((&*outcome, gap.as_deref()), ("unknown", Some("outside-scope")), "{id}");
        // A group of the subscription is enough.
        let mut both = asks();
        both[0].properties["actions"]["actionGroups"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "actionGroupId": group_id() }));
        both.push(team());
        assert_eq!(of_two(both, other(vec![]), control).0, "pass");
    }
}

#[test]
fn the_subscription_that_keeps_an_activity_log_decides_whose_key_it_has() {
    let control = "logging.audit-trail-encryption";
    for id in OTHERS {
        let asks = || vec![archive("away", &account_id(id, "records").to_uppercase(), &["Policy"])];
        let other = |resources: Vec<Resource>| Subscription {
            id: id.to_owned(),
            name: "archive".to_owned(),
            resources,
            ..Subscription::default()
        };
        let with_key = |source: &str| {
            let mut account = account("records");
            let encryption = json!({ "keySource": source });
            account.properties.insert("encryption".to_owned(), encryption);
            account
        };
        for (resources, expected, why) in [
            (vec![account("records")], "pass", None),
            (vec![with_key("Microsoft.Storage")], "fail", None),
            (vec![with_key("Elsewhere")], "unknown", Some("unsupported")),
            (vec![account("other")], "unknown", Some("undetermined")),
        ] {
            let (outcome, gap) = of_two(asks(), other(resources.clone()), control);
            assert_eq!((&*outcome, gap.as_deref()), (expected, why), "{id} {resources:?}");
        }
        let denied = Subscription { denied: true, ..other(vec![account("records")]) };
        let (outcome, gap) = of_two(asks(), denied, control);
        assert_eq!((&*outcome, gap.as_deref()), ("unknown", Some("denied")), "{id}");
    }
}

/// One component that works is enough, and if there are no applications none is needed.
#[test]
fn something_watches_web_applications() {
    let control = "logging.application-monitoring";
    let mut gone = component("gone", Value::Null);
    gone.top.insert("properties".to_owned(), json!("gone"));
    let works = || component("works", json!("succeeded"));
    let odd = || component("odd", json!("Dreaming"));
    for (resources, expected) in [
        (vec![site("shop"), works()], "pass"),
        (vec![site("shop"), component("bad", json!("Failed")), works()], "pass"),
        (vec![site("shop"), gone.clone(), odd(), works()], "pass"),
        (vec![site("shop")], "fail"),
        (vec![site("shop"), component("bad", json!("Failed"))], "fail"),
        (vec![site("shop"), odd()], "unknown"),
        (vec![site("shop"), component("silent", Value::Null)], "unknown"),
        (vec![site("shop"), gone], "unknown"),
        (vec![works()], "not-applicable"),
        (vec![], "not-applicable"),
    ] {
        assert_eq!(outcome(&audit(resources.clone()), control), expected, "{resources:?}");
    }
    let mut unregistered = with(vec![site("shop")]);
    unregistered.subscriptions[0].unregistered.push("Microsoft.Web".to_owned());
    assert_eq!(outcome(&Tenant::serve(unregistered).json(LOGGING), control), "not-applicable");
}

#[test]
fn what_is_planned_is_what_is_called() {
    let scenario = healthy();
    for control in [
        "logging.application-monitoring",
        "logging.audit-trail-encryption",
        "logging.audit-trail-coverage",
    ] {
        assert_planned(&scenario, &["--control", control]);
    }
    assert_planned(&scenario, LOGGING);
}

#[test]
fn each_operation_has_its_own_alert() {
    for (own, name) in OPERATIONS {
        let run = audit(vec![team(), alert("one", operation(name))]);
        for (control, _) in OPERATIONS {
            let expected = if control == own { "pass" } else { "fail" };
            assert_eq!(outcome(&run, control), expected, "{control} with an alert on {name}");
        }
    }
}

#[test]
fn an_alert_that_sees_part_or_notifies_no_recipient_is_none() {
    let (control, name) = OPERATIONS[0];
    let bend = |name: &str, value: Value| {
        let mut alert = alert("one", operation(OPERATIONS[0].1));
        alert.properties.insert(name.to_owned(), value);
        vec![team(), alert]
    };
    let mut narrow = operation(name);
    narrow.as_array_mut().unwrap().push(json!({ "field": "status", "equals": "Failed" }));
    let inside = format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/main");
    let off = group(json!({ "enabled": false, "emailReceivers": [{ "status": "Enabled" }] }));
    let left = group(json!({ "enabled": true, "emailReceivers": [{ "status": "Disabled" }] }));
    for bad in [
        bend("enabled", json!(false)),
        bend("scopes", json!([inside])),
        bend("condition", json!({ "allOf": narrow })),
        bend("actions", json!({ "actionGroups": [] })),
        vec![alert("one", operation(name))],
        vec![off, alert("one", operation(name))],
        vec![left, alert("one", operation(name))],
    ] {
        assert_eq!(outcome(&audit(bad.clone()), control), "fail", "{bad:?}");
    }
    // What the operation implies leaves nothing out.
    let (_, operation_name) = OPERATIONS[0];
    let levels = ["Critical", "Error", "Warning", "Informational"];
    for redundant in [
        json!({ "field": "resourceType", "equals": "microsoft.authorization/policyassignments" }),
        json!({ "field": "level", "containsAny": levels }),
    ] {
        let mut whole = operation(operation_name);
        whole.as_array_mut().unwrap().push(redundant.clone());
        let run = audit(bend("condition", json!({ "allOf": whole })));
        assert_eq!(outcome(&run, control), "pass", "{redundant}");
    }
    for narrow in [
        json!({ "field": "resourceType", "equals": "microsoft.authorization/policydefinitions" }),
        json!({ "field": "level", "containsAny": levels[..3] }),
        json!({ "field": "level", "equals": "Informational" }),
    ] {
        let mut part = operation(operation_name);
        part.as_array_mut().unwrap().push(narrow.clone());
        let run = audit(bend("condition", json!({ "allOf": part })));
        assert_eq!(outcome(&run, control), "fail", "{narrow}");
    }
    // The action group is where the audit did not look.
    let elsewhere =
        "/subscriptions/other/resourceGroups/x/providers/microsoft.insights/actionGroups/y";
    let groups = json!({ "actionGroups": [{ "actionGroupId": elsewhere }] });
    assert_eq!(outcome(&audit(bend("actions", groups)), control), "unknown");
    for malformed in [json!("all"), json!({ "allOf": "all" }), json!({ "allOf": [] })] {
        assert_eq!(outcome(&audit(bend("condition", malformed)), control), "unknown");
    }
    // Absent is on.
    let mut silent = bend("enabled", json!(true));
    silent[1].properties.remove("enabled");
    assert_eq!(outcome(&audit(silent), control), "pass");
}

#[test]
fn a_workspace_keeps_records_long_enough_or_for_ever() {
    let control = "logging.log-group-retention";
    for (days, expected) in [
        (json!(365), "pass"),
        (json!(364), "fail"),
        (json!(-1), "pass"),
        (json!("long"), "unknown"),
    ] {
        assert_eq!(outcome(&audit(vec![workspace(days.clone())]), control), expected, "{days}");
    }
    assert_eq!(outcome(&audit(vec![workspace(Value::Null)]), control), "unknown");
    assert_eq!(outcome(&audit(Vec::new()), control), "not-applicable");
}

#[test]
fn what_is_refused_is_unknown_by_its_name() {
    let refused = |action: &str| -> Scenario {
        let mut scenario = with(good());
        scenario.not_actions.push(action.to_owned());
        scenario
    };
    for (action, control) in [
        ("Microsoft.Insights/diagnosticSettings/read", "logging.audit-trail-coverage"),
        ("Microsoft.Insights/diagnosticSettings/read", "logging.audit-trail-encryption"),
        ("Microsoft.Storage/storageAccounts/read", "logging.audit-trail-encryption"),
        (
            "Microsoft.Storage/storageAccounts/blobServices/containers/read",
            "logging.audit-trail-storage-lock",
        ),
        ("Microsoft.Authorization/roleAssignments/read", "logging.readers"),
        ("Microsoft.Insights/components/read", "logging.application-monitoring"),
        ("Microsoft.Web/sites/read", "logging.application-monitoring"),
        ("Microsoft.Insights/activityLogAlerts/read", "logging.alert-service-health"),
        ("Microsoft.Insights/actionGroups/read", "logging.alert-service-health"),
        ("Microsoft.OperationalInsights/workspaces/read", "logging.log-group-retention"),
    ] {
        let run = Tenant::serve(refused(action)).json(LOGGING);
        let findings = run.findings(control);
        let named = findings.iter().all(|found| {
            let gap = found.gap.as_ref();
            found.outcome == "unknown"
                && gap.is_some_and(|(name, why)| name == action && why == "denied")
        });
        assert!(named, "{action}: {findings:?}");
    }
    let mut throttled = with(good());
    throttled.faults.push(Rule { times: Some(1), ..patience("diagnosticSettings", 0) });
    let run = Tenant::serve(throttled).json(LOGGING);
    assert_eq!(outcome(&run, "logging.audit-trail-coverage"), "pass");
}
