//! The credentials of applications from the answers of a tenant, good and bad.

use posture_model::resource::Kind;
use posture_model::scope::Scope;
use serde_json::{Value, json};

use super::super::answers::{every, value_of};
use super::super::recorded::scopes;
use super::*;

const START: &str = "2026-01-01T00:00:00Z";
const END: &str = "2027-01-01T00:00:00Z";

fn tenant(applications: &Value, principals: &Value) -> Scope {
    let scenario = json!({
        "subscriptions": [{ "id": "s", "name": "s" }],
        "graph": { APPLICATIONS.name: applications, PRINCIPALS.name: principals },
        "graph_permissions": ["Application.Read.All"],
    });
    scopes(&scenario, &every::<Credential>(), &[Kind::Credential]).pop().unwrap()
}

fn password(key: &str) -> Value {
    json!({ "keyId": key, "displayName": "spring", "startDateTime": START, "endDateTime": END, "hint": "abc" })
}

fn certificate(key: &str, usage: &str) -> Value {
    json!({
        "keyId": key, "displayName": null, "usage": usage, "type": "AsymmetricX509Cert",
        "customKeyIdentifier": "MARK", "startDateTime": START, "endDateTime": END,
    })
}

fn holder(passwords: &[Value], certificates: &[Value]) -> Value {
    json!({
        "id": "A1", "displayName": "shop", "passwordCredentials": passwords, "keyCredentials": certificates,
    })
}

fn principal(kind: Value) -> Value {
    let mut principal = holder(&[password("k3")], &[]);
    principal["id"] = json!("p1");
    principal["servicePrincipalType"] = kind;
    principal
}

/// The keys of the credentials that are listed, and whether these are all.
fn keys(scope: &Scope) -> (Vec<String>, bool) {
    let key = |credential: &Credential| credential.id.rsplit('/').next().unwrap().to_owned();
    let mut keys: Vec<String> = scope.credentials.items.iter().map(key).collect();
    keys.sort_unstable();
    (keys, scope.credentials.is_complete())
}

fn whole(keys: &[&str]) -> (Vec<String>, bool) {
    (keys.iter().map(|&key| key.to_owned()).collect(), true)
}

#[test]
fn passwords_and_certificates_of_both_are_listed() {
    let app = holder(&[password("K1")], &[certificate("k2", "Verify")]);
    let scope = tenant(&json!([app]), &json!([principal(json!("Application"))]));
    assert_eq!(keys(&scope), whole(&["k1", "k2", "k3"]));
    let by_key =
        |end: &str| scope.credentials.items.iter().find(|one| one.id.ends_with(end)).unwrap();
    let (first, second) = (by_key("/k1"), by_key("/k2"));
    assert_eq!((first.id.as_str(), first.name.as_str()), ("a1/k1", "shop: spring"));
    assert_eq!(second.name, "shop: k2");
    for (credential, certificate) in [(first, false), (second, true)] {
        assert_eq!(value_of(credential, "holder"), json!("shop"));
        assert_eq!(value_of(credential, "certificate"), json!(certificate));
        assert_eq!(value_of(credential, "signs_tokens"), json!(false));
        assert_eq!(value_of(credential, "starts"), json!(START));
        assert_eq!(value_of(credential, "expires"), json!(END));
    }
}

#[test]
fn the_platform_keeps_those_of_managed_identities() {
    let of = |kind: Value| keys(&tenant(&json!([]), &json!([principal(kind)])));
    assert_eq!(of(json!("managedIdentity")), whole(&[]));
    assert_eq!(of(json!("Legacy")), whole(&["k3"]));
    // The kind of one without a type is unknown.
    assert_eq!(of(Value::Null), (vec![], false));
    assert_eq!(of(json!(7)), (vec![], false));
}

#[test]
fn what_does_not_fit_leaves_the_list_open_and_the_others_in_it() {
    let app = holder(&[password("k1")], &[]);
    let and_app = |odd: Value| keys(&tenant(&json!([odd, app]), &json!([])));
    let open = (vec!["k1".to_owned()], false);
    let mut nameless = holder(&[password("k9")], &[]);
    nameless["id"] = json!("");
    assert_eq!(and_app(nameless), open);
    let mut keyless = holder(&[password("")], &[]);
    keyless["id"] = json!("b2");
    assert_eq!(and_app(keyless), open);
    for list in ["passwordCredentials", "keyCredentials"] {
        let mut broken = holder(&[], &[]);
        broken["id"] = json!("b2");
        broken[list] = Value::Null;
        assert_eq!(and_app(broken), open, "{list}");
    }
}

#[test]
fn facts_that_do_not_fit_are_gaps() {
    let read = |name: &str, value: Option<Value>, fact: &str| {
        let mut entry = certificate("k2", "Verify");
        match value {
            Some(value) => entry[name] = value,
            None => drop(entry.as_object_mut().unwrap().remove(name)),
        }
        let scope = tenant(&json!([holder(&[], &[entry])]), &json!([]));
        value_of(&scope.credentials.items[0], fact)
    };
    assert_eq!(read("usage", Some(json!("sign")), "signs_tokens"), json!(true));
    assert_eq!(read("usage", Some(json!("Encrypt")), "signs_tokens"), json!("gap"));
    // One without an end never ends; one that does not report it may.
    assert_eq!(read("endDateTime", Some(Value::Null), "expires"), Value::Null);
    assert_eq!(read("endDateTime", None, "expires"), json!("gap"));
    assert_eq!(read("endDateTime", Some(json!("soon")), "expires"), json!("gap"));
    assert_eq!(read("startDateTime", Some(Value::Null), "starts"), json!("gap"));
    let mut unnamed = holder(&[password("k1")], &[]);
    unnamed["displayName"] = json!("");
    let scope = tenant(&json!([unnamed]), &json!([]));
    let credential = &scope.credentials.items[0];
    assert_eq!(credential.name, "a1: spring");
    assert_eq!(value_of(credential, "holder"), json!("gap"));
    let mut plain = password("k1");
    plain["displayName"] = json!("");
    let scope = tenant(&json!([holder(&[plain], &[])]), &json!([]));
    assert_eq!(scope.credentials.items[0].name, "shop: k1");
}

#[test]
fn a_signing_certificate_counts_once() {
    let sign = certificate("s1", "Sign");
    let bent = |mut entry: Value, name: &str, value: Value| {
        entry[name] = value;
        entry
    };
    let verify = certificate("v1", "verify");
    let secret = bent(password("s1"), "keyId", json!("s1"));
    let of = |passwords: &[Value], keys: &[Value]| {
        self::keys(&tenant(&json!([holder(passwords, keys)]), &json!([]))).0
    };
    assert_eq!(of(std::slice::from_ref(&secret), &[sign.clone(), verify.clone()]), ["s1"]);
    // Without the private key each is a separate credential.
    assert_eq!(of(std::slice::from_ref(&secret), std::slice::from_ref(&verify)), ["s1", "v1"]);
    // Another mark, another time or none: another certificate.
    for other in [
        bent(verify.clone(), "customKeyIdentifier", json!("OTHER")),
        bent(verify.clone(), "customKeyIdentifier", Value::Null),
        bent(verify.clone(), "startDateTime", json!(END)),
        bent(verify.clone(), "endDateTime", json!(START)),
        bent(verify.clone(), "usage", json!("Encrypt")),
    ] {
        assert_eq!(of(&[], &[sign.clone(), other.clone()]), ["s1", "v1"], "{other}");
    }
    for other in [
        bent(secret.clone(), "keyId", json!("k9")),
        bent(bent(secret.clone(), "keyId", json!("k9")), "customKeyIdentifier", json!("MARK")),
    ] {
        assert_eq!(
            of(std::slice::from_ref(&other), std::slice::from_ref(&sign)),
            ["k9", "s1"],
            "{other}"
        );
    }
    for (name, value) in [("startDateTime", json!(END)), ("endDateTime", json!(START))] {
        let other = bent(secret.clone(), name, value);
        // They have one ID, and contradict each other.
        assert_eq!(
            of(std::slice::from_ref(&other), std::slice::from_ref(&sign)),
            ["s1"],
            "{other}"
        );
    }
    // A value that is missing from both does not show that they are equal.
    let unmarked = |entry: &Value| bent(entry.clone(), "customKeyIdentifier", Value::Null);
    assert_eq!(of(&[], &[unmarked(&sign), unmarked(&verify)]), ["s1", "v1"]);
}

#[test]
fn credentials_that_are_not_wanted_are_not_asked_for() {
    let scenario = json!({ "subscriptions": [{ "id": "s", "name": "s" }], "graph_permissions": ["Application.Read.All"] });
    let scope = scopes(&scenario, &[], &[]).pop().unwrap();
    assert!(
        !scope.calls.contains_key(APPLICATIONS.name) && !scope.calls.contains_key(PRINCIPALS.name)
    );
}
