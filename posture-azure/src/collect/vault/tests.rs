//! Vaults, keys and secrets from recorded answers, good and bad.

use posture_model::resource::{FactId, Resource};
use serde_json::{Value, json};

use super::*;
use crate::collect::answers::{self as recorded, Answers, but, every, value_of};

const END: i64 = 1_900_000_000;

fn id() -> String {
    recorded::id("Microsoft.KeyVault/vaults", "main")
}

/// A vault as Resource Graph returns it, as it should be.
fn row() -> Value {
    json!({
        "id": id(), "name": "main", "type": "microsoft.keyvault/vaults", "location": "westeurope",
        "properties": {
            "enableRbacAuthorization": true, "enablePurgeProtection": true, "enableSoftDelete": true,
            "publicNetworkAccess": "Disabled", "networkAcls": { "defaultAction": "Deny" },
            "privateEndpointConnections": [{
                "id": "connection",
                "properties": {
                    "privateEndpoint": { "id": "endpoint" },
                    "privateLinkServiceConnectionState": { "status": "Approved" },
                },
            }],
        },
    })
}

fn key(name: &str) -> Value {
    json!({
        "id": format!("{}/keys/{name}", id()), "name": name,
        "properties": {
            "attributes": { "enabled": true, "exp": END },
            "kty": "RSA", "keySize": 3072, "keyOps": ["wrapKey", "unwrapKey"],
        },
    })
}

fn action(kind: &str, trigger: Value) -> Value {
    json!({ "action": { "type": kind }, "trigger": trigger })
}

/// A key without a certificate, with its policy.
fn rotating(name: &str, actions: Value) -> Value {
    let policy = json!({ "attributes": { "expiryTime": "P1Y" }, "lifetimeActions": actions });
    but(key(name), "properties.rotationPolicy", Some(policy))
}

fn secret(name: &str) -> Value {
    json!({
        "id": format!("{}/secrets/{name}", id()), "name": name,
        "properties": { "attributes": { "enabled": true, "nbf": 1_700_000_000, "exp": END } },
    })
}

fn log() -> Value {
    json!({ "value": [{
        "id": "setting", "name": "all",
        "properties": { "workspaceId": "workspace", "logs": [{ "category": "AuditEvent", "enabled": true }] },
    }] })
}

fn answers() -> Answers {
    let id = id();
    let rotates = json!([action("Rotate", json!({ "timeAfterCreate": "P90D" }))]);
    Answers::new()
        .with(&format!("{id}/keys"), json!({ "value": [key("storage")] }))
        .with(&format!("{id}/keys/storage"), rotating("storage", rotates))
        .with(&format!("{id}/secrets"), json!({ "value": [secret("password")] }))
        .with(&format!("{id}/providers/Microsoft.Insights/diagnosticSettings"), log())
}

async fn found(answers: &Answers, row: Value) -> Part {
    let facts = [every::<Vault>(), every::<Key>(), every::<Secret>()].concat();
    let kinds = [Kind::Vault, Kind::Key, Kind::Secret];
    let work = async |audit: &Subscription<'_>| read(audit, Ok(vec![row])).await;
    recorded::audited(answers, &facts, &kinds, work).await
}

async fn vault_of(row: Value) -> Vault {
    found(&answers(), row).await.vaults.items.remove(0)
}

/// The one key, as it is listed and as it is read separately.
async fn key_of(listed: Value, single: Value) -> Key {
    let answers = answers()
        .with(&format!("{}/keys", id()), json!({ "value": [listed] }))
        .with(&format!("{}/keys/storage", id()), single);
    found(&answers, row()).await.keys.items.remove(0)
}

async fn secret_of(listed: Value) -> Secret {
    let answers = answers().with(&format!("{}/secrets", id()), json!({ "value": [listed] }));
    found(&answers, row()).await.secrets.items.remove(0)
}

#[tokio::test]
async fn a_vault_as_it_should_be_with_what_is_in_it() {
    let answers = answers();
    let found = found(&answers, row()).await;
    assert!(found.vaults.is_complete() && found.keys.is_complete() && found.secrets.is_complete());
    let (vault, key, secret) =
        (&found.vaults.items[0], &found.keys.items[0], &found.secrets.items[0]);
    assert_eq!((vault.id.as_str(), vault.name.as_str()), (id().as_str(), "main"));
    assert_eq!((key.name.as_str(), key.region.as_deref()), ("storage", Some("westeurope")));
    for (fact, expected) in [
        ("access", json!("roles")),
        ("purge_protection", json!(true)),
        ("public_network", json!("disabled")),
        ("network_default_deny", json!(true)),
        ("private_endpoints", json!(["endpoint"])),
        ("audit_targets", json!(["workspace"])),
    ] {
        assert_eq!(value_of(vault, fact), expected, "{fact}");
    }
    for (fact, expected) in [
        ("state", json!("enabled")),
        ("origin", json!("not-offered")),
        ("symmetric", json!("not-offered")),
        ("replica", json!("not-offered")),
        ("rotates", json!(true)),
        ("rotation_days", json!(90)),
        ("algorithm", json!("rsa")),
        ("strength_bits", json!(128)),
        ("purposes", json!(["encryption"])),
        ("vault_access", json!("roles")),
        ("policy_public", json!("not-offered")),
        ("external_accounts", json!("not-offered")),
        ("services_without_source", json!("not-offered")),
    ] {
        assert_eq!(value_of(key, fact), expected, "{fact}");
    }
    assert_eq!(key.expires, Known(Some(Time::from_unix(END))));
    for (fact, expected) in
        [("enabled", json!(true)), ("certificate", json!(false)), ("vault_access", json!("roles"))]
    {
        assert_eq!(value_of(secret, fact), expected, "{fact}");
    }
    assert_eq!(secret.expires, Known(Some(Time::from_unix(END))));
    assert_eq!(secret.valid_from, Known(Some(Time::from_unix(1_700_000_000))));
    assert_eq!(answers.count("/keys/storage"), 1);
}

#[tokio::test]
async fn what_a_vault_says_and_does_not_say() {
    let cases: &[(&str, Option<Value>, &str, Value)] = &[
        ("enableRbacAuthorization", None, "access", json!("access-policies")),
        ("enableRbacAuthorization", Some(json!(false)), "access", json!("access-policies")),
        ("enableRbacAuthorization", Some(json!("perhaps")), "access", json!("gap")),
        ("enablePurgeProtection", None, "purge_protection", json!(false)),
        ("enablePurgeProtection", Some(Value::Null), "purge_protection", json!(false)),
        ("enablePurgeProtection", Some(json!([true])), "purge_protection", json!("gap")),
        ("enableSoftDelete", None, "purge_protection", json!(true)),
        ("enableSoftDelete", Some(json!(false)), "purge_protection", json!(false)),
        ("enableSoftDelete", Some(json!("x")), "purge_protection", json!("gap")),
        ("publicNetworkAccess", None, "public_network", json!("enabled")),
        ("publicNetworkAccess", Some(json!({})), "public_network", json!("gap")),
        ("networkAcls", None, "network_default_deny", json!(false)),
        ("networkAcls", Some(json!("Deny")), "network_default_deny", json!("gap")),
        ("privateEndpointConnections", None, "private_endpoints", json!([])),
        ("privateEndpointConnections", Some(json!([null])), "private_endpoints", json!("gap")),
    ];
    for (name, new, fact, expected) in cases {
        let vault = vault_of(but(row(), &format!("properties.{name}"), new.clone())).await;
        assert_eq!(value_of(&vault, fact), *expected, "{name} {new:?}");
    }
    for whole in [None, Some(json!([])), Some(json!("x"))] {
        let found = found(&answers(), but(row(), "properties", whole.clone())).await;
        for info in Vault::FACTS {
            assert_eq!(
                value_of(&found.vaults.items[0], info.name),
                json!("gap"),
                "{whole:?} {}",
                info.name
            );
        }
        // Its contents are returned all the same.
        assert_eq!(found.keys.items.len(), 1);
        assert_eq!(value_of(&found.keys.items[0], "vault_access"), json!("gap"));
    }
}

#[tokio::test]
async fn each_use_is_recorded_where_audit_events_go() {
    let path = format!("{}/providers/Microsoft.Insights/diagnosticSettings", id());
    let setting = |sink: Value, log: Value| {
        let mut properties = sink;
        properties["logs"] = json!([log]);
        json!({ "id": "s", "name": "s", "properties": properties })
    };
    let sink = || json!({ "storageAccountId": "account" });
    let on = |name: &str, value: &str| json!({ name: value, "enabled": true });
    for (settings, expected) in [
        (json!([setting(sink(), on("category", "auditevent"))]), json!(["account"])),
        (json!([setting(sink(), on("categoryGroup", "audit"))]), json!(["account"])),
        (json!([setting(sink(), on("categoryGroup", "allLogs"))]), json!(["account"])),
        (json!([setting(sink(), on("categoryGroup", "some"))]), json!([])),
        (json!([setting(sink(), on("category", "Other"))]), json!([])),
        (json!([setting(json!({}), on("category", "AuditEvent"))]), json!([])),
        (
            json!([setting(sink(), json!({ "category": "AuditEvent", "enabled": false }))]),
            json!([]),
        ),
        (json!([null]), json!("gap")),
        (json!([setting(json!({ "workspaceId": 3 }), on("category", "AuditEvent"))]), json!("gap")),
    ] {
        let answers = answers().with(&path, json!({ "value": settings }));
        let found = found(&answers, row()).await;
        assert_eq!(value_of(&found.vaults.items[0], "audit_targets"), expected, "{settings}");
    }
    let refused = answers().refused(&path, 403, "AuthorizationFailed");
    assert_eq!(
        value_of(&found(&refused, row()).await.vaults.items[0], "audit_targets"),
        json!("gap")
    );
}

#[tokio::test]
async fn what_a_key_says_and_does_not_say() {
    let single = || rotating("storage", json!([]));
    let attributes = "properties.attributes";
    let cases: &[(&str, Option<Value>, &str, Value)] = &[
        ("enabled", None, "state", json!("enabled")),
        ("enabled", Some(json!(false)), "state", json!("disabled")),
        ("enabled", Some(json!("perhaps")), "state", json!("gap")),
        ("exp", None, "expires", Value::Null),
        ("exp", Some(json!("2030-01-01T00:00:00Z")), "expires", json!("gap")),
        ("exp", Some(json!([null])), "expires", json!("gap")),
    ];
    for (name, new, fact, expected) in cases {
        let key =
            key_of(but(key("storage"), &format!("{attributes}.{name}"), new.clone()), single())
                .await;
        assert_eq!(value_of(&key, fact), *expected, "{name} {new:?}");
    }
    for whole in [None, Some(json!([])), Some(json!("x"))] {
        let key = key_of(but(key("storage"), attributes, whole.clone()), single()).await;
        for info in Key::FACTS {
            assert_eq!(value_of(&key, info.name), json!("gap"), "{whole:?} {}", info.name);
        }
    }
    // A key that is switched off is not asked for.
    let off = but(key("storage"), "properties.attributes.enabled", Some(json!(false)));
    let answers = answers().with(&format!("{}/keys", id()), json!({ "value": [off] }));
    let found = found(&answers, row()).await;
    assert_eq!(value_of(&found.keys.items[0], "rotates"), json!("gap"));
    assert_eq!(answers.count("/keys/storage"), 0);
}

#[tokio::test]
async fn a_key_rotates_by_its_policy() {
    let after = |text: &str| json!({ "timeAfterCreate": text });
    let before = |text: &str| json!({ "timeBeforeExpiry": text });
    let rotate = |trigger: Value| action("rotate", trigger);
    for (actions, rotates, days) in [
        (json!([rotate(after("P18M"))]), json!(true), json!(547)),
        (json!([action("Notify", before("P30D")), rotate(after("P90D"))]), json!(true), json!(90)),
        (json!([action("notify", before("P30D"))]), json!(false), Value::Null),
        (json!([]), json!(false), Value::Null),
        (json!([rotate(before("P30D"))]), json!(true), json!(335)),
        (
            json!([rotate(json!({ "timeAfterCreate": "", "timeBeforeExpiry": "P30D" }))]),
            json!(true),
            json!(335),
        ),
        (json!([rotate(json!({}))]), json!("gap"), json!("gap")),
        (json!([rotate(after("soon"))]), json!("gap"), json!("gap")),
        (json!([rotate(json!("P90D"))]), json!("gap"), json!("gap")),
        (json!([{ "trigger": after("P90D") }]), json!("gap"), json!("gap")),
        (json!([action("Sing", after("P90D"))]), json!("gap"), json!("gap")),
        (
            json!([{ "action": { "type": 1 }, "trigger": after("P90D") }]),
            json!("gap"),
            json!("gap"),
        ),
        (json!([action("Sing", after("P90D")), rotate(after("P90D"))]), json!(true), json!(90)),
        (json!([null]), json!("gap"), json!("gap")),
        (json!({}), json!("gap"), json!("gap")),
    ] {
        let key = key_of(key("storage"), rotating("storage", actions.clone())).await;
        assert_eq!(
            (value_of(&key, "rotates"), value_of(&key, "rotation_days")),
            (rotates, days),
            "{actions}"
        );
    }
    // Before its end never comes where it has none, and how long that is says the policy.
    let endless = but(key("storage"), "properties.attributes.exp", None);
    let key_without_end =
        key_of(endless.clone(), rotating("storage", json!([rotate(before("P30D"))]))).await;
    assert_eq!(value_of(&key_without_end, "rotates"), json!(false));
    let no_life = but(
        rotating("storage", json!([rotate(before("P30D"))])),
        "properties.rotationPolicy.attributes",
        None,
    );
    let key_without_life = key_of(key("storage"), no_life).await;
    assert_eq!(
        (value_of(&key_without_life, "rotates"), value_of(&key_without_life, "rotation_days")),
        (json!(true), Value::Null)
    );
    for (policy, rotates) in [
        (None, json!(false)),
        (Some(Value::Null), json!(false)),
        (Some(json!([])), json!("gap")),
        (Some(json!("P90D")), json!("gap")),
    ] {
        let single =
            but(rotating("storage", json!([])), "properties.rotationPolicy", policy.clone());
        assert_eq!(
            value_of(&key_of(key("storage"), single).await, "rotates"),
            rotates,
            "{policy:?}"
        );
    }
    for single in
        [json!({}), json!({ "properties": {} }), json!({ "properties": { "attributes": [] } })]
    {
        let key = key_of(key("storage"), single.clone()).await;
        assert_eq!(
            (value_of(&key, "rotates"), value_of(&key, "rotation_days")),
            (json!("gap"), json!("gap")),
            "{single}"
        );
        assert_eq!(value_of(&key, "state"), json!("enabled"));
    }
    let refused = answers().refused(&format!("{}/keys/storage", id()), 403, "Forbidden");
    let found = found(&refused, row()).await;
    assert_eq!(value_of(&found.keys.items[0], "rotates"), json!("gap"));
    assert_eq!(value_of(&found.keys.items[0], "rotation_days"), json!("gap"));
}

#[tokio::test]
async fn who_may_delete_keys_and_decrypt_by_the_access_policies() {
    let policy = |who: &str, keys: Value| json!({ "tenantId": "t", "objectId": who, "permissions": { "keys": keys, "secrets": ["all"] } });
    let of = async |policies: Option<Value>| {
        let row = but(row(), "properties.enableRbacAuthorization", Some(json!(false)));
        let row = but(row, "properties.accessPolicies", policies);
        value_of(&vault_of(row).await, "administrators_who_decrypt")
    };
    let on_behalf = json!({
        "objectId": "a", "applicationId": "app", "permissions": { "keys": ["decrypt"] },
    });
    for (policies, expected) in [
        (json!([]), json!([])),
        (json!([policy("A", json!(["all"]))]), json!(["a"])),
        (json!([policy("a", json!(["Delete", "UnwrapKey"]))]), json!(["a"])),
        (json!([policy("a", json!(["purge", "decrypt"]))]), json!(["a"])),
        (json!([policy("a", json!(["delete"])), policy("a", json!(["decrypt"]))]), json!(["a"])),
        (json!([policy("a", json!(["delete"])), policy("b", json!(["decrypt"]))]), json!([])),
        (json!([policy("a", json!(["delete"])), on_behalf]), json!([])),
        (json!([policy("a", json!(["get", "list", "wrapKey"]))]), json!([])),
        (json!([{ "objectId": "a", "permissions": {} }]), json!([])),
        (json!([{ "objectId": "a" }]), json!("gap")),
        (json!([{ "permissions": { "keys": ["all"] } }]), json!("gap")),
        (json!([policy("a", json!("all"))]), json!("gap")),
        (json!([policy("a", json!(["delete", 3]))]), json!("gap")),
        (json!([null]), json!("gap")),
        (json!("x"), json!("gap")),
    ] {
        assert_eq!(of(Some(policies.clone())).await, expected, "{policies}");
    }
    assert_eq!(of(None).await, json!("gap"));
    // With Azure RBAC they are ignored.
    let roles = but(row(), "properties.accessPolicies", Some(json!([policy("a", json!(["all"]))])));
    assert_eq!(
        value_of(&vault_of(roles).await, "administrators_who_decrypt"),
        json!("not-offered")
    );
}

#[tokio::test]
async fn what_a_key_is_made_of_and_for() {
    let of = async |members: Value| {
        let mut single = key("storage");
        for (name, value) in members.as_object().unwrap() {
            single["properties"][name] = value.clone();
        }
        key_of(key("storage"), single).await
    };
    for (members, algorithm, bits) in [
        (json!({ "kty": "RSA", "keySize": 2048 }), json!("rsa"), json!(112)),
        (json!({ "kty": "rsa-hsm", "keySize": 4096 }), json!("rsa"), json!(128)),
        (json!({ "kty": "RSA", "keySize": 1024 }), json!("rsa"), json!(80)),
        (json!({ "kty": "EC", "curveName": "P-256" }), json!("nist-curve"), json!(128)),
        (json!({ "kty": "EC-HSM", "curveName": "P-384" }), json!("nist-curve"), json!(192)),
        (json!({ "kty": "EC", "curveName": "P-521" }), json!("nist-curve"), json!(256)),
        (json!({ "kty": "EC", "curveName": "P-256K" }), json!("secp256k1"), json!(128)),
        (json!({ "kty": "RSA", "keySize": null }), json!("rsa"), json!("gap")),
        (json!({ "kty": "RSA", "keySize": "2048" }), json!("rsa"), json!("gap")),
        (json!({ "kty": "EC", "curveName": null }), json!("gap"), json!("gap")),
        (json!({ "kty": "EC", "curveName": "P-999" }), json!("gap"), json!("gap")),
        (json!({ "kty": "oct" }), json!("gap"), json!("gap")),
        (json!({ "kty": null }), json!("gap"), json!("gap")),
        (json!({ "kty": 3 }), json!("gap"), json!("gap")),
    ] {
        let key = of(members.clone()).await;
        let found = (value_of(&key, "algorithm"), value_of(&key, "strength_bits"));
        assert_eq!(found, (algorithm, bits), "{members}");
    }
    for (operations, expected) in [
        (json!(["encrypt", "decrypt", "WrapKey", "unwrapKey", "import"]), json!(["encryption"])),
        (json!(["verify", "sign", "release"]), json!(["signing"])),
        (json!(["sign", "decrypt", "sign"]), json!(["encryption", "signing"])),
        (json!(["sign", "decrypt", "sing"]), json!(["encryption", "signing"])),
        (json!(["sign", "sing"]), json!("gap")),
        (json!([]), json!([])),
        (json!(null), json!("gap")),
        (json!("sign"), json!("gap")),
        (json!(["sign", 1]), json!("gap")),
    ] {
        let key = of(json!({ "keyOps": operations })).await;
        assert_eq!(value_of(&key, "purposes"), expected, "{operations}");
    }
}

#[tokio::test]
async fn a_key_of_a_certificate_has_its_name_and_its_end() {
    let of_certificate = |name: &str| {
        but(secret(name), "properties.contentType", Some(json!("application/x-pkcs12")))
    };
    let later = but(of_certificate("storage"), "properties.attributes.exp", Some(json!(END + 1)));
    let endless = but(of_certificate("storage"), "properties.attributes.exp", None);
    let odd_end = but(of_certificate("storage"), "properties.attributes.exp", Some(json!("x")));
    let odd_kind = but(secret("storage"), "properties.contentType", Some(json!(1)));
    let nameless = but(but(secret("x"), "name", None), "id", None);
    let pem =
        but(secret("STORAGE"), "properties.contentType", Some(json!("application/x-pem-file")));
    for (secrets, expected) in [
        (json!([of_certificate("storage")]), json!("certificate")),
        (json!([pem]), json!("certificate")),
        (json!([secret("storage")]), json!("not-offered")),
        (json!([of_certificate("other")]), json!("not-offered")),
        (json!([later]), json!("not-offered")),
        (json!([endless]), json!("not-offered")),
        (json!([odd_end]), json!("gap")),
        (json!([odd_kind]), json!("gap")),
        (json!([nameless]), json!("gap")),
        (json!([]), json!("not-offered")),
    ] {
        let answers = answers()
            .with(&format!("{}/keys/storage", id()), key("storage"))
            .with(&format!("{}/secrets", id()), json!({ "value": secrets }));
        let found = found(&answers, row()).await;
        assert_eq!(value_of(&found.keys.items[0], "origin"), expected, "{secrets}");
        // A key that rotates does not belong to a certificate.
        let rotates = json!([action("Rotate", json!({ "timeAfterCreate": "P90D" }))]);
        let answers = answers.with(&format!("{}/keys/storage", id()), rotating("storage", rotates));
        let found = self::found(&answers, row()).await;
        assert_eq!(value_of(&found.keys.items[0], "origin"), json!("not-offered"), "{secrets}");
    }
    let refused = answers().with(&format!("{}/keys/storage", id()), key("storage")).refused(
        &format!("{}/secrets", id()),
        403,
        "Forbidden",
    );
    assert_eq!(value_of(&found(&refused, row()).await.keys.items[0], "origin"), json!("gap"));
}

#[tokio::test]
async fn what_a_secret_says_and_does_not_say() {
    let pkcs = json!("application/x-pkcs12");
    let cases: &[(&str, Option<Value>, &str, Value)] = &[
        ("attributes.enabled", None, "enabled", json!(true)),
        ("attributes.enabled", Some(json!(false)), "enabled", json!(false)),
        ("attributes.enabled", Some(json!(1)), "enabled", json!("gap")),
        ("attributes.exp", None, "expires", Value::Null),
        ("attributes.exp", Some(json!(true)), "expires", json!("gap")),
        ("attributes.nbf", None, "valid_from", Value::Null),
        ("attributes.nbf", Some(json!("x")), "valid_from", json!("gap")),
        ("contentType", Some(pkcs.clone()), "certificate", json!(true)),
        ("contentType", Some(json!("text/plain")), "certificate", json!(false)),
        ("contentType", Some(json!({})), "certificate", json!("gap")),
    ];
    for (name, new, fact, expected) in cases {
        let secret =
            secret_of(but(secret("password"), &format!("properties.{name}"), new.clone())).await;
        assert_eq!(value_of(&secret, fact), *expected, "{name} {new:?}");
    }
    // A certificate always begins at some time.
    let certificate = but(secret("shop"), "properties.contentType", Some(pkcs));
    let begins = but(certificate, "properties.attributes.nbf", None);
    assert_eq!(value_of(&secret_of(begins).await, "valid_from"), json!("gap"));
    for whole in [None, Some(json!([])), Some(json!("x"))] {
        let secret = secret_of(but(secret("x"), "properties.attributes", whole.clone())).await;
        for info in Secret::FACTS {
            assert_eq!(value_of(&secret, info.name), json!("gap"), "{whole:?} {}", info.name);
        }
    }
}

#[tokio::test]
async fn a_list_with_something_that_does_not_fit_is_not_complete() {
    for odd in
        [json!(null), json!("x"), json!([]), json!({}), json!({ "id": 1 }), json!({ "id": "" })]
    {
        let answers = answers()
            .with(&format!("{}/keys", id()), json!({ "value": [key("storage"), odd] }))
            .with(&format!("{}/secrets", id()), json!({ "value": [odd, secret("password")] }));
        let found = found(&answers, row()).await;
        assert_eq!((found.keys.items.len(), found.keys.gaps.len()), (1, 1), "{odd}");
        assert_eq!((found.secrets.items.len(), found.secrets.gaps.len()), (1, 1), "{odd}");
        assert!(found.vaults.is_complete());
    }
    for what in ["keys", "secrets"] {
        let refused = answers().refused(&format!("{}/{what}", id()), 403, "Forbidden");
        let found = found(&refused, row()).await;
        assert_eq!(found.keys.is_complete(), what != "keys");
        assert_eq!(found.secrets.is_complete(), what != "secrets");
    }
}

#[tokio::test]
async fn two_vaults_are_joined_and_the_same_gap_is_one() {
    let answers = answers().refused(&format!("{}/keys", id()), 403, "Forbidden").refused(
        &format!("{}/secrets", id()),
        403,
        "Forbidden",
    );
    let facts = [every::<Vault>(), every::<Key>(), every::<Secret>()].concat();
    let kinds = [Kind::Vault, Kind::Key, Kind::Secret];
    let work = async |audit: &Subscription<'_>| read(audit, Ok(vec![row(), row()])).await;
    let found = recorded::audited(&answers, &facts, &kinds, work).await;
    assert_eq!(
        (found.vaults.items.len(), found.keys.gaps.len(), found.secrets.gaps.len()),
        (2, 1, 1)
    );
}

#[tokio::test]
async fn only_what_is_wanted_is_asked_for_and_kept() {
    let wanted = |facts: &[FactId], kinds: &[Kind]| Wanted::of(facts, kinds);
    for kind in [Kind::Vault, Kind::Key, Kind::Secret] {
        assert!(is_wanted(&wanted(&[], &[kind])));
    }
    assert!(!is_wanted(&wanted(&[], &[Kind::Bucket])));
    assert!(asks_each_key(&wanted(&[Key::ROTATES], &[])));
    assert!(asks_each_key(&wanted(&[Key::ROTATION_DAYS], &[])));
    for fact in [Key::ALGORITHM, Key::STRENGTH_BITS, Key::PURPOSES] {
        assert!(asks_each_key(&wanted(&[fact], &[])), "{fact:?}");
    }
    assert!(!asks_each_key(&wanted(&[Key::STATE], &[Kind::Vault])));
    for (facts, kind, keys, secrets, settings) in [
        (vec![Vault::ACCESS], Kind::Vault, 0, 0, 0),
        (vec![Vault::AUDIT_TARGETS], Kind::Vault, 0, 0, 1),
        (vec![Key::STATE], Kind::Key, 1, 0, 0),
        (vec![Secret::ENABLED], Kind::Secret, 0, 1, 0),
    ] {
        let answers = answers();
        let work = async |audit: &Subscription<'_>| read(audit, Ok(vec![row()])).await;
        let found = recorded::audited(&answers, &facts, &[kind], work).await;
        assert_eq!(found.vaults.is_collected(), kind == Kind::Vault, "{kind:?}");
        assert_eq!(found.keys.is_collected(), kind == Kind::Key, "{kind:?}");
        assert_eq!(found.secrets.is_collected(), kind == Kind::Secret, "{kind:?}");
        assert_eq!(answers.count("/keys"), keys, "{kind:?}");
        assert_eq!(answers.count("/keys/storage"), 0, "{kind:?}");
        assert_eq!(answers.count("/secrets"), secrets, "{kind:?}");
        assert_eq!(answers.count("/diagnosticsettings"), settings, "{kind:?}");
    }
    // Where the rows could not be read, nothing is asked for.
    let answers = answers();
    let facts = [every::<Vault>(), every::<Key>(), every::<Secret>()].concat();
    let work = async |audit: &Subscription<'_>| read(audit, Err(senseless(READ.name, ""))).await;
    let found = recorded::audited(&answers, &facts, &[Kind::Vault, Kind::Key], work).await;
    assert!(found.vaults.gaps.len() == 1 && found.keys.gaps.len() == 1);
    assert_eq!(answers.count("/keys"), 0);
}

#[tokio::test]
async fn keys_are_counted_as_they_would_be_asked_for() {
    let off = but(key("off"), "properties.attributes.enabled", Some(json!(false)));
    let odd = but(key("odd"), "properties.attributes", None);
    let nameless = but(key("x"), "id", None);
    let list = json!({ "value": [key("a"), off, odd, nameless, key("b")] });
    let answers = answers().with(&format!("{}/keys", id()), list);
    let work = async |audit: &Subscription<'_>| count_keys(audit.ask, &row()).await;
    assert_eq!(recorded::audited(&answers, &[], &[], work).await, 2);
}

#[test]
fn durations_are_counted_in_days() {
    for (text, expected) in [
        ("P90D", Some(90)),
        ("P12M", Some(365)),
        ("P1Y", Some(365)),
        ("p2y", Some(730)),
        ("P1Y2M10D", Some(435)),
        ("P4W", Some(28)),
        ("PT48H", Some(2)),
        ("-P1D", None),
        ("90", None),
        ("", None),
        ("P999999999999999999999D", None),
    ] {
        assert_eq!(single::days(text), expected, "{text}");
    }
}
