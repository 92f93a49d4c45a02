//! Storage accounts: what a property means, what its absence means, and what an unknown value means.

use posture_tests::azure::{Tenant, account, ago, child, garbled, with};
use serde_json::{Value, json};

const STORAGE: &[&str] = &["--control", "storage"];
const LOCKS: &str = "Microsoft.Authorization/locks";

#[test]
fn an_account_as_it_should_be_passes_everything() {
    let run = Tenant::serve(with(vec![account("records")])).json(STORAGE);
    let report = run.json();
    for finding in report["findings"].as_array().unwrap() {
        // A control whose parameter is not set says so of all accounts at once.
        let fine = finding["outcome"] == "pass" || finding["resource"].is_null();
        assert!(fine, "{finding:#}");
    }
    assert_eq!(run.code, 0, "{}", run.err);
}

/// Each property that is absent has the meaning that the service gives to its absence.
#[test]
fn an_old_account_that_says_little_is_judged_by_the_defaults_of_its_time() {
    let mut old = account("old");
    old.properties.clear();
    old.properties.insert("creationTime".to_owned(), json!("2018-06-01T02:42:41.7633306Z"));
    old.children = vec![
        child("blobServices", "default", json!({})),
        child("fileServices", "default", json!({})),
    ];
    old.extensions.clear();
    old.children[0].children.push(child(
        "containers",
        "site",
        json!({ "publicAccess": "Container" }),
    ));
    let run = Tenant::serve(with(vec![old])).json(STORAGE);
    for (control, expected) in [
        ("storage.access-key-age", "fail"),
        ("storage.access-key-reminder", "fail"),
        ("storage.container-soft-delete", "fail"),
        ("storage.cross-tenant-replication", "fail"),
        ("storage.customer-managed-encryption", "fail"),
        ("storage.encryption", "pass"),
        ("storage.minimum-tls", "fail"),
        ("storage.network-default-deny", "fail"),
        ("storage.portal-as-user", "fail"),
        ("storage.private-endpoint", "fail"),
        ("storage.public-access", "fail"),
        ("storage.public-access-block", "fail"),
        ("storage.public-network", "fail"),
        ("storage.shared-key-access", "fail"),
        ("storage.smb-version", "fail"),
        ("storage.soft-delete", "fail"),
        ("storage.tls-enforced", "pass"),
        ("storage.trusted-services", "pass"),
        ("storage.versioning", "fail"),
    ] {
        assert_eq!(run.outcome(control, "old"), expected, "{control}");
    }
}

#[test]
fn a_new_account_that_does_not_say_refuses_replication_across_tenants() {
    let mut new = account("new");
    new.properties.remove("allowCrossTenantReplication");
    let run = Tenant::serve(with(vec![new])).json(STORAGE);
    assert_eq!(run.outcome("storage.cross-tenant-replication", "new"), "pass");
}

/// A version that came later decides by its meaning; a word without a known meaning decides nothing.
#[test]
fn an_unknown_value_is_decided_by_meaning_or_not_at_all() {
    let mut next = account("next");
    next.properties.insert("minimumTlsVersion".to_owned(), json!("tls1_4"));
    next.properties.insert("publicNetworkAccess".to_owned(), json!("disabled"));
    next.properties.insert("allowBlobPublicAccess".to_owned(), json!("False"));
    let mut odd = account("odd");
    odd.properties.insert("minimumTlsVersion".to_owned(), json!("QUIC"));
    odd.properties.insert("publicNetworkAccess".to_owned(), json!("Sometimes"));
    odd.properties.insert("allowBlobPublicAccess".to_owned(), json!("perhaps"));
    odd.top.insert("sku".to_owned(), json!({ "name": "Standard_MARS" }));
    let run = Tenant::serve(with(vec![next, odd])).json(STORAGE);
    for (control, reason) in [
        ("storage.minimum-tls", "unsupported"),
        ("storage.public-network", "unsupported"),
        ("storage.public-access-block", "malformed"),
    ] {
        assert_eq!(run.outcome(control, "next"), "pass", "{control}");
        let findings = run.findings(control);
        let odd = findings.iter().find(|f| f.resource.as_deref() == Some("odd")).unwrap();
        let gap = ("Microsoft.Storage/storageAccounts/read".to_owned(), reason.to_owned());
        assert_eq!((odd.outcome.as_str(), odd.gap.as_ref()), ("unknown", Some(&gap)), "{control}");
    }
    assert_eq!(run.outcome("storage.geo-redundancy", "odd"), "unknown");
    assert!(run.out.contains("unknown value `QUIC`"), "{}", run.out);
    assert_eq!(run.code, 11);
}

#[test]
fn one_account_that_makes_no_sense_costs_that_account_and_no_other() {
    let mut broken = account("broken");
    broken.top.insert("properties".to_owned(), json!("gone"));
    let accounts: Vec<_> = ["a", "b", "c"].map(account).into_iter().chain([broken]).collect();
    let mut scenario = with(accounts);
    scenario.faults.push(garbled("/storageAccounts/broken/"));
    let run = Tenant::serve(scenario).json(STORAGE);
    for name in ["a", "b", "c"] {
        assert_eq!(run.outcome("storage.soft-delete", name), "pass", "{name}");
        assert_eq!(run.outcome("storage.minimum-tls", name), "pass", "{name}");
    }
    assert_eq!(run.outcome("storage.soft-delete", "broken"), "unknown");
    let gaps = run.gaps();
    assert!(!gaps.is_empty() && gaps.iter().all(|(_, reason)| reason == "malformed"), "{gaps:?}");
    let report = run.json();
    let findings = report["findings"].as_array().unwrap();
    let of_it = findings.iter().filter(|finding| finding["resource"]["name"] == "broken");
    let outcomes: Vec<_> = of_it.map(|f| (&f["control"], &f["outcome"])).collect();
    assert!(outcomes.len() > 15 && outcomes.iter().all(|(_, of)| *of != "pass"), "{outcomes:?}");
}

/// What kind of data an account holds decides what can be asked of it.
#[test]
fn an_account_for_files_has_no_blobs_and_one_for_blobs_no_files() {
    let kind = |name: &str, kind: &str| {
        let mut account = account(name);
        account.top.insert("kind".to_owned(), json!(kind));
        account
    };
    let mut lake = account("lake");
    lake.properties.insert("isHnsEnabled".to_owned(), json!(true));
    let sku = |name: &str, of: &str, sku: &str| {
        let mut account = kind(name, of);
        account.top.insert("sku".to_owned(), json!({ "name": sku }));
        account
    };
    let tenant = Tenant::serve(with(vec![
        sku("files", "FileStorage", "Premium_ZRS"),
        kind("blobs", "BlockBlobStorage"),
        sku("pages", "StorageV2", "Premium_LRS"),
        sku("disks", "Storage", "premium_lrs"),
        lake,
    ]));
    let run = tenant.json(STORAGE);
    for control in ["storage.soft-delete", "storage.versioning", "storage.access-logging"] {
        assert_eq!(run.outcome(control, "files"), "not-applicable", "{control}");
    }
    assert_eq!(run.outcome("storage.share-soft-delete", "files"), "pass");
    for name in ["blobs", "pages", "disks"] {
        assert_eq!(run.outcome("storage.share-soft-delete", name), "not-applicable");
        assert_eq!(run.outcome("storage.smb-version", name), "not-applicable");
    }
    assert_eq!(run.outcome("storage.share-soft-delete", "lake"), "pass");
    assert_eq!(run.outcome("storage.versioning", "lake"), "not-applicable");
    let asked = tenant.requests();
    let asked = |words: &str| asked.iter().any(|request| request.path.contains(words));
    assert!(!asked("files/blobServices"));
    for name in ["blobs", "pages", "disks"] {
        assert!(!asked(&format!("{name}/fileServices")), "{name}");
    }
}

#[test]
fn the_age_of_either_key_counts_and_a_key_without_a_time_is_as_old_as_the_account() {
    let keys = |name: &str, keys: Value, created: String| {
        let mut account = account(name);
        account.properties.insert("keyCreationTime".to_owned(), keys);
        account.properties.insert("creationTime".to_owned(), json!(created));
        account
    };
    let run = Tenant::serve(with(vec![
        keys("one", json!({ "key1": ago(1), "key2": ago(100) }), ago(300)),
        keys("none", json!({ "key1": null, "key2": null }), ago(300)),
        keys("young", json!({}), ago(10)),
        keys("both", json!({ "key1": ago(89), "key2": ago(2) }), ago(300)),
    ]))
    .json(STORAGE);
    for (name, expected) in [("one", "fail"), ("none", "fail"), ("young", "pass"), ("both", "pass")]
    {
        assert_eq!(run.outcome("storage.access-key-age", name), expected, "{name}");
    }
}

#[test]
fn an_endpoint_that_was_not_approved_and_a_lock_elsewhere_count_for_nothing() {
    let mut account = account("records");
    account.properties.insert(
        "privateEndpointConnections".to_owned(),
        json!([{ "id": "c", "properties": { "privateLinkServiceConnectionState": { "status": "Pending" } } }]),
    );
    account.extensions.clear();
    let mut scenario = with(vec![account]);
    // Its name begins like that of the account.
    let mut other = posture_tests::azure::account("records2");
    other.extensions[0].properties.insert("level".to_owned(), json!("ReadOnly"));
    scenario.subscriptions[0].resources.push(other);
    let run = Tenant::serve(scenario).json(STORAGE);
    assert_eq!(run.outcome("storage.private-endpoint", "records"), "fail");
    assert_eq!(run.outcome("storage.delete-lock", "records"), "fail");
    assert_eq!(run.outcome("storage.delete-lock", "records2"), "pass");
    assert_eq!(run.outcome("storage.read-only-lock", "records"), "fail");
    assert_eq!(run.outcome("storage.read-only-lock", "records2"), "pass");
}

/// Either lock keeps from being deleted, one from being changed; those above hold below.
#[test]
fn a_lock_holds_for_what_is_below_it() {
    let bare = || posture_sim::azure::Resource { extensions: Vec::new(), ..account("records") };
    let above = |level: &str, group: Option<&str>| posture_sim::azure::Resource {
        group: group.map(str::to_owned),
        ..child(LOCKS, "above", json!({ "level": level }))
    };
    for (lock, deleting, changing) in [
        (above("ReadOnly", Some("main")), "pass", "pass"),
        (above("readonly", None), "pass", "pass"),
        (above("CanNotDelete", Some("main")), "pass", "fail"),
        (above("CanNotDelete", None), "pass", "fail"),
        (above("ReadOnly", Some("mai")), "fail", "fail"),
        (above("NotSpecified", Some("main")), "fail", "fail"),
    ] {
        let run = Tenant::serve(with(vec![bare(), lock.clone()])).json(STORAGE);
        assert_eq!(run.outcome("storage.delete-lock", "records"), deleting, "{lock:?}");
        assert_eq!(run.outcome("storage.read-only-lock", "records"), changing, "{lock:?}");
    }
    let mut denied = with(vec![account("records")]);
    denied.not_actions.push(format!("{LOCKS}/read"));
    let run = Tenant::serve(denied).json(STORAGE);
    for control in ["storage.delete-lock", "storage.read-only-lock"] {
        let gap = (format!("{LOCKS}/read"), "denied".to_owned());
        assert_eq!(run.findings(control)[0].gap, Some(gap), "{control}");
    }
}
