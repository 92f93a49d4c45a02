use posture_model::gap::GapId;
use serde_json::{Value, json};

use super::*;
use crate::collect::answers::{Answers, ID, audited};

#[test]
fn a_value_names_the_parameter_that_it_comes_from() {
    assert_eq!(parameter_of("[parameters('effect')]"), Some("effect"));
    assert_eq!(parameter_of("[ parameters('effect')]"), None);
    assert_eq!(parameter_of("Disabled"), None);
    assert_eq!(parameter_of("[parameters(')]"), None);
}

/// Two policies whose effects can be chosen, one that its author gave up, and one with a fixed effect.
fn set() -> Value {
    let policy = |reference: &str, parameter: &str| {
        json!({
            "policyDefinitionReferenceId": reference,
            "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/x",
            "parameters": { "effect": { "value": format!("[parameters('{parameter}')]") } },
        })
    };
    json!({ "id": BENCHMARK, "properties": {
        "parameters": {
            "diskEffect": { "type": "String" },
            "vaultEffect": { "type": "String", "metadata": { "deprecated": false } },
            "oldEffect": { "type": "String", "metadata": { "deprecated": true } },
        },
        "policyDefinitions": [
            policy("disk", "diskEffect"), policy("vault", "vaultEffect"), policy("old", "oldEffect"),
            { "policyDefinitionReferenceId": "fixed", "parameters": {} },
        ],
    }})
}

/// An assignment of the benchmark with these members.
fn assigned(members: &Value) -> Value {
    let mut properties =
        json!({ "policyDefinitionId": BENCHMARK, "scope": format!("/subscriptions/{ID}") });
    for (name, value) in members.as_object().unwrap() {
        properties[name] = value.clone();
    }
    json!({ "id": format!("/subscriptions/{ID}/providers/Microsoft.Authorization/policyAssignments/a"), "properties": properties })
}

fn answers(assignments: &[Value]) -> Answers {
    let path = format!("/subscriptions/{ID}/providers/Microsoft.Authorization/policyAssignments");
    Answers::new().with(&path, json!({ "value": assignments })).with(BENCHMARK, set())
}

async fn off(assignments: &[Value]) -> Fact<Option<Vec<String>>> {
    of(&answers(assignments)).await
}

async fn of(answers: &Answers) -> Fact<Option<Vec<String>>> {
    let part = audited(answers, &[Account::BENCHMARK_DISABLED], &[], collect).await;
    part.account.benchmark_disabled
}

fn list(names: &[&str]) -> Fact<Option<Vec<String>>> {
    Known(Some(names.iter().map(|name| (*name).to_owned()).collect()))
}

fn disables(parameter: &str) -> Value {
    json!({ "parameters": { parameter: { "value": "Disabled" } } })
}

fn overrides(selectors: Value) -> Value {
    json!({ "overrides": [{ "kind": "policyEffect", "value": "Disabled", "selectors": selectors }] })
}

fn by_reference(member: &str, names: &[&str]) -> Value {
    overrides(json!([{ "kind": "policyDefinitionReferenceId", member: names }]))
}

#[tokio::test]
async fn another_set_is_not_the_benchmark_and_none_is_none() {
    assert_eq!(off(&[]).await, Known(None));
    let other = json!({ "policyDefinitionId": "/providers/Microsoft.Authorization/policySetDefinitions/other" });
    assert_eq!(off(&[assigned(&other)]).await, Known(None));
    assert_eq!(off(&[assigned(&json!({}))]).await, list(&[]));
    // The set is not requested if everything is on.
    let all_on = answers(&[assigned(&json!({}))]);
    of(&all_on).await;
    assert_eq!(all_on.count(BENCHMARK), 0);
}

#[tokio::test]
async fn a_parameter_switches_off_the_policy_that_takes_its_effect_from_it() {
    assert_eq!(off(&[assigned(&disables("diskEffect"))]).await, list(&["diskEffect"]));
    assert_eq!(off(&[assigned(&disables("DISKEFFECT"))]).await, list(&["diskEffect"]));
    // A deprecated policy is not counted, nor is a parameter that no policy uses.
    assert_eq!(off(&[assigned(&disables("oldEffect"))]).await, list(&[]));
    assert_eq!(off(&[assigned(&disables("otherEffect"))]).await, list(&[]));
    let audit = json!({ "parameters": { "diskEffect": { "value": "AuditIfNotExists" } } });
    assert_eq!(off(&[assigned(&audit)]).await, list(&[]));
    // A parameter that is not an effect may be anything; an effect is a string.
    let days = json!({ "parameters": { "days": { "value": 7 } } });
    assert_eq!(off(&[assigned(&days)]).await, list(&[]));
    let odd = json!({ "parameters": { "diskEffect": { "value": 7 } } });
    assert!(off(&[assigned(&odd)]).await.gap().is_some());
    let valueless = json!({ "parameters": { "diskEffect": {} } });
    assert!(off(&[assigned(&valueless)]).await.gap().is_some());
}

#[tokio::test]
async fn an_override_switches_off_what_it_selects() {
    assert_eq!(off(&[assigned(&by_reference("in", &["Vault"]))]).await, list(&["vaultEffect"]));
    assert_eq!(off(&[assigned(&by_reference("in", &["fixed"]))]).await, list(&["fixed"]));
    let but = by_reference("notIn", &["disk", "fixed"]);
    assert_eq!(off(&[assigned(&but)]).await, list(&["vaultEffect"]));
    assert_eq!(
        off(&[assigned(&overrides(json!([])))]).await,
        list(&["diskEffect", "fixed", "vaultEffect"])
    );
    // Another kind, another effect.
    for (member, value) in [("kind", "definitionVersion"), ("value", "Audit")] {
        let mut other = overrides(json!([]));
        other["overrides"][0][member] = json!(value);
        assert_eq!(off(&[assigned(&other)]).await, list(&[]), "{member}");
    }
    // A selector that is not known may select anything.
    let by_place = overrides(json!([{ "kind": "resourceLocation", "in": ["westeurope"] }]));
    assert!(off(&[assigned(&by_place)]).await.gap().is_some());
    let both =
        overrides(json!([{ "kind": "policyDefinitionReferenceId", "in": ["a"], "notIn": ["b"] }]));
    assert!(off(&[assigned(&both)]).await.gap().is_some());
    let neither = overrides(json!([{ "kind": "policyDefinitionReferenceId" }]));
    assert!(off(&[assigned(&neither)]).await.gap().is_some());
}

#[tokio::test]
async fn a_policy_is_off_where_every_assignment_switches_it_off() {
    let (disk, vault) = (disables("diskEffect"), disables("vaultEffect"));
    let both = json!({ "parameters": { "diskEffect": { "value": "Disabled" }, "vaultEffect": { "value": "Disabled" } } });
    assert_eq!(off(&[assigned(&disk), assigned(&vault)]).await, list(&[]));
    assert_eq!(off(&[assigned(&disk), assigned(&both)]).await, list(&["diskEffect"]));
    assert_eq!(
        off(&[assigned(&both), assigned(&by_reference("in", &["disk"]))]).await,
        list(&["diskEffect"])
    );
    // One with everything on is enough, even beside one that cannot be read.
    let odd = json!({ "parameters": { "diskEffect": {} } });
    assert_eq!(off(&[assigned(&odd), assigned(&json!({}))]).await, list(&[]));
    assert!(off(&[assigned(&odd), assigned(&disk)]).await.gap().is_some());
}

#[tokio::test]
async fn where_an_assignment_does_not_hold_it_does_not_count() {
    let own = format!("/subscriptions/{ID}");
    let scopes = |scope: &str| json!({ "notScopes": [scope] });
    assert_eq!(off(&[assigned(&scopes(&own))]).await, Known(None));
    assert_eq!(
        off(&[assigned(&scopes(&format!("{}/", own.to_ascii_uppercase())))]).await,
        Known(None)
    );
    assert_eq!(off(&[assigned(&scopes("/subscriptions/other"))]).await, list(&[]));
    let group = "/providers/Microsoft.Management/managementGroups/g";
    assert!(off(&[assigned(&scopes(group))]).await.gap().is_some());
    let some = json!({ "resourceSelectors": [{ "name": "x", "selectors": [] }] });
    assert!(off(&[assigned(&some)]).await.gap().is_some());
    assert_eq!(off(&[assigned(&json!({ "resourceSelectors": [] }))]).await, list(&[]));
}

#[tokio::test]
async fn what_cannot_be_read_is_a_gap() {
    let path = format!("/subscriptions/{ID}/providers/Microsoft.Authorization/policyAssignments");
    let refused = Answers::new().refused(&path, 403, "AuthorizationFailed");
    assert!(of(&refused).await.gap().is_some());
    // It may be an assignment of the benchmark.
    for odd in [json!(7), json!({}), json!({ "id": "/x", "properties": {} })] {
        assert!(off(std::slice::from_ref(&odd)).await.gap().is_some(), "{odd}");
    }
    let set_refused = answers(&[assigned(&disables("diskEffect"))]).refused(
        BENCHMARK,
        403,
        "AuthorizationFailed",
    );
    assert!(of(&set_refused).await.gap().is_some());
    let broken =
        answers(&[assigned(&disables("diskEffect"))]).with(BENCHMARK, json!({ "properties": {} }));
    assert!(of(&broken).await.gap().is_some());
    let unasked = audited(&answers(&[]), &[], &[], collect).await;
    assert_eq!(unasked.account.benchmark_disabled, Fact::Gap(GapId::NOT_COLLECTED));
}
