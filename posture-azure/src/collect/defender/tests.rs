//! Defender for Cloud from recorded answers, good and bad.

use posture_model::resource::{Account, FactId, Kind, Resource};
use serde_json::{Value, json};

use super::*;
use crate::collect::answers::{self as recorded, Answers, but, every, value_of};
use crate::collect::sweep;

fn security(what: &str) -> String {
    format!("/subscriptions/{}/providers/Microsoft.Security/{what}", recorded::ID)
}

const RESOURCE_GRAPH: &str = "/providers/Microsoft.ResourceGraph/resources";

fn plan(name: &str, tier: &str) -> Value {
    json!({
        "id": security(&format!("pricings/{name}")), "name": name, "type": "Microsoft.Security/pricings",
        "properties": { "pricingTier": tier, "resourcesCoverageStatus": "FullyCovered" },
    })
}

fn extension_of(name: &str, on: Value) -> Value {
    json!({ "name": name, "isEnabled": on })
}

/// The plans that decide each fact, all of them on.
const PLANS_OF: &[(&str, &str)] = &[
    ("StorageAccounts", "object_storage"),
    ("Containers", "kubernetes_audit"),
    ("CloudPosture", "posture"),
    ("Api", "apis"),
    ("VirtualMachines", "servers"),
    ("AppServices", "app_service"),
    ("CosmosDbs", "cosmos"),
    ("OpenSourceRelationalDatabases", "open_source_databases"),
    ("SqlServers", "sql"),
    ("SqlServerVirtualMachines", "sql_machines"),
    ("KeyVaults", "key_vault"),
    ("Arm", "resource_manager"),
];

fn plans() -> Value {
    let mut all: Vec<Value> = PLANS_OF.iter().map(|(name, _)| plan(name, "Standard")).collect();
    for (place, extensions) in [
        (2, json!([extension_of("AgentlessVmScanning", json!("True"))])),
        (
            4,
            json!([
                extension_of("MdeDesignatedSubscription", json!("False")),
                extension_of("AgentlessVmScanning", json!("True")),
                extension_of("FileIntegrityMonitoring", json!(true)),
            ]),
        ),
    ] {
        all[place]["properties"]["extensions"] = extensions;
    }
    all[4]["properties"]["subPlan"] = json!("P2");
    json!({ "value": all })
}

fn setting(name: &str, properties: Value) -> Value {
    json!({ "id": name, "name": name, "properties": properties })
}

fn machine(name: &str, mode: Option<&str>) -> Value {
    let settings = mode.map_or(json!({}), |mode| json!({ "assessmentMode": mode }));
    json!({
        "id": recorded::id("Microsoft.Compute/virtualMachines", name), "name": name,
        "type": "microsoft.compute/virtualmachines", "location": "westeurope",
        "properties": { "osProfile": { "linuxConfiguration": { "patchSettings": settings } } },
    })
}

fn rows(data: Value) -> Value {
    let count = data.as_array().unwrap().len();
    json!({ "totalRecords": count, "count": count, "resultTruncated": "false", "data": data })
}

fn contact(properties: Value) -> Value {
    json!({ "id": security("securityContacts/default"), "name": "default", "properties": properties })
}

fn notified() -> Value {
    json!({
        "isEnabled": true, "emails": "a@contoso.example; b@contoso.example",
        "notificationsByRole": { "state": "On", "roles": ["Contributor", "Owner"] },
        "notificationsSources": [
            { "sourceType": "AttackPath", "minimalRiskLevel": "Critical" },
            { "sourceType": "Alert", "minimalSeverity": "Medium" },
        ],
    })
}

fn answers() -> Answers {
    Answers::new()
        .with(&security("pricings"), plans())
        .with(&security("settings"), json!({ "value": [setting("WDATP", json!({ "enabled": true }))] }))
        .with(
            &security("serverVulnerabilityAssessmentsSettings"),
            json!({ "value": [setting("AzureServersSetting", json!({ "selectedProvider": "MdeTvm" }))] }),
        )
        .with(
            &security("secureScores/ascScore"),
            json!({ "id": "score", "properties": { "score": { "max": 50, "percentage": 0.8 } } }),
        )
        .with(&security("securityContacts"), json!({ "value": [contact(notified())] }))
        .with(RESOURCE_GRAPH, rows(json!([machine("web", Some("AutomaticByPlatform"))])))
}

/// The detector, with the machines that Resource Graph returns.
async fn read(answers: &Answers) -> Detector {
    let facts = every::<Detector>();
    let work = async |audit: &Subscription<'_>| {
        let listed =
            Listed { id: recorded::ID.to_owned(), name: String::new(), value: Value::Null };
        let types = sweep::types(audit.wanted);
        // They are counted by the same address, which answers with rows here and so cannot be counted.
        let batches = sweep::batches(audit.ask, std::slice::from_ref(&listed), &types).await;
        let rows = sweep::rows(audit.ask, &batches[0], &types).await;
        let surface = Surface { seen: Fact::not_collected(), everywhere: true };
        detector(audit, &rows, &surface).await
    };
    recorded::audited(answers, &facts, &[Kind::Detector], work).await
}

async fn with_plan(place: usize, path: &str, new: Option<Value>) -> Detector {
    let changed = but(plans(), &format!("value.{place}.properties.{path}"), new);
    read(&answers().with(&security("pricings"), changed)).await
}

#[tokio::test]
async fn a_subscription_that_is_watched() {
    let detector = read(&answers()).await;
    assert_eq!(detector.id, security("").trim_end_matches('/'));
    assert_eq!(value_of(&detector, "enabled"), json!("not-offered"));
    for fact in
        ["machine_vulnerabilities", "endpoint_protection", "agentless_scanning", "file_integrity"]
            .into_iter()
            .chain(PLANS_OF.iter().map(|(_, fact)| *fact))
    {
        assert_eq!(value_of(&detector, fact), json!(true), "{fact}");
    }
    assert_eq!(value_of(&detector, "machines_without_update_checks"), json!([]));
    assert_eq!(value_of(&detector, "secure_score_percent"), json!(80));
}

#[tokio::test]
async fn a_plan_is_on_by_its_own_tier_and_for_every_resource() {
    for (place, (name, fact)) in PLANS_OF.iter().enumerate() {
        for (path, new, expected) in [
            ("pricingTier", Some(json!("Free")), json!(false)),
            ("pricingTier", Some(json!("standard")), json!(true)),
            ("pricingTier", Some(json!("Gold")), json!("gap")),
            ("pricingTier", Some(json!(true)), json!("gap")),
            ("pricingTier", None, json!("gap")),
            ("resourcesCoverageStatus", None, json!(true)),
            ("resourcesCoverageStatus", Some(json!("PartiallyCovered")), json!(false)),
            ("resourcesCoverageStatus", Some(json!("notcovered")), json!(false)),
            ("resourcesCoverageStatus", Some(json!("Odd")), json!("gap")),
            ("resourcesCoverageStatus", Some(json!([])), json!("gap")),
        ] {
            let detector = with_plan(place, path, new.clone()).await;
            assert_eq!(value_of(&detector, fact), expected, "{name} {path} {new:?}");
            for (_, other) in PLANS_OF.iter().filter(|(_, other)| other != fact) {
                assert_eq!(value_of(&detector, other), json!(true), "{name} {other}");
            }
        }
        // What is not in the list is off, unless something in it has no name, or the list is not whole.
        let mut rest = plans()["value"].as_array().unwrap().clone();
        rest.remove(place);
        let without = json!({ "value": rest });
        let found = read(&answers().with(&security("pricings"), without.clone())).await;
        assert_eq!(value_of(&found, fact), json!(false), "{name}");
        rest.push(json!(null));
        let found = read(&answers().with(&security("pricings"), json!({ "value": rest }))).await;
        assert_eq!(value_of(&found, fact), json!("gap"), "{name}");
        let cut = but(without, "nextLink", Some(json!("https://elsewhere.example/")));
        let found = read(&answers().with(&security("pricings"), cut)).await;
        assert_eq!(value_of(&found, fact), json!("gap"), "{name}");
    }
    for whole in [None, Some(json!([])), Some(json!("Standard"))] {
        let changed = but(plans(), "value.0.properties", whole.clone());
        let detector = read(&answers().with(&security("pricings"), changed)).await;
        assert_eq!(value_of(&detector, "object_storage"), json!("gap"), "{whole:?}");
        assert_eq!(value_of(&detector, "sql"), json!(true));
    }
}

#[tokio::test]
async fn what_needs_two_things_needs_both() {
    // Without the plan for servers the scanner does not count. What is read of the endpoint is its setting alone.
    let detector = with_plan(4, "pricingTier", Some(json!("Free"))).await;
    for fact in ["machine_vulnerabilities", "file_integrity"] {
        assert_eq!(value_of(&detector, fact), json!(false), "{fact}");
    }
    let scanner = |properties: Value| {
        let list = json!({ "value": [setting("AzureServersSetting", properties)] });
        answers().with(&security("serverVulnerabilityAssessmentsSettings"), list)
    };
    for (properties, expected) in [
        (json!({ "selectedProvider": "mdetvm" }), json!(true)),
        (json!({ "selectedProvider": "Other" }), json!("gap")),
        (json!({ "selectedProvider": 1 }), json!("gap")),
        (json!({}), json!("gap")),
        (json!([]), json!("gap")),
    ] {
        let found = read(&scanner(properties.clone())).await;
        assert_eq!(value_of(&found, "machine_vulnerabilities"), expected, "{properties}");
    }
    let endpoint = |properties: Value| {
        answers().with(&security("settings"), json!({ "value": [setting("wdatp", properties)] }))
    };
    for (properties, expected) in [
        (json!({ "enabled": true }), json!(true)),
        (json!({ "enabled": false }), json!(false)),
        (json!({ "enabled": "perhaps" }), json!("gap")),
        (json!({}), json!("gap")),
    ] {
        let found = read(&endpoint(properties.clone())).await;
        assert_eq!(value_of(&found, "endpoint_protection"), expected, "{properties}");
    }
    for (what, fact) in [
        ("settings", "endpoint_protection"),
        ("serverVulnerabilityAssessmentsSettings", "machine_vulnerabilities"),
    ] {
        let none = answers().with(&security(what), json!({ "value": [] }));
        assert_eq!(value_of(&read(&none).await, fact), json!(false));
        let other = answers().with(&security(what), json!({ "value": [setting("x", json!({}))] }));
        assert_eq!(value_of(&read(&other).await, fact), json!(false));
        let refused = answers().refused(&security(what), 403, "AuthorizationFailed");
        assert_eq!(value_of(&read(&refused).await, fact), json!("gap"));
    }
}

#[tokio::test]
async fn an_extension_is_on_by_itself_and_with_its_plan() {
    let only = |extensions: Value| Some(extensions);
    let agentless = |on: Value| extension_of("AgentlessVmScanning", on);
    for (extensions, expected) in [
        (only(json!([agentless(json!("True"))])), json!(true)),
        (only(json!([agentless(json!("true"))])), json!(true)),
        (only(json!([agentless(json!("False"))])), json!(false)),
        (only(json!([extension_of("Other", json!("True"))])), json!(false)),
        (
            only(json!([extension_of("Other", json!("False")), agentless(json!("True"))])),
            json!(true),
        ),
        (
            only(json!([extension_of("Other", json!("True")), agentless(json!("False"))])),
            json!(false),
        ),
        (only(json!([])), json!(false)),
        (None, json!(false)),
        (only(json!([{ "isEnabled": "True" }])), json!("gap")),
        (only(json!([null])), json!("gap")),
        (only(json!([{ "name": "AgentlessVmScanning" }])), json!("gap")),
        (only(json!([agentless(json!(1))])), json!("gap")),
        (only(json!({})), json!("gap")),
        (
            only(json!([but(
                agentless(json!("True")),
                "operationStatus",
                Some(json!({ "code": "Failed" }))
            )])),
            json!("gap"),
        ),
        (
            only(json!([but(
                agentless(json!("True")),
                "operationStatus",
                Some(json!({ "code": "Succeeded" }))
            )])),
            json!(true),
        ),
        (
            only(json!([but(agentless(json!("True")), "operationStatus", Some(json!("Failed")))])),
            json!("gap"),
        ),
    ] {
        // Of the two plans that can have it, that for machines is without.
        let changed = but(plans(), "value.2.properties.extensions", extensions.clone());
        let changed = but(changed, "value.4.properties.extensions", None);
        let detector = read(&answers().with(&security("pricings"), changed)).await;
        assert_eq!(value_of(&detector, "agentless_scanning"), expected, "{extensions:?}");
        assert_eq!(value_of(&detector, "file_integrity"), json!(false));
    }
    // In the smaller plan for machines neither is.
    for (sub_plan, expected) in [
        (Some(json!("p2")), json!(true)),
        (None, json!(true)),
        (Some(json!("P1")), json!(false)),
        (Some(json!("P3")), json!("gap")),
        (Some(json!(2)), json!("gap")),
    ] {
        let changed = but(plans(), "value.2.properties.extensions", None);
        let changed = but(changed, "value.4.properties.subPlan", sub_plan.clone());
        let detector = read(&answers().with(&security("pricings"), changed)).await;
        assert_eq!(value_of(&detector, "agentless_scanning"), expected, "{sub_plan:?}");
        assert_eq!(value_of(&detector, "file_integrity"), expected, "{sub_plan:?}");
    }
    let changed = but(plans(), "value.2.properties.extensions", None);
    let changed = but(changed, "value.4.properties.pricingTier", Some(json!("Free")));
    let detector = read(&answers().with(&security("pricings"), changed)).await;
    assert_eq!(value_of(&detector, "agentless_scanning"), json!(false));
}

#[tokio::test]
async fn a_subscription_that_never_used_it_has_nothing_of_it() {
    let unregistered = answers()
        .refused(&security("pricings"), 404, "SubscriptionNotRegistered")
        .refused(&security("secureScores/ascScore"), 404, "SubscriptionNotRegistered");
    let detector = read(&unregistered).await;
    for (_, fact) in PLANS_OF {
        assert_eq!(value_of(&detector, fact), json!(false), "{fact}");
    }
    assert_eq!(value_of(&detector, "secure_score_percent"), Value::Null);
    let denied = answers().refused(&security("pricings"), 403, "AuthorizationFailed");
    for (_, fact) in PLANS_OF {
        assert_eq!(value_of(&read(&denied).await, fact), json!("gap"), "{fact}");
    }
}

#[tokio::test]
async fn the_score_is_whole_percents() {
    let path = security("secureScores/ascScore");
    for (score, expected) in [
        (json!({ "max": 50, "percentage": 0.6999 }), json!(69)),
        (json!({ "max": 0, "percentage": 0 }), Value::Null),
        (json!({ "max": 0.0 }), Value::Null),
        (json!({ "max": 50, "percentage": 1.2 }), json!("gap")),
        (json!({ "max": 50, "percentage": "0.8" }), json!("gap")),
        (json!({ "max": 50 }), json!("gap")),
        (json!({ "percentage": 0.8 }), json!("gap")),
        (json!([]), json!("gap")),
    ] {
        let answers = answers().with(&path, json!({ "properties": { "score": score } }));
        assert_eq!(value_of(&read(&answers).await, "secure_score_percent"), expected, "{score}");
    }
    for (status, code, expected) in [
        (404, "NotFound", Value::Null),
        (404, "SubscriptionNotFound", json!("gap")),
        (403, "AuthorizationFailed", json!("gap")),
    ] {
        let answers = answers().refused(&path, status, code);
        assert_eq!(value_of(&read(&answers).await, "secure_score_percent"), expected, "{code}");
    }
    // A subscription that reports nothing at all reports nothing of its score by that.
    let permissions =
        format!("/subscriptions/{}/providers/Microsoft.Authorization/permissions", recorded::ID);
    let gone = answers().refused(&path, 404, "NotFound").refused(&permissions, 404, "NotFound");
    assert_eq!(value_of(&read(&gone).await, "secure_score_percent"), json!("gap"));
}

#[tokio::test]
async fn machines_are_checked_for_updates_by_the_platform_or_not() {
    let windows = |mode: &str| {
        let settings =
            json!({ "windowsConfiguration": { "patchSettings": { "assessmentMode": mode } } });
        but(machine("win", None), "properties.osProfile", Some(settings))
    };
    let arc = {
        let mut arc = machine("arc", Some("ImageDefault"));
        arc["id"] = json!(recorded::id("Microsoft.HybridCompute/machines", "arc"));
        arc["type"] = json!("microsoft.hybridcompute/machines");
        arc
    };
    for (machines, expected) in [
        (
            json!([machine("a", Some("automaticbyplatform")), windows("AutomaticByPlatform")]),
            json!([]),
        ),
        (json!([machine("b", Some("ImageDefault")), machine("a", None)]), json!(["a", "b"])),
        (
            json!([windows("ImageDefault"), machine("a", Some("AutomaticByPlatform"))]),
            json!(["win"]),
        ),
        (json!([arc]), json!(["arc"])),
        (json!([]), json!("not-offered")),
        (json!([machine("a", Some("Odd"))]), json!("gap")),
        (json!([machine("a", Some("Odd")), machine("b", None)]), json!(["b"])),
        (json!([but(machine("a", None), "properties", None)]), json!("gap")),
        (json!([but(machine("a", None), "properties.osProfile", Some(json!([])))]), json!("gap")),
        (json!([but(machine("a", None), "properties.osProfile", None)]), json!(["a"])),
        (json!([but(machine("a", None), "type", None)]), json!("gap")),
        (json!([null]), json!("gap")),
    ] {
        let answers = answers().with(RESOURCE_GRAPH, rows(machines.clone()));
        let found = value_of(&read(&answers).await, "machines_without_update_checks");
        assert_eq!(found, expected, "{machines}");
    }
    let refused = answers().refused(RESOURCE_GRAPH, 403, "Forbidden");
    assert_eq!(value_of(&read(&refused).await, "machines_without_update_checks"), json!("gap"));
}

#[tokio::test]
async fn a_workspace_in_any_subscription_searches_for_all() {
    let workspace =
        |state: Value| json!({ "id": "workspace", "properties": { "provisioningState": state } });
    let wanted = [Detector::ATTACK_SURFACE];
    let seen = async |answers: &Answers, subscriptions: usize, chosen: bool| {
        let work = async |audit: &Subscription<'_>| {
            let listed =
                Listed { id: recorded::ID.to_owned(), name: String::new(), value: Value::Null };
            let all = vec![listed; subscriptions];
            let (_tell, stop) = tokio::sync::watch::channel(false);
            let named = if chosen { vec![recorded::ID.to_owned()] } else { Vec::new() };
            let options = Options {
                subscriptions: named,
                management_groups: Vec::new(),
                concurrency: 1,
                stop,
            };
            let surface = Surface::read(audit.ask, &all, audit.wanted, &options).await;
            detector(audit, &Ok(Rows::default()), &surface).await
        };
        let detector = recorded::audited(answers, &wanted, &[Kind::Detector], work).await;
        value_of(&detector, "attack_surface")
    };
    for (data, expected) in [
        (json!([workspace(json!("Succeeded"))]), json!(true)),
        (json!([{ "id": "workspace", "properties": {} }]), json!(true)),
        (json!([workspace(json!("Failed"))]), json!(false)),
        (json!([workspace(json!("canceled"))]), json!(false)),
        (json!([]), json!(false)),
        (json!([workspace(json!(1))]), json!("gap")),
        (json!([{ "id": "workspace" }]), json!("gap")),
        (json!([{ "properties": { "provisioningState": "Succeeded" } }]), json!("gap")),
        (json!([null]), json!("gap")),
        (json!([null, workspace(json!("Succeeded"))]), json!(true)),
    ] {
        for subscriptions in [1, 2] {
            let answers = answers().with(RESOURCE_GRAPH, rows(data.clone()));
            assert_eq!(seen(&answers, subscriptions, false).await, expected, "{data}");
        }
    }
    let none = answers().with(RESOURCE_GRAPH, rows(json!([])));
    // Another subscription, which was not chosen, may have it.
    assert_eq!(seen(&none, 1, true).await, json!("gap"));
    // Who may not see workspaces sees none.
    let permissions =
        format!("/subscriptions/{}/providers/Microsoft.Authorization/permissions", recorded::ID);
    let reader =
        json!({ "value": [{ "actions": ["Microsoft.Compute/*/read"], "notActions": [] }] });
    for subscriptions in [1, 2] {
        let blind = none.clone().with(&permissions, reader.clone());
        assert_eq!(seen(&blind, subscriptions, false).await, json!("gap"));
        let refused = none.clone().refused(&permissions, 403, "AuthorizationFailed");
        assert_eq!(seen(&refused, subscriptions, false).await, json!("gap"));
    }
    let refused = answers().refused(RESOURCE_GRAPH, 403, "Forbidden");
    assert_eq!(seen(&refused, 1, false).await, json!("gap"));
}

async fn account(answers: &Answers) -> Account {
    let facts: Vec<FactId> = [
        Account::SECURITY_CONTACT,
        Account::ALERT_MAIL_TO_OWNERS,
        Account::ALERT_MAIL_FROM,
        Account::ATTACK_PATH_MAIL_FROM,
    ]
    .into();
    let work = async |audit: &Subscription<'_>| contacts(audit).await.account;
    recorded::audited(answers, &facts, &[Kind::Account], work).await
}

#[tokio::test]
async fn a_contact_has_its_recipients_and_the_alerts_that_it_is_sent() {
    let contact_facts = async |list: Value| {
        let account =
            account(&answers().with(&security("securityContacts"), json!({ "value": list }))).await;
        ["security_contact", "alert_mail_to_owners", "alert_mail_from", "attack_path_mail_from"]
            .map(|fact| value_of(&account, fact))
    };
    let (yes, no, gap) = (json!(true), json!(false), json!("gap"));
    let good = [yes.clone(), yes.clone(), json!("medium"), json!("critical")];
    assert_eq!(contact_facts(json!([contact(notified())])).await, good);
    assert_eq!(contact_facts(json!([])).await, [no.clone(), no.clone(), Value::Null, Value::Null]);
    assert_eq!(contact_facts(json!([null])).await, [(); 4].map(|()| gap.clone()));
    assert_eq!(contact_facts(json!([{ "id": "x" }])).await, [(); 4].map(|()| gap.clone()));
    let cases: &[(&str, Option<Value>, usize, Value)] = &[
        ("isEnabled", None, 0, yes.clone()),
        ("isEnabled", Some(json!(false)), 0, no.clone()),
        ("isEnabled", Some(json!(false)), 1, no.clone()),
        ("isEnabled", Some(json!(false)), 2, Value::Null),
        ("isEnabled", Some(json!(false)), 3, Value::Null),
        ("isEnabled", Some(json!("perhaps")), 0, gap.clone()),
        ("emails", None, 0, no.clone()),
        ("emails", Some(json!("nobody")), 0, no.clone()),
        ("emails", Some(json!("nobody,a@b")), 0, yes.clone()),
        ("emails", Some(json!(["a@b"])), 0, gap.clone()),
        ("notificationsByRole", None, 1, no.clone()),
        ("notificationsByRole", Some(json!([])), 1, gap.clone()),
        ("notificationsByRole.state", Some(json!("off")), 1, no.clone()),
        ("notificationsByRole.state", Some(json!("Maybe")), 1, gap.clone()),
        ("notificationsByRole.state", None, 1, no.clone()),
        ("notificationsByRole.roles", None, 1, no.clone()),
        ("notificationsByRole.roles", Some(json!(["Contributor"])), 1, no.clone()),
        ("notificationsByRole.roles", Some(json!(["owner"])), 1, yes.clone()),
        ("notificationsByRole.roles", Some(json!([1, "Contributor"])), 1, gap.clone()),
        ("notificationsSources", None, 2, Value::Null),
        ("notificationsSources", None, 3, Value::Null),
        ("notificationsSources", Some(json!([])), 2, Value::Null),
        ("notificationsSources", Some(json!({})), 2, gap.clone()),
        ("notificationsSources", Some(json!([null])), 3, gap.clone()),
        ("notificationsSources", Some(json!([{ "minimalSeverity": "Low" }])), 2, gap.clone()),
        (
            "notificationsSources",
            Some(json!([{ "sourceType": "alert", "minimalSeverity": "low" }])),
            2,
            json!("low"),
        ),
        (
            "notificationsSources",
            Some(json!([{ "sourceType": "Alert", "minimalSeverity": "Critical" }])),
            2,
            gap.clone(),
        ),
        ("notificationsSources", Some(json!([{ "sourceType": "Alert" }])), 2, gap.clone()),
        ("notificationsSources", Some(json!([{ "sourceType": "Alert" }])), 3, Value::Null),
        (
            "notificationsSources",
            Some(
                json!([{ "sourceType": "Alert", "minimalSeverity": "High" }, { "sourceType": "Alert", "minimalSeverity": "Low" }]),
            ),
            2,
            json!("low"),
        ),
    ];
    for (path, new, place, expected) in cases {
        let changed = but(contact(notified()), &format!("properties.{path}"), new.clone());
        assert_eq!(contact_facts(json!([changed])).await[*place], *expected, "{path} {new:?}");
    }
    // Of two contacts the one that is notified of more counts.
    let mut quiet = notified();
    quiet["isEnabled"] = json!(false);
    assert_eq!(contact_facts(json!([contact(quiet.clone()), contact(notified())])).await, good);
    assert_eq!(contact_facts(json!([contact(notified()), contact(quiet)])).await, good);
    let with_gap = contact_facts(json!([contact(notified()), null])).await;
    assert_eq!(with_gap[0], yes);
    assert_eq!(with_gap[2], gap);
}

#[tokio::test]
async fn older_contacts_say_it_in_other_words() {
    let contact_facts = async |properties: Value| {
        let list = json!({ "value": [contact(properties)] });
        let account = account(&answers().with(&security("securityContacts"), list)).await;
        ["security_contact", "alert_mail_to_owners", "alert_mail_from"]
            .map(|fact| value_of(&account, fact))
    };
    for (properties, expected) in [
        (
            json!({ "email": "a@b", "alertNotifications": "On", "alertsToAdmins": "On" }),
            [json!(true), json!(true), json!("high")],
        ),
        (
            json!({ "email": "a@b", "alertNotifications": "Off", "alertsToAdmins": "Off" }),
            [json!(true), json!(false), Value::Null],
        ),
        (
            json!({ "alertNotifications": { "state": "On", "minimalSeverity": "Low" } }),
            [json!(false), json!(false), json!("low")],
        ),
        (
            json!({ "alertNotifications": { "state": "Off", "minimalSeverity": "Low" } }),
            [json!(false), json!(false), Value::Null],
        ),
        (
            json!({ "alertNotifications": { "state": "On" }, "alertsToAdmins": "Perhaps" }),
            [json!(false), json!("gap"), json!("gap")],
        ),
        (json!({ "alertNotifications": [] }), [json!(false), json!(false), json!("gap")]),
        (json!({ "alertNotifications": "Perhaps" }), [json!(false), json!(false), json!("gap")]),
    ] {
        assert_eq!(contact_facts(properties.clone()).await, expected, "{properties}");
    }
    let refused = answers().refused(&security("securityContacts"), 403, "AuthorizationFailed");
    assert_eq!(value_of(&account(&refused).await, "security_contact"), json!("gap"));
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked_for() {
    let answers = answers();
    let facts = [Detector::SECURE_SCORE_PERCENT];
    let surface = Surface { seen: Fact::not_collected(), everywhere: true };
    let work =
        async |audit: &Subscription<'_>| detector(audit, &Ok(Rows::default()), &surface).await;
    let detector = recorded::audited(&answers, &facts, &[Kind::Detector], work).await;
    assert_eq!(value_of(&detector, "secure_score_percent"), json!(80));
    // Plans show whether there is a detector at all.
    for fact in [
        "machine_vulnerabilities",
        "endpoint_protection",
        "machines_without_update_checks",
        "attack_surface",
    ] {
        assert_eq!(detector.gap(fact), Some(GapId::NOT_COLLECTED), "{fact}");
    }
    let asked = ["/ascscore", "/permissions", "/pricings"].map(|end| answers.count(end));
    assert_eq!((asked, answers.asked().len()), ([1, 1, 1], 3));
}

#[test]
fn percents_are_rounded_down_and_are_between_none_and_all() {
    for (ratio, expected) in [
        (0.0, Some(0)),
        (0.29, Some(29)),
        (0.6033, Some(60)),
        (0.6999, Some(69)),
        (0.7, Some(70)),
        (1.0, Some(100)),
        (1.01, None),
        (-0.1, None),
        (f64::NAN, None),
    ] {
        assert_eq!(percent(ratio), expected, "{ratio}");
    }
}
