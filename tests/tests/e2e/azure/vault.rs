//! Key vaults, and the keys and secrets in them.

use posture_sim::Rule;
use posture_sim::azure::{Resource, Scenario};
use posture_tests::Run;
use posture_tests::azure::{
    Tenant, account, answer, assert_planned, child, fault, patience, resource, with,
};
use serde_json::{Value, json};

const AREAS: &[&str] = &["--control", "keys", "--control", "secrets", "--control", "vaults"];

const KEYS: &str = "Microsoft.KeyVault/vaults/keys/read";
const SECRETS: &str = "Microsoft.KeyVault/vaults/secrets/read";

/// A vault as it should be, with a key and a secret as they should be.
fn vault(name: &str) -> Resource {
    let properties = json!({
        "sku": { "family": "A", "name": "standard" },
        "vaultUri": format!("https://{name}.vault.azure.net/"),
        "enableRbacAuthorization": true, "enableSoftDelete": true, "enablePurgeProtection": true,
        "publicNetworkAccess": "Disabled",
        "networkAcls": { "bypass": "AzureServices", "defaultAction": "Deny" },
        "privateEndpointConnections": [{
            "id": "connection",
            "properties": {
                "privateEndpoint": { "id": "endpoint" },
                "privateLinkServiceConnectionState": { "status": "Approved" }
            }
        }]
    });
    let mut vault = resource("Microsoft.KeyVault/vaults", name, json!({}), properties);
    vault.children = vec![key("own", rotating("P90D")), secret("password", attributes(200))];
    vault.extensions.push(child(
        "Microsoft.Insights/diagnosticSettings",
        "all",
        json!({ "workspaceId": "workspace", "logs": [{ "category": "AuditEvent", "enabled": true }] }),
    ));
    vault
}

/// A vault as it should be that keeps nothing.
fn bare(name: &str) -> Resource {
    Resource { children: Vec::new(), ..vault(name) }
}

fn seconds(days: i64) -> i64 {
    jiff::Timestamp::now().as_second() + days * 86_400
}

/// What is switched on and ends in some days.
fn attributes(days: i64) -> Value {
    json!({ "enabled": true, "created": seconds(-1), "updated": seconds(-1), "exp": seconds(days) })
}

fn key(name: &str, properties: Value) -> Resource {
    child("keys", name, properties)
}

fn rotating(after: &str) -> Value {
    json!({
        "attributes": attributes(200), "kty": "RSA", "keySize": 2048,
        "keyOps": ["wrapKey", "unwrapKey"],
        "rotationPolicy": {
            "attributes": { "expiryTime": "P1Y" },
            "lifetimeActions": [
                { "trigger": { "timeBeforeExpiry": "P30D" }, "action": { "type": "notify" } },
                { "trigger": { "timeAfterCreate": after }, "action": { "type": "rotate" } }
            ]
        }
    })
}

fn secret(name: &str, attributes: Value) -> Resource {
    child("secrets", name, json!({ "attributes": attributes }))
}

fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(AREAS)
}

#[test]
fn a_vault_as_it_should_be_passes_everything() {
    let run = audit(with(vec![vault("main")]));
    let report = run.json();
    for finding in report["findings"].as_array().unwrap() {
        let outcome = finding["outcome"].as_str().unwrap();
        // Its access is of one of the two kinds only, and its secret is a password. A control whose parameter is not set says
        // so of all resources at once.
        let control = finding["control"].as_str().unwrap();
        let other = control.ends_with("expiry-in-policy-vault")
            || finding["resource"].is_null()
            || control == "secrets.certificate-validity";
        assert_eq!(outcome, if other { "not-applicable" } else { "pass" }, "{finding:#}");
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

/// Each property that is absent has the meaning that the service gives to its absence.
#[test]
fn a_vault_that_says_little_is_judged_by_the_defaults() {
    let mut old = vault("old");
    old.properties.clear();
    old.extensions.clear();
    let rights = json!({ "created": 1_514_941_476 });
    old.children = vec![key("own", json!({ "attributes": rights })), secret("password", rights)];
    let run = audit(with(vec![old]));
    for (control, name, expected) in [
        ("keys.expiring", "own", "not-applicable"),
        ("keys.expiry-in-policy-vault", "own", "fail"),
        ("keys.expiry-in-role-vault", "own", "not-applicable"),
        ("keys.rotation", "own", "fail"),
        ("keys.rotation-period", "own", "not-applicable"),
        ("secrets.expiring", "password", "not-applicable"),
        ("secrets.expiry-in-policy-vault", "password", "fail"),
        ("secrets.expiry-in-role-vault", "password", "not-applicable"),
        ("vaults.access-logging", "old", "fail"),
        ("vaults.network-default-deny", "old", "fail"),
        ("vaults.private-endpoint", "old", "fail"),
        ("vaults.public-network", "old", "fail"),
        ("vaults.purge-protection", "old", "fail"),
        ("vaults.role-based-access", "old", "fail"),
    ] {
        assert_eq!(run.outcome(control, name), expected, "{control}");
    }
}

#[test]
fn what_is_switched_off_does_not_count_and_is_not_asked_for() {
    let mut off = attributes(-10);
    off["enabled"] = json!(false);
    let mut vault = bare("main");
    vault.children = vec![key("off", json!({ "attributes": off })), secret("gone", off)];
    let tenant = Tenant::serve(with(vec![vault]));
    let run = tenant.json(AREAS);
    for (control, name) in [
        ("keys.expiring", "off"),
        ("keys.expiry-in-role-vault", "off"),
        ("keys.rotation", "off"),
        ("secrets.expiring", "gone"),
        ("secrets.expiry-in-role-vault", "gone"),
    ] {
        assert_eq!(run.outcome(control, name), "not-applicable", "{control}");
    }
    assert!(!tenant.requests().iter().any(|request| request.path.ends_with("/keys/off")));
    assert_eq!(run.code, 0);
}

#[test]
fn each_way_of_access_is_judged_by_its_own_control() {
    let endless = || {
        let rights = json!({ "enabled": true });
        vec![key("own", json!({ "attributes": rights })), secret("password", rights)]
    };
    for (roles, other) in [(true, "policy"), (false, "role")] {
        let mut vault = bare("main");
        vault.properties.insert("enableRbacAuthorization".to_owned(), json!(roles));
        vault.children = endless();
        let run = audit(with(vec![vault]));
        let own = if roles { "role" } else { "policy" };
        for (area, name) in [("keys", "own"), ("secrets", "password")] {
            assert_eq!(run.outcome(&format!("{area}.expiry-in-{own}-vault"), name), "fail");
            let other = run.outcome(&format!("{area}.expiry-in-{other}-vault"), name);
            assert_eq!(other, "not-applicable");
        }
    }
}

#[test]
fn what_ends_soon_or_has_ended_is_reported() {
    let mut vault = bare("main");
    vault.children = vec![
        key("soon", json!({ "attributes": attributes(3) })),
        key("late", json!({ "attributes": attributes(-3) })),
        key("well", json!({ "attributes": attributes(20) })),
        secret("soon", attributes(20)),
        secret("late", attributes(-3)),
        secret("well", attributes(40)),
    ];
    let run = audit(with(vec![vault]));
    for (name, expected) in [("soon", "fail"), ("late", "fail"), ("well", "pass")] {
        assert_eq!(run.outcome("keys.expiring", name), expected, "{name}");
        assert_eq!(run.outcome("secrets.expiring", name), expected, "{name}");
        assert_eq!(run.outcome("keys.expiry-in-role-vault", name), "pass", "{name}");
    }
}

#[test]
fn a_policy_that_only_reminds_or_never_comes_true_is_not_a_rotation() {
    let with_policy = |policy: Value, ends: bool| {
        let mut rights = attributes(200);
        if !ends {
            rights.as_object_mut().unwrap().remove("exp");
        }
        json!({ "attributes": rights, "rotationPolicy": policy })
    };
    let policy = |trigger: Value, kind: &str, life: Value| {
        json!({
            "attributes": { "expiryTime": life },
            "lifetimeActions": [{ "trigger": trigger, "action": { "type": kind } }]
        })
    };
    let before = || json!({ "timeBeforeExpiry": "P30D" });
    let mut vault = bare("main");
    vault.children = vec![
        key("reminds", with_policy(policy(before(), "Notify", json!("P1Y")), true)),
        key("before", with_policy(policy(before(), "Rotate", json!("P1Y")), true)),
        key("never", with_policy(policy(before(), "Rotate", Value::Null), false)),
        key("slow", rotating("P18M")),
        key("odd", with_policy(policy(before(), "Archive", json!("P1Y")), true)),
        key("empty", with_policy(policy(json!({}), "Rotate", json!("P1Y")), true)),
        key(
            "nonsense",
            with_policy(policy(json!({ "timeAfterCreate": "soon" }), "Rotate", json!("P1Y")), true),
        ),
        key("text", with_policy(json!("weekly"), true)),
    ];
    let run = audit(with(vec![vault]));
    for (name, rotation, period) in [
        ("reminds", "fail", "not-applicable"),
        ("before", "pass", "pass"),
        ("never", "fail", "not-applicable"),
        ("slow", "pass", "fail"),
        ("odd", "unknown", "unknown"),
        ("empty", "unknown", "unknown"),
        ("nonsense", "unknown", "unknown"),
        ("text", "unknown", "unknown"),
    ] {
        assert_eq!(run.outcome("keys.rotation", name), rotation, "{name}");
        assert_eq!(run.outcome("keys.rotation-period", name), period, "{name}");
    }
    assert!(run.out.contains("unknown value `Archive`"), "{}", run.out);
}

/// A key of a certificate cannot rotate automatically; a secret that merely has its name changes nothing.
#[test]
fn the_key_of_a_certificate_follows_its_certificate() {
    let ends = attributes(100);
    let of_certificate = |name: &str, rights: &Value| {
        let properties = json!({ "attributes": rights, "contentType": "application/x-pkcs12" });
        child("secrets", name, properties)
    };
    let mut vault = bare("main");
    vault.children = vec![
        key("web", json!({ "attributes": ends })),
        of_certificate("web", &ends),
        key("alike", json!({ "attributes": ends })),
        secret("alike", ends.clone()),
        key("another", json!({ "attributes": ends })),
        of_certificate("another", &attributes(150)),
    ];
    let scenario = with(vec![vault]);
    let run = audit(scenario.clone());
    for (name, expected) in [("web", "not-applicable"), ("alike", "fail"), ("another", "fail")] {
        assert_eq!(run.outcome("keys.rotation", name), expected, "{name}");
    }
    // Without the list of secrets it is unknown which key belongs to a certificate.
    let mut blind = scenario;
    blind.not_actions.push(SECRETS.to_owned());
    let run = audit(blind);
    assert_eq!(run.outcome("keys.rotation", "web"), "unknown");
    assert_eq!(run.outcome("keys.expiry-in-role-vault", "web"), "pass");
}

#[test]
fn a_certificate_is_valid_for_a_year_at_most() {
    let valid = |from: Value, until: Value| json!({ "enabled": true, "nbf": from, "exp": until });
    let of = |name: &str, kind: &str, rights: Value| {
        child("secrets", name, json!({ "attributes": rights, "contentType": kind }))
    };
    let (pfx, pem) = ("application/x-pkcs12", "Application/X-PEM-File");
    let mut off = valid(json!(seconds(0)), json!(seconds(800)));
    off["enabled"] = json!(false);
    let mut vault = bare("main");
    vault.children = vec![
        of("year", pfx, valid(json!(seconds(-100)), json!(seconds(265) + 600))),
        of("leap", pem, valid(json!(seconds(0)), json!(seconds(366) + 600))),
        of("long", pfx, valid(json!(seconds(-300)), json!(seconds(97)))),
        of("pem", pem, valid(json!(seconds(0)), json!(seconds(367)))),
        of("endless", pfx, valid(json!(seconds(0)), Value::Null)),
        of("unborn", pfx, valid(Value::Null, json!(seconds(900)))),
        of("text", pfx, valid(json!(seconds(0)), json!("next year"))),
        of("off", pfx, off),
        of("password", "text/plain", valid(json!(seconds(0)), json!(seconds(900)))),
        secret("plain", attributes(900)),
    ];
    vault.children.push(child(
        "secrets",
        "odd",
        json!({ "attributes": attributes(900), "contentType": 7 }),
    ));
    let run = audit(with(vec![vault]));
    for (name, expected) in [
        ("year", "pass"),
        ("leap", "pass"),
        ("long", "fail"),
        ("pem", "fail"),
        ("endless", "fail"),
        ("unborn", "unknown"),
        ("text", "unknown"),
        ("off", "not-applicable"),
        ("password", "not-applicable"),
        ("plain", "not-applicable"),
        ("odd", "unknown"),
    ] {
        assert_eq!(run.outcome("secrets.certificate-validity", name), expected, "{name}");
    }
    // When it begins is of no matter to other secrets.
    assert_eq!(run.outcome("secrets.expiring", "unborn"), "pass");
}

#[test]
fn a_vault_that_refuses_costs_only_what_it_keeps() {
    let mut scenario = with(vec![vault("open"), vault("shut")]);
    scenario.faults.push(fault("/vaults/shut/keys", 403, "ForbiddenByFirewall"));
    scenario.faults.push(fault("/vaults/shut/secrets", 403, "ForbiddenByPolicy"));
    let run = audit(scenario);
    for (control, name, action) in [
        ("keys.expiry-in-role-vault", "own", KEYS),
        ("secrets.expiry-in-role-vault", "password", SECRETS),
    ] {
        assert_eq!(run.outcome(control, name), "pass");
        let findings = run.findings(control);
        let unknown: Vec<_> = findings.iter().filter(|f| f.outcome == "unknown").collect();
        let gap = (action.to_owned(), "denied-by-resource-policy".to_owned());
        assert_eq!((findings.len(), unknown.len()), (2, 1), "{findings:?}");
        assert_eq!(unknown[0].gap.as_ref(), Some(&gap));
    }
    for name in ["open", "shut"] {
        assert_eq!(run.outcome("vaults.purge-protection", name), "pass");
    }
}

/// A vault says in the inner error, or in words, what it was that refused.
#[test]
fn what_refused_is_distinguished() {
    for (error, reason) in [
        (
            json!({ "code": "Forbidden", "message": "No.", "innererror": { "code": "ForbiddenByFirewall" } }),
            "denied-by-resource-policy",
        ),
        (
            json!({ "code": "Forbidden", "message": "The user does not have keys list permission on key vault 'main'." }),
            "denied-by-resource-policy",
        ),
        (
            json!({ "code": "Forbidden", "message": "No.", "innererror": { "code": "ForbiddenByRbac" } }),
            "denied",
        ),
    ] {
        let mut scenario = with(vec![vault("main")]);
        let body = json!({ "error": error }).to_string();
        scenario.faults.push(answer("/vaults/main/keys", 403, "Forbidden", "", Some(&body)));
        let run = audit(scenario);
        let findings = run.findings("keys.expiring");
        let gap = (KEYS.to_owned(), reason.to_owned());
        assert_eq!(findings[0].gap.as_ref(), Some(&gap), "{error}");
    }
}

/// Denial of each action is unknown, with its name, for whatever depends on it.
#[test]
fn what_is_denied_is_unknown_and_named() {
    for (action, controls) in [
        (
            "Microsoft.KeyVault/vaults/read",
            &["vaults.purge-protection", "keys.expiring", "secrets.expiring"][..],
        ),
        (KEYS, &["keys.rotation", "keys.expiring", "keys.expiry-in-role-vault"][..]),
        (
            SECRETS,
            &["secrets.certificate-validity", "secrets.expiring", "secrets.expiry-in-role-vault"][..],
        ),
        ("Microsoft.Insights/diagnosticSettings/read", &["vaults.access-logging"][..]),
    ] {
        let mut scenario = with(vec![vault("main")]);
        scenario.not_actions.push(action.to_owned());
        let run = audit(scenario);
        for control in controls {
            let findings = run.findings(control);
            assert!(!findings.is_empty(), "{control}");
            for finding in findings {
                assert_eq!(finding.outcome, "unknown", "{control} without {action}");
                assert_eq!(finding.gap.as_ref().unwrap().0, action, "{control}");
            }
        }
    }
}

#[test]
fn the_policy_of_a_key_that_is_refused_costs_its_rotation_and_no_more() {
    let mut scenario = with(vec![vault("main")]);
    scenario.faults.push(fault("/keys/own", 403, "ForbiddenByFirewall"));
    let run = audit(scenario);
    assert_eq!(run.outcome("keys.rotation", "own"), "unknown");
    assert_eq!(run.outcome("keys.expiry-in-role-vault", "own"), "pass");
}

#[test]
fn values_that_do_not_fit_cost_their_own_fact() {
    let mut odd = bare("odd");
    for (name, value) in [
        ("enableRbacAuthorization", json!("maybe")),
        ("enablePurgeProtection", json!(1)),
        ("publicNetworkAccess", json!("Sometimes")),
        ("privateEndpointConnections", json!("none")),
    ] {
        odd.properties.insert(name.to_owned(), value);
    }
    odd.properties.insert("networkAcls".to_owned(), json!({ "defaultAction": "Ask" }));
    odd.extensions[0].top.insert("properties".to_owned(), json!("gone"));
    let mut text = attributes(200);
    text["exp"] = json!("tomorrow");
    let mut huge = attributes(0);
    huge["exp"] = json!(i64::MAX);
    odd.children = vec![
        key("text", json!({ "attributes": text })),
        key("none", json!({})),
        key("huge", json!({ "attributes": huge })),
        secret("text", text.clone()),
    ];
    let mut strings = vault("strings");
    for (name, value) in [
        ("enableRbacAuthorization", json!("True")),
        ("enablePurgeProtection", json!("true")),
        ("publicNetworkAccess", json!("disabled")),
    ] {
        strings.properties.insert(name.to_owned(), value);
    }
    let mut broken = bare("broken");
    broken.top.insert("properties".to_owned(), json!("gone"));
    let run = audit(with(vec![odd, strings, broken]));
    for control in [
        "vaults.access-logging",
        "vaults.network-default-deny",
        "vaults.private-endpoint",
        "vaults.public-network",
        "vaults.purge-protection",
        "vaults.role-based-access",
    ] {
        assert_eq!(run.outcome(control, "odd"), "unknown", "{control}");
        assert_eq!(run.outcome(control, "broken"), "unknown", "{control}");
        assert_eq!(run.outcome(control, "strings"), "pass", "{control}");
    }
    for (control, name) in
        [("keys.expiring", "text"), ("keys.expiring", "none"), ("secrets.expiring", "text")]
    {
        assert_eq!(run.outcome(control, name), "unknown", "{control} {name}");
    }
    assert_eq!(run.outcome("keys.expiring", "huge"), "pass");
    assert_eq!(run.outcome("keys.expiry-in-role-vault", "huge"), "unknown");
}

#[test]
fn purge_protection_without_soft_delete_protects_nothing() {
    let mut vault = bare("main");
    vault.properties.insert("enableSoftDelete".to_owned(), json!(false));
    let run = audit(with(vec![vault]));
    assert_eq!(run.outcome("vaults.purge-protection", "main"), "fail");
}

#[test]
fn the_ways_to_record_the_use_of_a_vault() {
    let setting = |name: &str, properties: Value| {
        let mut vault = bare(name);
        vault.extensions[0].properties = posture_tests::azure::object(properties);
        vault
    };
    let log = |name: &str, word: &str| json!([{ name: word, "enabled": true }]);
    let run = audit(with(vec![
        setting("group", json!({ "storageAccountId": "a", "logs": log("categoryGroup", "Audit") })),
        setting(
            "all",
            json!({ "eventHubAuthorizationRuleId": "e", "logs": log("categoryGroup", "allLogs") }),
        ),
        setting(
            "other",
            json!({ "workspaceId": "w", "logs": log("category", "AzurePolicyEvaluationDetails") }),
        ),
        setting("nowhere", json!({ "logs": log("category", "AuditEvent") })),
        setting(
            "off",
            json!({ "workspaceId": "w", "logs": [{ "category": "AuditEvent", "enabled": false }] }),
        ),
    ]));
    for (name, expected) in [
        ("group", "pass"),
        ("all", "pass"),
        ("other", "fail"),
        ("nowhere", "fail"),
        ("off", "fail"),
    ] {
        assert_eq!(run.outcome("vaults.access-logging", name), expected, "{name}");
    }
}

#[test]
fn who_is_throttled_asks_again_and_gets_every_page() {
    let mut scenario = with(vec![vault("main")]);
    scenario.page_size = 1;
    let more = (0..3).map(|n| key(&format!("more{n}"), rotating("P90D")));
    scenario.subscriptions[0].resources[0].children.extend(more);
    scenario.faults.push(Rule { times: Some(1), ..patience("/vaults/main/keys?", 1) });
    let run = audit(scenario);
    assert_eq!(run.findings("keys.rotation").len(), 4);
    assert_eq!(run.code, 0, "{:?}", run.gaps());
}

/// The calls that are made are the calls that were planned.
#[test]
fn what_is_planned_is_what_is_called() {
    let mut off = attributes(9);
    off["enabled"] = json!(false);
    let mut second = vault("second");
    second.children.push(key("off", json!({ "attributes": off })));
    second.children.push(key("more", rotating("P90D")));
    let scenario = with(vec![vault("first"), second, bare("third"), account("records")]);
    for controls in [
        &["--control", "keys"][..],
        &["--control", "secrets"],
        &["--control", "vaults"],
        &["--control", "storage"],
        AREAS,
        &[],
    ] {
        assert_planned(&scenario, controls);
    }
}
