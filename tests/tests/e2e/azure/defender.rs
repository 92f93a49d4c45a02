//! Defender for Cloud: its plans and what is in them, whom it notifies, and the benchmark behind it.

use posture_sim::azure::{Resource, Scenario, Subscription};
use posture_tests::Run;
use posture_tests::azure::{
    SUBSCRIPTION, Tenant, assert_planned, child, fault, patience, resource, with,
};
use serde_json::{Value, json};

const DETECTION: &[&str] = &["--control", "detection", "--control", "identity.security-contact"];

/// What the one detector of a subscription is called.
const NAME: &str = "Defender for Cloud";

const BENCHMARK: &str =
    "/providers/Microsoft.Authorization/policySetDefinitions/1f3afdf9-d0c9-4c3d-847f-89da613e70a8";

const SCORES: &str = "Microsoft.Security/secureScores";
const SCORE: &str = "detection.secure-score";

/// Each control of a plan, with the name of the plan.
const PLANS: &[(&str, &str)] = &[
    ("detection.posture-management", "CloudPosture"),
    ("detection.threat-detector-apis", "Api"),
    ("detection.threat-detector-app-service", "AppServices"),
    ("detection.threat-detector-cosmos", "CosmosDbs"),
    ("detection.threat-detector-key-vault", "KeyVaults"),
    ("detection.threat-detector-kubernetes", "Containers"),
    ("detection.threat-detector-open-source-databases", "OpenSourceRelationalDatabases"),
    ("detection.threat-detector-resource-manager", "Arm"),
    ("detection.threat-detector-servers", "VirtualMachines"),
    ("detection.threat-detector-sql", "SqlServers"),
    ("detection.threat-detector-sql-machines", "SqlServerVirtualMachines"),
    ("detection.threat-detector-storage", "StorageAccounts"),
];

/// What is in the plan for machines, or beside it.
const COMPONENTS: &[&str] = &[
    "detection.agentless-scanning",
    "detection.endpoint-protection",
    "detection.file-integrity",
    "detection.machine-vulnerabilities",
];

const CONTACT: &[&str] = &[
    "detection.alert-mail",
    "detection.alert-mail-to-owners",
    "detection.attack-path-mail",
    "identity.security-contact",
];

fn plan(name: &str, tier: &str) -> Resource {
    child("Microsoft.Security/pricings", name, json!({ "pricingTier": tier, "enforce": "False" }))
}

fn machines(sub_plan: Value, extensions: Value) -> Resource {
    let properties =
        json!({ "pricingTier": "Standard", "subPlan": sub_plan, "extensions": extensions });
    child("Microsoft.Security/pricings", "VirtualMachines", properties)
}

fn extensions(agentless: &str, files: &str) -> Value {
    json!([
        { "name": "AgentlessVmScanning", "isEnabled": agentless },
        { "name": "FileIntegrityMonitoring", "isEnabled": files }
    ])
}

fn setting(name: &str, enabled: Value) -> Resource {
    child("Microsoft.Security/settings", name, json!({ "enabled": enabled }))
}

fn scanner(provider: &str) -> Resource {
    let mut scanner = child(
        "Microsoft.Security/serverVulnerabilityAssessmentsSettings",
        "azureServersSetting",
        json!({ "selectedProvider": provider }),
    );
    scanner.top.insert("kind".to_owned(), json!("AzureServersSetting"));
    scanner
}

fn contact(properties: Value) -> Resource {
    child("Microsoft.Security/securityContacts", "default", properties)
}

fn good_contact() -> Resource {
    contact(json!({
        "isEnabled": true,
        "emails": "security@contoso.example; soc@contoso.example",
        "notificationsByRole": { "state": "On", "roles": ["Owner", "Contributor"] },
        "notificationsSources": [
            { "sourceType": "AttackPath", "minimalRiskLevel": "Critical" },
            { "sourceType": "Alert", "minimalSeverity": "Medium" }
        ]
    }))
}

fn score(score: Value) -> Resource {
    let properties = json!({ "displayName": "ASC score", "score": score, "weight": 67 });
    child(SCORES, "ascScore", properties)
}

fn machine(name: &str, system: &str, mode: Value) -> Resource {
    let profile =
        json!({ "osProfile": { (system): { "patchSettings": { "assessmentMode": mode } } } });
    resource("Microsoft.Compute/virtualMachines", name, json!({}), profile)
}

fn assignment(properties: Value) -> Resource {
    let mut properties = properties;
    properties["policyDefinitionId"] = json!(BENCHMARK);
    child("Microsoft.Authorization/policyAssignments", "SecurityCenterBuiltIn", properties)
}

/// The set of policies, cut down to three: one current, one given up, one whose effect is fixed.
fn definition() -> Value {
    let policy = |reference: &str, effect: &str| {
        json!({
            "policyDefinitionReferenceId": reference, "parameters": { "effect": { "value": effect } }
        })
    };
    let parameter = |deprecated: Option<bool>| {
        json!({
            "type": "string", "defaultValue": "Audit", "metadata": { "deprecated": deprecated }
        })
    };
    json!({
        "id": BENCHMARK,
        "name": "1f3afdf9-d0c9-4c3d-847f-89da613e70a8",
        "type": "Microsoft.Authorization/policySetDefinitions",
        "properties": {
            "parameters": {
                "secureTransferEffect": parameter(None), "oldEffect": parameter(Some(true))
            },
            "policyDefinitions": [
                policy("secureTransfer", "[parameters('secureTransferEffect')]"),
                policy("old", "[parameters('oldEffect')]"),
                policy("fixed", "Audit")
            ]
        }
    })
}

fn good() -> Vec<Resource> {
    let mut all: Vec<Resource> = PLANS
        .iter()
        .filter(|(_, name)| *name != "VirtualMachines")
        .map(|(_, name)| plan(name, "Standard"))
        .collect();
    all.push(machines(json!("P2"), extensions("True", "True")));
    all.push(setting("WDATP", json!(true)));
    all.push(setting("Sentinel", json!(false)));
    all.push(scanner("MdeTvm"));
    all.push(good_contact());
    all.push(machine("web", "linuxConfiguration", json!("AutomaticByPlatform")));
    all.push(machine("desk", "windowsConfiguration", json!("automaticbyplatform")));
    all.push(resource("Microsoft.Easm/workspaces", "surface", json!({}), json!({})));
    all.push(score(json!({ "max": 50, "current": 35.01, "percentage": 0.7002 })));
    all.push(assignment(json!({ "parameters": { "daysToKeep": { "value": 90 } } })));
    all
}

fn tenant(resources: Vec<Resource>) -> Scenario {
    let mut scenario = with(resources);
    scenario.tenant_resources.push(definition());
    scenario
}

fn audit(resources: Vec<Resource>) -> Run {
    Tenant::serve(tenant(resources)).json(DETECTION)
}

/// What becomes of a control of the account, which has one finding.
fn of_account(run: &Run, control: &str) -> String {
    let findings = run.findings(control);
    assert_eq!(findings.len(), 1, "{control}: {findings:?}");
    findings[0].outcome.clone()
}

/// A subscription as it should be except for one resource, which is replaced by another.
fn but(replaced: impl Fn(&Resource) -> bool, by: Vec<Resource>) -> Run {
    let mut all = good();
    all.retain(|resource| !replaced(resource));
    all.extend(by);
    audit(all)
}

fn is(kind: &'static str, name: &'static str) -> impl Fn(&Resource) -> bool {
    move |resource| resource.kind == kind && (name.is_empty() || resource.name == name)
}

#[test]
fn a_subscription_as_it_should_be_passes_everything() {
    let run = audit(good());
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.len() >= PLANS.len() + COMPONENTS.len() + CONTACT.len() + 3);
    for finding in findings {
        assert_eq!(finding["outcome"], "pass", "{finding:#}");
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn a_subscription_where_everything_is_off_fails_everything() {
    let mut all: Vec<Resource> = PLANS.iter().map(|(_, name)| plan(name, "Free")).collect();
    all.push(setting("WDATP", json!(false)));
    all.push(contact(json!({
        "isEnabled": true, "emails": "", "notificationsByRole": { "state": "Off", "roles": ["Owner"] },
        "notificationsSources": []
    })));
    all.push(machine("web", "linuxConfiguration", json!("ImageDefault")));
    all.push(score(json!({ "max": 50, "current": 0, "percentage": 0 })));
    let run = audit(all);
    for finding in run.json()["findings"].as_array().unwrap() {
        assert_eq!(finding["outcome"], "fail", "{finding:#}");
    }
}

/// A plan that is not in the list is not on, and neither is anything where the provider was never registered.
#[test]
fn what_was_never_enabled_is_off() {
    let mut unregistered = tenant(good());
    unregistered.subscriptions[0].unregistered = vec!["Microsoft.Security".to_owned()];
    for run in [audit(Vec::new()), Tenant::serve(unregistered).json(DETECTION)] {
        for control in PLANS.iter().map(|(control, _)| control).chain(COMPONENTS) {
            assert_eq!(run.outcome(control, NAME), "fail", "{control}");
        }
        for control in CONTACT {
            assert_eq!(of_account(&run, control), "fail", "{control}");
        }
        assert_eq!(run.outcome(SCORE, NAME), "not-applicable");
        assert!(run.gaps().is_empty(), "{:?}", run.gaps());
    }
    assert_eq!(audit(Vec::new()).outcome("detection.update-checks", NAME), "not-applicable");
}

#[test]
fn each_plan_decides_its_own_control_and_no_other() {
    for (own, name) in PLANS {
        let run = but(is("Microsoft.Security/pricings", name), vec![plan(name, "free")]);
        for (control, _) in PLANS {
            let expected = if control == own { "fail" } else { "pass" };
            assert_eq!(run.outcome(control, NAME), expected, "{control} where {name} is off");
        }
    }
}

#[test]
fn the_plans_that_containers_superseded_do_not_replace_it() {
    let old = ["KubernetesService", "ContainerRegistry"].map(|name| {
        let mut plan = plan(name, "Standard");
        plan.properties.insert("deprecated".to_owned(), json!(true));
        plan.properties.insert("replacedBy".to_owned(), json!(["Containers"]));
        plan
    });
    let run = but(is("Microsoft.Security/pricings", "Containers"), old.into());
    assert_eq!(run.outcome("detection.threat-detector-kubernetes", NAME), "fail");
}

#[test]
fn a_tier_that_is_unknown_or_makes_no_sense_decides_nothing() {
    let mut senseless = plan("KeyVaults", "Standard");
    senseless.top.insert("properties".to_owned(), json!("on"));
    let mut silent = plan("Arm", "Standard");
    silent.properties.clear();
    let replaced =
        |resource: &Resource| ["KeyVaults", "Arm", "Api"].contains(&resource.name.as_str());
    let run = but(replaced, vec![senseless, silent, plan("Api", "Premium")]);
    for (control, reason) in [
        ("detection.threat-detector-key-vault", "malformed"),
        ("detection.threat-detector-resource-manager", "malformed"),
        ("detection.threat-detector-apis", "unsupported"),
    ] {
        let findings = run.findings(control);
        let gap = ("Microsoft.Security/pricings/read".to_owned(), reason.to_owned());
        assert_eq!(findings[0].outcome, "unknown", "{control}");
        assert_eq!(findings[0].gap.as_ref(), Some(&gap), "{control}");
    }
    assert_eq!(run.outcome("detection.threat-detector-sql", NAME), "pass");
}

#[test]
fn a_plan_without_a_name_may_be_any_that_is_missing() {
    let mut nameless = plan("x", "Standard");
    nameless.top.insert("name".to_owned(), Value::Null);
    let run = but(is("Microsoft.Security/pricings", "Arm"), vec![nameless]);
    assert_eq!(run.outcome("detection.threat-detector-resource-manager", NAME), "unknown");
    assert_eq!(run.outcome("detection.threat-detector-sql", NAME), "pass");
}

#[test]
fn what_a_list_held_before_it_broke_off_counts_and_what_may_have_followed_is_unknown() {
    let mut scenario = tenant(good());
    scenario.page_size = 3;
    scenario.faults.push(fault("/pricings?api-version=2024-01-01&$skiptoken", 403, "Forbidden"));
    let run = Tenant::serve(scenario).json(DETECTION);
    let outcomes: Vec<String> =
        PLANS.iter().map(|(control, _)| run.outcome(control, NAME)).collect();
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "pass").count(), 3, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|outcome| *outcome == "unknown").count(), PLANS.len() - 3);
}

#[test]
fn the_smaller_plan_for_machines_holds_no_scanning_of_disks_and_no_file_integrity() {
    let posture = |agentless: &str| {
        let mut posture = plan("CloudPosture", "Standard");
        posture.properties.insert("extensions".to_owned(), extensions(agentless, "False"));
        posture
    };
    for (sub_plan, scans, posture, agentless, files) in [
        (json!("P2"), "True", posture("False"), "pass", "pass"),
        // Without a word on it the full plan is meant.
        (Value::Null, "True", posture("False"), "pass", "pass"),
        (json!("P1"), "True", posture("False"), "fail", "fail"),
        // Posture management scans disks as well.
        (json!("P1"), "False", posture("True"), "pass", "fail"),
        (json!("P2"), "False", plan("CloudPosture", "Standard"), "fail", "fail"),
        (
            json!("P2"),
            "False",
            {
                let mut off = posture("True");
                off.properties.insert("pricingTier".to_owned(), json!("Free"));
                off
            },
            "fail",
            "fail",
        ),
        (json!("P3"), "True", posture("False"), "unknown", "unknown"),
    ] {
        let replaced = |resource: &Resource| {
            ["VirtualMachines", "CloudPosture"].contains(&resource.name.as_str())
        };
        let run =
            but(replaced, vec![machines(sub_plan.clone(), extensions(scans, scans)), posture]);
        let what = format!("{sub_plan} {scans}");
        assert_eq!(run.outcome("detection.agentless-scanning", NAME), agentless, "{what}");
        assert_eq!(run.outcome("detection.file-integrity", NAME), files, "{what}");
        assert_eq!(run.outcome("detection.endpoint-protection", NAME), "pass", "{what}");
        assert_eq!(run.outcome("detection.threat-detector-servers", NAME), "pass", "{what}");
    }
}

#[test]
fn an_extension_whose_switching_failed_or_that_is_neither_on_nor_off_decides_nothing() {
    for (extension, reason) in [
        (json!({ "isEnabled": "True", "operationStatus": { "code": "Failed" } }), "undetermined"),
        (json!({ "isEnabled": "Partly" }), "malformed"),
        (json!({}), "malformed"),
    ] {
        let mut extension = extension;
        extension["name"] = json!("FileIntegrityMonitoring");
        let replaced = is("Microsoft.Security/pricings", "VirtualMachines");
        let run = but(replaced, vec![machines(json!("P2"), json!([extension]))]);
        let findings = run.findings("detection.file-integrity");
        assert_eq!(findings[0].outcome, "unknown", "{extension}");
        assert_eq!(findings[0].gap.as_ref().unwrap().1, reason, "{extension}");
    }
}

#[test]
fn the_settings_of_machines_count_only_where_the_plan_for_machines_is_on() {
    let run = but(
        is("Microsoft.Security/pricings", "VirtualMachines"),
        vec![plan("VirtualMachines", "Free")],
    );
    for control in COMPONENTS {
        assert_eq!(run.outcome(control, NAME), "fail", "{control}");
    }
    for (control, kind) in [
        ("detection.endpoint-protection", "Microsoft.Security/settings"),
        (
            "detection.machine-vulnerabilities",
            "Microsoft.Security/serverVulnerabilityAssessmentsSettings",
        ),
    ] {
        assert_eq!(but(is(kind, ""), Vec::new()).outcome(control, NAME), "fail", "{control}");
    }
    let kind = "Microsoft.Security/serverVulnerabilityAssessmentsSettings";
    let run = but(is(kind, ""), vec![scanner("Other")]);
    assert_eq!(run.outcome("detection.machine-vulnerabilities", NAME), "unknown");
    let run =
        but(is("Microsoft.Security/settings", "WDATP"), vec![setting("wdatp", json!("True"))]);
    assert_eq!(run.outcome("detection.endpoint-protection", NAME), "pass");
    let run = but(is("Microsoft.Security/settings", "WDATP"), vec![setting("WDATP", Value::Null)]);
    assert_eq!(run.outcome("detection.endpoint-protection", NAME), "unknown");
}

/// What is denied is unknown, and costs nothing else.
#[test]
fn each_call_that_is_denied_costs_what_it_would_have_shown() {
    for (action, controls) in [
        ("Microsoft.Security/pricings/read", PLANS.iter().map(|(control, _)| *control).collect()),
        ("Microsoft.Security/settings/read", vec!["detection.endpoint-protection"]),
        (
            "Microsoft.Security/serverVulnerabilityAssessmentsSettings/read",
            vec!["detection.machine-vulnerabilities"],
        ),
        ("Microsoft.Security/secureScores/read", vec![SCORE]),
        ("Microsoft.Security/securityContacts/read", CONTACT.to_vec()),
        ("Microsoft.Authorization/policyAssignments/read", vec!["detection.benchmark-policies"]),
        ("Microsoft.Compute/virtualMachines/read", vec!["detection.update-checks"]),
    ] {
        let mut scenario = tenant(good());
        scenario.subscriptions[0].not_actions = vec![action.to_owned()];
        let run = Tenant::serve(scenario).json(DETECTION);
        for control in &controls {
            let findings = run.findings(control);
            assert_eq!(findings.len(), 1, "{control}");
            let gap = Some((action.to_owned(), "denied".to_owned()));
            assert_eq!((findings[0].outcome.as_str(), &findings[0].gap), ("unknown", &gap));
        }
        for finding in run.json()["findings"].as_array().unwrap() {
            let control = finding["control"].as_str().unwrap();
            if !controls.contains(&control) && !COMPONENTS.contains(&control) {
                assert_eq!(finding["outcome"], "pass", "{finding:#}");
            }
        }
    }
}

/// The percentage is a ratio, and is rounded down.
#[test]
fn the_score_is_compared_in_whole_percent() {
    for (value, expected) in [
        (json!({ "max": 50, "current": 35, "percentage": 0.7 }), "pass"),
        (json!({ "max": 50, "current": 34.999, "percentage": 0.69998 }), "pass"),
        (json!({ "max": 50, "current": 34.99, "percentage": 0.6998 }), "fail"),
        (json!({ "max": 50, "current": 50, "percentage": 1 }), "pass"),
        // Nothing was examined.
        (json!({ "max": 0, "current": 0, "percentage": 0 }), "not-applicable"),
        (json!({ "max": 0, "current": 0, "percentage": "NaN" }), "not-applicable"),
        (json!({ "max": 50, "current": 35, "percentage": 70 }), "unknown"),
        (json!({ "max": 50, "current": 35, "percentage": "high" }), "unknown"),
        (json!({ "max": 50, "current": 35 }), "unknown"),
        (json!("high"), "unknown"),
    ] {
        let run = but(is(SCORES, "ascScore"), vec![score(value.clone())]);
        assert_eq!(run.outcome(SCORE, NAME), expected, "{value}");
    }
    let run = but(is(SCORES, "ascScore"), Vec::new());
    assert_eq!(run.outcome(SCORE, NAME), "not-applicable");
    let mut fails = tenant(good());
    fails.faults.push(fault("ascScore", 500, "InternalServerError"));
    let run = Tenant::serve(fails).json(&["--control", SCORE]);
    assert_eq!(run.outcome(SCORE, NAME), "unknown");
}

#[test]
fn throttling_that_stays_is_a_gap() {
    let mut scenario = tenant(good());
    scenario.faults.push(patience("/pricings?", 3600));
    let run = Tenant::serve(scenario).json(DETECTION);
    assert_eq!(run.outcome("detection.threat-detector-sql", NAME), "unknown");
    assert_eq!(run.gaps()[0].1, "throttled");
}

#[test]
fn each_part_of_the_contact_decides_its_own_control() {
    let mut without = good_contact().properties;
    without.remove("isEnabled");
    let parts = |name: &str, value: Value| {
        let mut properties = good_contact().properties;
        properties.insert(name.to_owned(), value);
        Value::Object(properties)
    };
    let alerts = |level: Value| {
        parts("notificationsSources", json!([{ "sourceType": "alert", "minimalSeverity": level }]))
    };
    let [alert, owners, path, address] = [0, 1, 2, 3].map(|place| CONTACT[place]);
    let pass = "pass";
    for (properties, expected) in [
        (Value::Object(without), [pass, pass, pass, pass]),
        (parts("isEnabled", json!(false)), ["fail", "fail", "fail", "fail"]),
        (parts("emails", json!(" ; ")), [pass, pass, pass, "fail"]),
        (parts("emails", Value::Null), [pass, pass, pass, "fail"]),
        (parts("emails", json!(["a@b.example"])), [pass, pass, pass, "unknown"]),
        (parts("notificationsByRole", json!({ "roles": ["Owner"] })), [pass, "fail", pass, pass]),
        (
            parts("notificationsByRole", json!({ "state": "on", "roles": ["Contributor"] })),
            [pass, "fail", pass, pass],
        ),
        (
            parts("notificationsByRole", json!({ "state": "on", "roles": ["owner"] })),
            [pass, pass, pass, pass],
        ),
        (
            parts("notificationsByRole", json!({ "state": "Maybe", "roles": ["Owner"] })),
            [pass, "unknown", pass, pass],
        ),
        (alerts(json!("High")), [pass, pass, "fail", pass]),
        (alerts(json!("low")), [pass, pass, "fail", pass]),
        (alerts(json!("Apocalyptic")), ["unknown", pass, "fail", pass]),
        (alerts(Value::Null), ["unknown", pass, "fail", pass]),
        (
            parts(
                "notificationsSources",
                json!([{ "sourceType": "AttackPath", "minimalRiskLevel": "Low" }]),
            ),
            ["fail", pass, pass, pass],
        ),
        (parts("notificationsSources", json!([{}])), ["unknown", pass, "unknown", pass]),
        (parts("notificationsSources", json!("all")), ["unknown", pass, "unknown", pass]),
    ] {
        let run =
            but(is("Microsoft.Security/securityContacts", ""), vec![contact(properties.clone())]);
        for (control, expected) in [alert, owners, path, address].into_iter().zip(expected) {
            assert_eq!(of_account(&run, control), expected, "{control} {properties}");
        }
    }
}

#[test]
fn contacts_of_older_forms_are_understood() {
    for (properties, alert, owners) in [
        (
            json!({ "email": "a@b.example", "alertNotifications": "On", "alertsToAdmins": "On" }),
            "pass",
            "pass",
        ),
        (
            json!({ "email": "a@b.example", "alertNotifications": "Off", "alertsToAdmins": "Off" }),
            "fail",
            "fail",
        ),
        (
            json!({
                "emails": "a@b.example",
                "alertNotifications": { "state": "On", "minimalSeverity": "High" },
                "notificationsByRole": { "state": "On", "roles": ["Owner"] }
            }),
            "pass",
            "pass",
        ),
        (
            json!({ "emails": "a@b.example", "alertNotifications": { "state": "Off" } }),
            "fail",
            "fail",
        ),
        (
            json!({ "emails": "a@b.example", "alertNotifications": { "state": "On" } }),
            "unknown",
            "fail",
        ),
    ] {
        let run =
            but(is("Microsoft.Security/securityContacts", ""), vec![contact(properties.clone())]);
        assert_eq!(of_account(&run, "detection.alert-mail"), alert, "{properties}");
        assert_eq!(of_account(&run, "detection.alert-mail-to-owners"), owners, "{properties}");
        assert_eq!(of_account(&run, "identity.security-contact"), "pass", "{properties}");
        assert_eq!(of_account(&run, "detection.attack-path-mail"), "fail", "{properties}");
    }
}

#[test]
fn one_machine_that_does_not_look_for_updates_is_named_and_outranks_one_that_is_unclear() {
    let other = |name: &str, mode: Value| machine(name, "windowsConfiguration", mode);
    let bare = resource("Microsoft.Compute/virtualMachines", "bare", json!({}), json!({}));
    let profile = json!({ "osProfile": { "windowsConfiguration": { "patchSettings": { "assessmentMode": "ImageDefault" } } } });
    let arc = resource("Microsoft.HybridCompute/machines", "arc", json!({}), profile);
    for (machines, expected, named) in [
        (vec![other("laptop", json!("ImageDefault"))], "fail", Some("laptop")),
        (vec![bare], "fail", Some("bare")),
        (vec![arc], "fail", Some("arc")),
        (vec![other("odd", json!("Sometimes"))], "unknown", None),
        (
            vec![other("odd", json!("Sometimes")), other("laptop", Value::Null)],
            "fail",
            Some("laptop"),
        ),
    ] {
        let run = but(|_| false, machines);
        assert_eq!(run.outcome("detection.update-checks", NAME), expected, "{:?}", run.gaps());
        if let Some(named) = named {
            assert!(run.out.contains(&format!("not on {named}")), "{}", run.out);
        }
    }
}

#[test]
fn one_workspace_watches_the_surface_of_every_subscription() {
    let control = "detection.attack-surface";
    let outcomes = |scenario: Scenario, arguments: &[&str]| {
        let run = Tenant::serve(scenario).json(&[DETECTION, arguments].concat());
        run.findings(control).into_iter().map(|finding| finding.outcome).collect::<Vec<_>>()
    };
    let mut two = tenant(good());
    two.subscriptions.push(Subscription {
        id: "aaaaaaaa-0000-4000-8000-000000000002".to_owned(),
        name: "staging".to_owned(),
        ..Subscription::default()
    });
    assert_eq!(outcomes(two.clone(), &[]), ["pass", "pass"]);
    // It is in a subscription that is not audited: unknown.
    assert_eq!(outcomes(two.clone(), &["--subscription", "staging"]), ["unknown"]);
    two.subscriptions[0]
        .resources
        .retain(|resource| !is("Microsoft.Easm/workspaces", "")(resource));
    assert_eq!(outcomes(two.clone(), &[]), ["fail", "fail"]);
    two.subscriptions[0].not_actions = vec!["Microsoft.Easm/*".to_owned()];
    // It may be in the one that cannot be read.
    assert_eq!(outcomes(two.clone(), &[]), ["unknown", "unknown"]);
    let mut failed = resource("Microsoft.Easm/workspaces", "surface", json!({}), json!({}));
    failed.properties.insert("provisioningState".to_owned(), json!("Failed"));
    assert_eq!(
        but(is("Microsoft.Easm/workspaces", ""), vec![failed]).outcome(control, NAME),
        "fail"
    );
}

fn benchmark(assignments: Vec<Resource>) -> Run {
    but(is("Microsoft.Authorization/policyAssignments", ""), assignments)
}

#[test]
fn a_policy_of_the_benchmark_is_off_where_every_assignment_switches_it_off() {
    let control = "detection.benchmark-policies";
    let off = |name: &str| json!({ "parameters": { (name): { "value": "Disabled" } } });
    let overridden = |selectors: Value| {
        json!({
            "overrides": [{ "kind": "policyEffect", "value": "Disabled", "selectors": selectors }]
        })
    };
    let select = |name: &str, values: Value| {
        overridden(json!([{ "kind": "policyDefinitionReferenceId", (name): values }]))
    };
    let other = format!("/subscriptions/{SUBSCRIPTION}x");
    let own = format!("/subscriptions/{}", SUBSCRIPTION.to_uppercase());
    for (properties, expected) in [
        (json!({}), "pass"),
        (off("SECURETRANSFEREFFECT"), "fail"),
        // Its author gave it up.
        (off("oldEffect"), "pass"),
        (off("goneEffect"), "pass"),
        (json!({ "parameters": { "secureTransferEffect": { "value": "Audit" } } }), "pass"),
        (json!({ "parameters": "none" }), "unknown"),
        (select("in", json!(["secureTransfer"])), "fail"),
        (select("in", json!(["old"])), "pass"),
        (select("notIn", json!(["old"])), "fail"),
        (overridden(json!([])), "fail"),
        (overridden(json!([{ "kind": "resourceLocation", "in": ["eastus"] }])), "unknown"),
        (json!({ "notScopes": [own] }), "fail"),
        (json!({ "notScopes": [other] }), "pass"),
        (
            json!({ "notScopes": ["/providers/Microsoft.Management/managementGroups/sandbox"] }),
            "unknown",
        ),
        (json!({ "resourceSelectors": [{ "name": "some", "selectors": [] }] }), "unknown"),
        // What is not enforced is examined all the same.
        (json!({ "enforcementMode": "DoNotEnforce" }), "pass"),
    ] {
        let run = benchmark(vec![assignment(properties.clone())]);
        assert_eq!(of_account(&run, control), expected, "{properties}");
    }
    assert_eq!(of_account(&benchmark(Vec::new()), control), "fail");
    // What is assigned to a part of the subscription does not reach all of it.
    let mut part = assignment(json!({}));
    part.group = Some("main".to_owned());
    assert_eq!(of_account(&benchmark(vec![part]), control), "fail");
    let mut second = assignment(json!({}));
    second.name = "again".to_owned();
    let run = benchmark(vec![assignment(off("secureTransferEffect")), second.clone()]);
    assert_eq!(of_account(&run, control), "pass");
    second.properties.insert("policyDefinitionId".to_owned(), json!("/another"));
    assert_eq!(of_account(&benchmark(vec![second.clone()]), control), "fail");
    second.top.insert("properties".to_owned(), json!(7));
    assert_eq!(of_account(&benchmark(vec![second]), control), "unknown");
}

#[test]
fn a_benchmark_assigned_above_the_subscription_counts() {
    let control = "detection.benchmark-policies";
    let above = json!({
        "id": "/providers/Microsoft.Management/managementGroups/root/providers/Microsoft.Authorization/policyAssignments/asc",
        "name": "asc",
        "type": "Microsoft.Authorization/policyAssignments",
        "properties": {
            "policyDefinitionId": BENCHMARK.to_lowercase(),
            "scope": "/providers/Microsoft.Management/managementGroups/root"
        }
    });
    let mut scenario = tenant(Vec::new());
    scenario.tenant_resources.push(above);
    for (members, expected) in [(vec![SUBSCRIPTION.to_owned()], "pass"), (Vec::new(), "fail")] {
        scenario.management_groups.insert("root".to_owned(), members);
        let run = Tenant::serve(scenario.clone()).json(DETECTION);
        assert_eq!(of_account(&run, control), expected);
    }
}

#[test]
fn the_set_is_asked_for_only_where_something_is_switched_off_and_its_silence_is_a_gap() {
    let asked = |properties: Value| {
        let mut all = good();
        all.retain(|resource| !is("Microsoft.Authorization/policyAssignments", "")(resource));
        all.push(assignment(properties));
        let mut scenario = tenant(all);
        scenario.faults.push(fault("/policySetDefinitions/", 403, "AuthorizationFailed"));
        let tenant = Tenant::serve(scenario);
        let run = tenant.json(DETECTION);
        let asked = tenant.requests().iter().any(|r| r.path.contains("policySetDefinitions"));
        (of_account(&run, "detection.benchmark-policies"), asked)
    };
    assert_eq!(asked(json!({})), ("pass".to_owned(), false));
    let off = json!({ "parameters": { "oldEffect": { "value": "Disabled" } } });
    assert_eq!(asked(off), ("unknown".to_owned(), true));
}

/// The calls that are made are the calls that were planned.
#[test]
fn what_is_planned_is_what_is_called() {
    let off = json!({ "parameters": { "oldEffect": { "value": "Disabled" } } });
    for workspace in [true, false] {
        let mut all = good();
        all.retain(|resource| {
            !is("Microsoft.Authorization/policyAssignments", "")(resource)
                && (workspace || !is("Microsoft.Easm/workspaces", "")(resource))
        });
        all.push(assignment(off.clone()));
        let mut scenario = tenant(all);
        scenario.subscriptions.push(Subscription {
            id: "aaaaaaaa-0000-4000-8000-000000000002".to_owned(),
            name: "staging".to_owned(),
            resources: vec![assignment(off.clone())],
            ..Subscription::default()
        });
        assert_planned(&scenario, DETECTION);
    }
}

/// CIS Azure 8.1.4.1 asks for the plan for containers with each of its four extensions.
#[test]
fn the_plan_for_containers_alone_is_not_its_full_coverage() {
    let containers = |parts: &[(&str, &str)]| {
        let parts = parts.iter().map(|(name, on)| json!({ "name": name, "isEnabled": on }));
        let properties =
            json!({ "pricingTier": "Standard", "extensions": parts.collect::<Vec<_>>() });
        let mut all = good();
        all.retain(|resource| !is("Microsoft.Security/pricings", "Containers")(resource));
        all.push(child("Microsoft.Security/pricings", "Containers", properties));
        let run = Tenant::serve(tenant(all)).json(&["--framework", "cis-azure"]);
        let control = "detection.threat-detector-kubernetes";
        assert_eq!(run.outcome(control, NAME), "pass");
        let report = run.json();
        let rows = report["frameworks"][0]["requirements"].as_array().unwrap();
        let row = rows.iter().find(|row| row["id"] == "8.1.4.1").unwrap();
        row["state"].as_str().unwrap().to_owned()
    };
    let all = [
        ("AgentlessDiscoveryForKubernetes", "True"),
        ("AgentlessVmScanning", "True"),
        ("ContainerRegistriesVulnerabilityAssessments", "True"),
        ("ContainerSensor", "True"),
    ];
    assert_eq!(containers(&all), "met");
    assert_eq!(containers(&[]), "not-met");
    for place in 0..all.len() {
        let mut off = all;
        off[place].1 = "False";
        assert_eq!(containers(&off), "not-met", "{off:?}");
        let without: Vec<_> = all.into_iter().filter(|part| *part != all[place]).collect();
        assert_eq!(containers(&without), "not-met", "{without:?}");
    }
}
