//! The users of the directory from the answers of a tenant, good and bad.

use posture_model::gap::Reason;
use posture_model::resource::{FactId, Kind};
use posture_model::scope::Scope;
use serde_json::{Value, json};

use super::super::answers::value_of;
use super::super::recorded::{scopes, why};
use super::*;

const ALL: &[&str] = &["User.Read.All", "AuditLog.Read.All"];

fn tenant(users: &Value, registrations: &Value, permissions: &[&str], premium: bool) -> Scope {
    let scenario = json!({
        "subscriptions": [{ "id": "s", "name": "s" }],
        "graph": { USERS.name: users, REGISTRATIONS.name: registrations },
        "graph_permissions": permissions,
        "premium": premium,
    });
    let facts: Vec<FactId> = ["console_access", "guest", "created", "last_sign_in", "mfa"]
        .iter()
        .map(|name| posture_model::resource::Kind::User.fact(name).unwrap())
        .collect();
    scopes(&scenario, &facts, &[Kind::User]).pop().unwrap()
}

fn ann() -> Value {
    json!({
        "id": "A1", "userPrincipalName": "ann@contoso.example", "displayName": "Ann", "accountEnabled": true,
        "userType": "Member", "createdDateTime": "2020-01-01T00:00:00Z", "signInActivity": null,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut user = ann();
    user[name] = value;
    user
}

fn registered(id: &str, capable: Value) -> Value {
    json!({ "id": id, "isMfaCapable": capable })
}

/// The state of a fact of the only user.
fn of(user: &Value, fact: &str) -> Value {
    let scope = tenant(&json!([user]), &json!([registered("a1", json!(true))]), ALL, true);
    assert_eq!(scope.users.items.len(), 1);
    value_of(&scope.users.items[0], fact)
}

#[test]
fn a_user_is_read_with_every_fact() {
    let scope = tenant(&json!([ann()]), &json!([registered("A1", json!(true))]), ALL, true);
    assert!(scope.users.is_complete());
    let user = &scope.users.items[0];
    assert_eq!((user.id.as_str(), user.name.as_str()), ("a1", "ann@contoso.example"));
    assert_eq!(user.console_access, Known(true));
    assert_eq!(user.guest, Known(false));
    assert_eq!(user.last_sign_in, Known(None));
    assert_eq!(user.mfa, Known(true));
    assert_eq!(value_of(user, "created"), json!("2020-01-01T00:00:00Z"));
}

#[test]
fn who_is_a_guest_is_one_of_the_known_words_or_unknown() {
    assert_eq!(of(&with("userType", json!("GUEST")), "guest"), json!(true));
    assert_eq!(of(&with("userType", json!("member")), "guest"), json!(false));
    assert_eq!(of(&with("userType", json!("robot")), "guest"), json!("gap"));
    assert_eq!(of(&with("userType", json!(7)), "guest"), json!("gap"));
    // Users from before there were guests have no type; a user whose properties are hidden has no name either.
    assert_eq!(of(&with("userType", Value::Null), "guest"), json!(false));
    assert_eq!(of(&json!({ "id": "a1", "userType": null }), "guest"), json!("gap"));
    assert_eq!(of(&with("accountEnabled", Value::Null), "console_access"), json!("gap"));
}

#[test]
fn a_user_has_signed_in_when_that_succeeded() {
    let last = |activity: Value| of(&with(SIGN_INS, activity), "last_sign_in");
    let (old, recent) = ("2023-11-30T23:59:59Z", "2026-01-01T00:00:00Z");
    assert_eq!(last(json!({ "lastSuccessfulSignInDateTime": recent })), json!(recent));
    assert_eq!(
        last(json!({ "lastSuccessfulSignInDateTime": old, "lastSignInDateTime": recent })),
        json!(old)
    );
    assert_eq!(last(json!({ "lastSuccessfulSignInDateTime": "then" })), json!("gap"));
    // Attempts count from before the day since which the response shows which ones succeeded.
    assert_eq!(last(json!({ "lastSignInDateTime": old })), json!(old));
    let older = json!({ "lastSignInDateTime": "2020-01-01T00:00:00Z", "lastNonInteractiveSignInDateTime": old });
    assert_eq!(last(older), json!(old));
    assert_eq!(last(json!({ "lastSignInDateTime": "2023-12-01T00:00:00Z" })), json!("gap"));
    assert_eq!(last(json!({ "lastNonInteractiveSignInDateTime": recent })), json!("gap"));
    assert_eq!(
        last(json!({ "lastSignInDateTime": old, "lastNonInteractiveSignInDateTime": 7 })),
        json!("gap")
    );
    assert_eq!(last(json!({})), Value::Null);
}

#[test]
fn a_caller_that_may_not_see_sign_ins_sees_the_users_all_the_same() {
    for (permissions, premium, reason) in
        [(&ALL[..1], true, Reason::Denied), (ALL, false, Reason::LicenseMissing)]
    {
        let scope =
            tenant(&json!([ann()]), &json!([registered("a1", json!(true))]), permissions, premium);
        assert!(scope.users.is_complete(), "{reason:?}");
        let user = &scope.users.items[0];
        assert_eq!(user.console_access, Known(true));
        let refused = |action: &str| Some((action.to_owned(), reason));
        assert_eq!(why(&scope, &user.last_sign_in), refused(USERS.name));
        assert_eq!(why(&scope, &user.mfa), refused(REGISTRATIONS.name));
    }
    let scope = tenant(&json!([ann()]), &json!([]), &[], true);
    assert!(scope.users.items.is_empty() && !scope.users.is_complete());
}

#[test]
fn mfa_is_what_the_report_says_of_the_user() {
    let mfa = |user: &Value, report: Value| {
        let scope = tenant(&json!([user]), &report, ALL, true);
        let user = &scope.users.items[0];
        (value_of(user, "mfa"), why(&scope, &user.mfa).map(|(_, reason)| reason))
    };
    let off = with("accountEnabled", json!(false));
    let other = registered("b2", json!(true));
    assert_eq!(mfa(&ann(), json!([other, registered("A1", json!(false))])).0, json!(false));
    assert_eq!(mfa(&off, json!([registered("a1", json!(true))])).0, json!(true));
    // It leaves out those who are switched off, and those who are new.
    assert_eq!(mfa(&off, json!([other])).0, json!("not-offered"));
    assert_eq!(mfa(&ann(), json!([other])).1, Some(Reason::Incomplete));
    // An entry without a user may be about this one.
    let nameless = registered("", json!(true));
    assert_eq!(mfa(&ann(), json!([nameless])).1, Some(Reason::Malformed));
    assert_eq!(mfa(&off, json!([nameless])).1, Some(Reason::Malformed));
    assert_eq!(mfa(&ann(), json!([nameless, registered("a1", json!(true))])).0, json!(true));
    // Two that agree are one; of two that do not, neither counts.
    let twice =
        |one: bool, two: bool| json!([registered("a1", json!(one)), registered("A1", json!(two))]);
    assert_eq!(mfa(&ann(), twice(true, true)).0, json!(true));
    assert_eq!(mfa(&ann(), twice(true, false)).1, Some(Reason::Malformed));
}

#[test]
fn a_user_without_an_id_leaves_the_list_open() {
    let scope = tenant(&json!([with("id", json!("")), ann()]), &json!([]), ALL, true);
    assert_eq!(scope.users.items.len(), 1);
    assert!(!scope.users.is_complete());
}

#[test]
fn users_that_are_not_wanted_are_not_asked_for() {
    let scenario = json!({ "subscriptions": [{ "id": "s", "name": "s" }], "graph": { USERS.name: [ann()] }, "graph_permissions": ALL });
    let scope = scopes(&scenario, &[], &[Kind::User]).pop().unwrap();
    assert!(!scope.calls.contains_key(REGISTRATIONS.name));
    let facts = [User::CONSOLE_ACCESS];
    let scope = scopes(&scenario, &facts, &[Kind::User]).pop().unwrap();
    assert_eq!(scope.users.items[0].last_sign_in, Fact::not_collected());
    assert_eq!(scope.users.items[0].mfa, Fact::not_collected());
    assert!(scope.calls.contains_key(USERS.name) && !scope.calls.contains_key(REGISTRATIONS.name));
}
