//! Duties by roles, from the answers of a subscription.

use posture_model::fact::Known;
use posture_model::gap::Reason;
use posture_model::resource::{FactId, Kind};
use serde_json::{Value, json};

use super::super::recorded::{scopes, why};
use super::*;

const ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const OFFICER: &str = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";
const SERVICE: &str = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

fn role(id: &str, actions: &[&str], data: &[&str]) -> Value {
    json!({ "name": id, "properties": { "roleName": id, "type": "BuiltInRole", "assignableScopes": ["/"],
        "permissions": [{ "actions": actions, "notActions": [], "dataActions": data, "notDataActions": [] }] } })
}

fn given(who: &str, role: &str, at: &str) -> Value {
    let role =
        format!("/subscriptions/{ID}/providers/Microsoft.Authorization/roleDefinitions/{role}");
    json!({ "principalId": who, "principalType": "ServicePrincipal", "roleDefinitionId": role, "scope": at })
}

/// A subscription with a vault and a workspace, where these roles are assigned.
fn read(assignments: &[Value], rbac: Value) -> Scope {
    let authorization = |kind: &str, n: usize, value: &Value| {
        let kind = format!("Microsoft.Authorization/{kind}");
        let mut resource = json!({ "type": kind, "name": format!("x{n}") });
        for (key, value) in value.as_object().unwrap() {
            resource[key] = value.clone();
        }
        resource
    };
    let mut resources = vec![
        json!({ "type": "Microsoft.KeyVault/vaults", "name": "v", "group": "g",
            "properties": { "enableRbacAuthorization": rbac, "accessPolicies": [] } }),
        json!({ "type": "Microsoft.OperationalInsights/workspaces", "name": "w", "group": "g",
            "properties": { "retentionInDays": 90 } }),
    ];
    let roles = [
        role(OWNER, &["*"], &[]),
        role(READER, &["*/read"], &[]),
        role(OFFICER, &[], &["Microsoft.KeyVault/vaults/keys/*"]),
        role(SERVICE, &[], &["Microsoft.KeyVault/vaults/keys/unwrap/action"]),
    ];
    resources
        .extend(roles.iter().enumerate().map(|(n, one)| authorization("roleDefinitions", n, one)));
    resources.extend(
        assignments
            .iter()
            .enumerate()
            .map(|(n, one)| authorization("roleAssignments", n, &json!({ "properties": one }))),
    );
    let scenario = json!({ "subscriptions": [{ "id": ID, "name": "s", "resources": resources }] });
    let facts: [FactId; 5] = [
        Vault::ACCESS,
        Vault::ROLE_HOLDERS_WHO_DECRYPT,
        LogGroup::READERS,
        LogGroup::ERASERS,
        Account::CONFLICTING_DUTIES,
    ];
    let all = scopes(&scenario, &facts, &[Kind::Vault, Kind::LogGroup, Kind::Account]);
    all.into_iter().find(|scope| scope.id == ID).unwrap()
}

fn names(fact: &Fact<Entries>) -> Vec<String> {
    let Known(entries) = fact else { panic!("{fact:?}") };
    assert_eq!(entries.undecided(), None);
    entries.certain().to_vec()
}

#[test]
fn each_duty_counts_where_the_role_holds_and_for_those_who_have_all_of_them() {
    let here = format!("/subscriptions/{ID}");
    let vault = format!("{here}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v");
    let elsewhere = format!("{here}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/other");
    let scope = read(
        &[
            given("officer", OFFICER, &vault),
            given("far", OFFICER, &elsewhere),
            given("service", SERVICE, &here),
            given("owner", OWNER, &here),
            given("reader", READER, &here),
        ],
        json!(true),
    );
    assert_eq!(names(&scope.vaults.items[0].role_holders_who_decrypt), ["officer"]);
    let group = &scope.log_groups.items[0];
    assert_eq!(names(&group.readers), ["owner", "reader"]);
    assert_eq!(names(&group.erasers), ["owner"]);
    assert_eq!(names(&scope.account.conflicting_duties), ["owner"]);
}

#[test]
fn a_vault_with_access_policies_has_no_role_holders_and_one_that_does_not_say_is_open() {
    let of = |rbac: Value| {
        let scope = read(&[], rbac);
        let fact = scope.vaults.items[0].role_holders_who_decrypt.clone();
        let reason = why(&scope, &fact).map(|(_, reason)| reason);
        (fact, reason)
    };
    assert_eq!(of(json!(false)).0, NotOffered);
    assert_eq!(of(json!(true)).0, Known(Entries::none()));
    assert_eq!(of(json!("yes")).1, Some(Reason::Malformed));
}
