//! Storage accounts from recorded answers, good and bad.

use posture_model::resource::{Kind, Resource};
use serde_json::{Value, json};

use super::*;
use crate::collect::answers::{self as recorded, Answers, but, every, value_of};

const MADE: &str = "2024-02-01T10:00:00Z";

fn id() -> String {
    recorded::id("Microsoft.Storage/storageAccounts", "records")
}

/// An account as Resource Graph returns it, as it should be.
fn row() -> Value {
    json!({
        "id": id(), "name": "records", "type": "microsoft.storage/storageaccounts", "location": "westeurope",
        "kind": "StorageV2", "sku": { "name": "Standard_RAGZRS", "tier": "Standard" }, "tags": { "team": "shop" },
        "properties": {
            "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false, "supportsHttpsTrafficOnly": true,
            "allowSharedKeyAccess": false, "publicNetworkAccess": "Disabled", "creationTime": MADE,
            "defaultToOAuthAuthentication": true, "allowCrossTenantReplication": false,
            "keyPolicy": { "keyExpirationPeriodInDays": 60 },
            "keyCreationTime": { "key1": "2026-01-01T00:00:00Z", "key2": "2026-02-01T00:00:00Z" },
            "networkAcls": { "bypass": "Logging, AzureServices", "defaultAction": "Deny" },
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "keyvaultproperties": { "keyvaulturi": "https://main.vault.azure.net/", "keyname": "storage" },
            },
            "privateEndpointConnections": [connection("Approved")],
        },
    })
}

fn connection(status: &str) -> Value {
    json!({
        "id": "connection",
        "properties": {
            "privateEndpoint": { "id": "endpoint" },
            "privateLinkServiceConnectionState": { "status": status },
        },
    })
}

fn blobs() -> Value {
    json!({ "properties": {
        "isVersioningEnabled": true,
        "deleteRetentionPolicy": { "enabled": true, "days": 14 },
        "containerDeleteRetentionPolicy": { "enabled": true, "days": 21 },
    } })
}

fn files() -> Value {
    json!({ "properties": {
        "shareDeleteRetentionPolicy": { "enabled": true, "days": 7 },
        "protocolSettings": { "smb": { "versions": "SMB3.1.1;", "channelEncryption": "aes-256-gcm;" } },
    } })
}

fn containers(access: Value) -> Value {
    json!({ "value": [
        { "name": "private", "properties": { "publicAccess": "None" } },
        { "name": "site", "properties": { "publicAccess": access } },
    ] })
}

fn log() -> Value {
    json!({ "value": [{
        "id": "setting", "name": "all",
        "properties": { "workspaceId": "workspace", "logs": [{ "categoryGroup": "allLogs", "enabled": true }] },
    }] })
}

fn answers() -> Answers {
    let id = id();
    Answers::new()
        .with(&format!("{id}/blobServices/default"), blobs())
        .with(&format!("{id}/fileServices/default"), files())
        .with(&format!("{id}/blobServices/default/containers"), containers(json!("Blob")))
        .with(
            &format!("{id}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings"),
            log(),
        )
}

async fn read(answers: &Answers, row: Value) -> Bucket {
    let facts = every::<Bucket>();
    let work = async |audit: &Subscription<'_>| accounts(audit, &[row]).await.remove(0);
    recorded::audited(answers, &facts, &[Kind::Bucket], work).await
}

/// Each fact of an account in which one place holds something else.
async fn assert_rows(table: &[(&str, Option<Value>, &str, Value)]) {
    for (path, new, fact, expected) in table {
        let bucket = read(&answers(), but(row(), path, new.clone())).await;
        assert_eq!(value_of(&bucket, fact), *expected, "{path} {new:?} {fact}");
    }
}

#[tokio::test]
async fn an_account_as_it_should_be() {
    let answers = answers();
    let bucket = read(&answers, row()).await;
    assert_eq!((bucket.id.as_str(), bucket.name.as_str()), (id().as_str(), "records"));
    assert_eq!(bucket.region.as_deref(), Some("westeurope"));
    for (fact, expected) in [
        ("acls_disabled", json!("not-offered")),
        ("acl_public_read", json!([])),
        ("acl_public_write", json!("not-offered")),
        ("policy_public_read", json!("not-offered")),
        ("policy_public_write", json!("not-offered")),
        ("mfa_delete", json!("not-offered")),
        ("tls_enforced", json!(true)),
        ("minimum_tls", json!({ "major": 1, "minor": 2 })),
        ("encryption", json!({ "customer-key": "https://main.vault.azure.net/keys/storage" })),
        ("versioning", json!(true)),
        ("access_log_target", json!("workspace")),
        ("tags", json!({ "team": "shop" })),
        ("public_network", json!("disabled")),
        ("network_default_deny", json!(true)),
        ("trusted_services_allowed", json!(true)),
        ("private_endpoints", json!(["endpoint"])),
        ("shared_key_access", json!(false)),
        ("portal_as_user", json!(true)),
        ("access_keys_made", json!(["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"])),
        ("access_key_reminder_days", json!(60)),
        ("cross_tenant_replication", json!(false)),
        ("soft_delete_days", json!(14)),
        ("container_soft_delete_days", json!(21)),
        ("share_soft_delete_days", json!(7)),
        ("smb_versions", json!(["SMB3.1.1"])),
        ("smb_ciphers", json!(["AES-256-GCM"])),
        ("geo_redundant", json!(true)),
        ("delete_locks", json!([])),
        ("read_only_locks", json!([])),
    ] {
        assert_eq!(value_of(&bucket, fact), expected, "{fact}");
    }
    assert_eq!(bucket.public_access_block, Known(PublicAccessBlock::ALL));
    // Who refuses anonymous readers as a whole is not asked for containers.
    assert_eq!(answers.count("/containers"), 0);
}

#[tokio::test]
async fn what_an_account_does_not_say_is_the_default_of_the_service() {
    let set = |name: &str, value: Value| (format!("properties.{name}"), Some(value));
    let gone = |name: &str| (format!("properties.{name}"), None);
    for ((path, new), fact, expected) in [
        (gone("minimumTlsVersion"), "minimum_tls", json!({ "major": 1, "minor": 0 })),
        (gone("supportsHttpsTrafficOnly"), "tls_enforced", json!(true)),
        (gone("allowSharedKeyAccess"), "shared_key_access", json!(true)),
        (gone("defaultToOAuthAuthentication"), "portal_as_user", json!(false)),
        (gone("keyPolicy"), "access_key_reminder_days", Value::Null),
        (gone("publicNetworkAccess"), "public_network", json!("enabled")),
        (gone("networkAcls"), "network_default_deny", json!(false)),
        (gone("networkAcls"), "trusted_services_allowed", json!(true)),
        (gone("encryption"), "encryption", json!("provider")),
        (gone("privateEndpointConnections"), "private_endpoints", json!([])),
        (gone("keyCreationTime"), "access_keys_made", json!([MADE, MADE])),
        (gone("allowCrossTenantReplication"), "cross_tenant_replication", json!(false)),
        (set("networkAcls", Value::Null), "network_default_deny", json!(false)),
    ] {
        assert_rows(&[(path.as_str(), new, fact, expected)]).await;
    }
    assert_rows(&[("tags", None, "tags", json!({}))]).await;
    let bucket = read(&answers(), but(row(), "properties.allowBlobPublicAccess", None)).await;
    assert_eq!(bucket.public_access_block, Known(PublicAccessBlock::default()));
    // Replication to other tenants was allowed by default until the middle of December 2023.
    for (made, expected) in [("2023-12-14T23:59:59Z", true), ("2023-12-15T00:00:00Z", false)] {
        let old = but(row(), "properties.allowCrossTenantReplication", None);
        let bucket = read(&answers(), but(old, "properties.creationTime", Some(json!(made)))).await;
        assert_eq!(value_of(&bucket, "cross_tenant_replication"), json!(expected), "{made}");
    }
}

#[tokio::test]
async fn words_mean_what_the_service_says_and_others_are_not_known() {
    let cases: &[(&str, Value, &str, Value)] = &[
        ("minimumTlsVersion", json!("TLS1_0"), "minimum_tls", json!({ "major": 1, "minor": 0 })),
        ("minimumTlsVersion", json!("tls1_3"), "minimum_tls", json!({ "major": 1, "minor": 3 })),
        ("minimumTlsVersion", json!("SSL1_2"), "minimum_tls", json!("gap")),
        ("minimumTlsVersion", json!("TLS1"), "minimum_tls", json!("gap")),
        ("minimumTlsVersion", json!("TLS1_x"), "minimum_tls", json!("gap")),
        ("publicNetworkAccess", json!("enabled"), "public_network", json!("enabled")),
        ("publicNetworkAccess", json!("SecuredByPerimeter"), "public_network", json!("gap")),
        ("publicNetworkAccess", json!("SecuredByPerimeter"), "network_default_deny", json!("gap")),
        ("publicNetworkAccess", json!("Sometimes"), "public_network", json!("gap")),
        ("networkAcls", json!({ "defaultAction": "allow" }), "network_default_deny", json!(false)),
        ("networkAcls", json!({ "defaultAction": "Ask" }), "network_default_deny", json!("gap")),
        ("networkAcls", json!({ "bypass": "None" }), "trusted_services_allowed", json!(false)),
        (
            "networkAcls",
            json!({ "bypass": "Logging,Metrics" }),
            "trusted_services_allowed",
            json!(false),
        ),
        (
            "networkAcls",
            json!({ "bypass": "azureservices" }),
            "trusted_services_allowed",
            json!(true),
        ),
        (
            "encryption",
            json!({ "keySource": "Microsoft.Storage" }),
            "encryption",
            json!("provider"),
        ),
        ("encryption", json!({ "keySource": "Elsewhere" }), "encryption", json!("gap")),
        ("encryption", json!({ "keySource": "Microsoft.Keyvault" }), "encryption", json!("gap")),
        ("allowSharedKeyAccess", json!(true), "shared_key_access", json!(true)),
        ("supportsHttpsTrafficOnly", json!(false), "tls_enforced", json!(false)),
        ("defaultToOAuthAuthentication", json!(false), "portal_as_user", json!(false)),
        ("allowCrossTenantReplication", json!(true), "cross_tenant_replication", json!(true)),
        (
            "privateEndpointConnections",
            json!([connection("Pending")]),
            "private_endpoints",
            json!([]),
        ),
        (
            "privateEndpointConnections",
            json!([connection("Rejected")]),
            "private_endpoints",
            json!([]),
        ),
        (
            "privateEndpointConnections",
            json!([connection("Disconnected")]),
            "private_endpoints",
            json!([]),
        ),
        (
            "privateEndpointConnections",
            json!([connection("Odd")]),
            "private_endpoints",
            json!("gap"),
        ),
        (
            "privateEndpointConnections",
            json!([connection("Odd"), connection("approved")]),
            "private_endpoints",
            json!(["endpoint"]),
        ),
        (
            "privateEndpointConnections",
            json!([but(connection("Approved"), "properties.privateEndpoint", None)]),
            "private_endpoints",
            json!(["connection"]),
        ),
    ];
    for (name, value, fact, expected) in cases {
        let path = format!("properties.{name}");
        assert_rows(&[(path.as_str(), Some(value.clone()), fact, expected.clone())]).await;
    }
    for (sku, expected) in [
        ("Standard_GRS", json!(true)),
        ("Standard_RAGRS", json!(true)),
        ("Standard_GZRS", json!(true)),
        ("Premium_LRS", json!(false)),
        ("Standard_zrs", json!(false)),
        ("Standard_XYZ", json!("gap")),
    ] {
        assert_rows(&[("sku.name", Some(json!(sku)), "geo_redundant", expected)]).await;
    }
}

#[tokio::test]
async fn what_does_not_fit_costs_its_own_fact_and_is_never_taken_for_absent() {
    let cases: &[(&str, Value, &[&str])] = &[
        (
            "properties.networkAcls",
            json!("Deny"),
            &["network_default_deny", "trusted_services_allowed"],
        ),
        (
            "properties.networkAcls",
            json!([]),
            &["network_default_deny", "trusted_services_allowed"],
        ),
        ("properties.networkAcls", json!({ "defaultAction": ["Deny"] }), &["network_default_deny"]),
        ("properties.minimumTlsVersion", json!(1.2), &["minimum_tls"]),
        ("properties.allowBlobPublicAccess", json!("perhaps"), &["public_access_block"]),
        ("properties.supportsHttpsTrafficOnly", json!("perhaps"), &["tls_enforced"]),
        ("properties.allowSharedKeyAccess", json!(0), &["shared_key_access"]),
        ("properties.publicNetworkAccess", json!(false), &["public_network"]),
        ("properties.defaultToOAuthAuthentication", json!({}), &["portal_as_user"]),
        ("properties.allowCrossTenantReplication", json!("perhaps"), &["cross_tenant_replication"]),
        ("properties.keyPolicy", json!([]), &["access_key_reminder_days"]),
        (
            "properties.keyPolicy",
            json!({ "keyExpirationPeriodInDays": -1 }),
            &["access_key_reminder_days"],
        ),
        ("properties.keyCreationTime", json!("2026-01-01T00:00:00Z"), &["access_keys_made"]),
        ("properties.keyCreationTime", json!({ "key1": "soon" }), &["access_keys_made"]),
        ("properties.encryption", json!("Microsoft.Keyvault"), &["encryption"]),
        ("properties.privateEndpointConnections", json!({}), &["private_endpoints"]),
        ("properties.privateEndpointConnections", json!([null]), &["private_endpoints"]),
        (
            "properties.privateEndpointConnections",
            json!([{ "properties": [] }]),
            &["private_endpoints"],
        ),
        ("tags", json!(["team"]), &["tags"]),
        ("tags", json!({ "team": 1 }), &["tags"]),
        ("sku", json!("Standard_GRS"), &["geo_redundant"]),
        ("sku", json!({}), &["geo_redundant"]),
        (
            "kind",
            json!(2),
            &[
                "versioning",
                "soft_delete_days",
                "container_soft_delete_days",
                "share_soft_delete_days",
                "smb_versions",
                "smb_ciphers",
                "acl_public_read",
                "access_log_target",
            ],
        ),
    ];
    for (path, value, facts) in cases {
        let bucket = read(&answers(), but(row(), path, Some(value.clone()))).await;
        for info in Bucket::FACTS {
            let gap = value_of(&bucket, info.name) == json!("gap");
            let never = [
                "acl_external_accounts",
                "policy_public",
                "external_accounts",
                "services_without_source",
                "object_lock",
                "default_lock_days",
                "lifecycle_rules",
                "replication_rules",
            ];
            if never.contains(&info.name) {
                continue;
            }
            // Where anonymous readers may be allowed, containers are asked for.
            let expected = facts.contains(&info.name);
            assert_eq!(gap, expected, "{path} {value}: {}", info.name);
        }
    }
    // What decides by the time at which an account was made is not known without.
    for fact in ["allowCrossTenantReplication", "keyCreationTime"] {
        let old = but(row(), &format!("properties.{fact}"), None);
        let bucket = read(&answers(), but(old, "properties.creationTime", None)).await;
        let found = value_of(
            &bucket,
            if fact == "keyCreationTime" { "access_keys_made" } else { "cross_tenant_replication" },
        );
        assert_eq!(found, json!("gap"), "{fact}");
    }
    for whole in [None, Some(json!(null)), Some(json!([])), Some(json!("x"))] {
        let answers = answers();
        let bucket = read(&answers, but(row(), "properties", whole.clone())).await;
        assert_eq!(bucket.id, id());
        for info in Bucket::FACTS {
            assert_eq!(value_of(&bucket, info.name), json!("gap"), "{whole:?}: {}", info.name);
        }
        assert_eq!(answers.count("default"), 0);
    }
}

#[tokio::test]
async fn services_are_asked_for_where_an_account_has_them() {
    for (kind, has_blobs, has_files) in [
        ("Storage", 1, 1),
        ("BlobStorage", 1, 0),
        ("BlockBlobStorage", 1, 0),
        ("FileStorage", 0, 1),
    ] {
        let answers = answers();
        let open = but(row(), "properties.allowBlobPublicAccess", Some(json!(true)));
        let open = but(open, "kind", Some(json!(kind)));
        let found = parts(&open);
        assert_eq!(
            (found.blobs, found.open_blobs, found.files),
            (has_blobs == 1, has_blobs == 1, has_files == 1)
        );
        let shut =
            parts(&but(open.clone(), "properties.allowBlobPublicAccess", Some(json!(false))));
        assert_eq!((shut.blobs, shut.open_blobs), (has_blobs == 1, false));
        let bucket = read(&answers, open).await;
        assert_eq!(answers.count("/blobservices/default"), has_blobs, "{kind}");
        assert_eq!(answers.count("/containers"), has_blobs, "{kind}");
        assert_eq!(answers.count("/diagnosticsettings"), has_blobs, "{kind}");
        assert_eq!(answers.count("/fileservices/default"), has_files, "{kind}");
        for (has, facts) in [
            (
                has_blobs,
                &[
                    "versioning",
                    "soft_delete_days",
                    "container_soft_delete_days",
                    "acl_public_read",
                    "access_log_target",
                ][..],
            ),
            (has_files, &["share_soft_delete_days", "smb_versions", "smb_ciphers"][..]),
        ] {
            for fact in facts {
                assert_eq!(
                    value_of(&bucket, fact) == json!("not-offered"),
                    has == 0,
                    "{kind} {fact}"
                );
            }
        }
    }
    let odd = parts(&json!({ "kind": 1 }));
    assert!(!odd.blobs && !odd.open_blobs && !odd.files);
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked_for() {
    let answers = answers();
    let open = but(row(), "properties.allowBlobPublicAccess", Some(json!(true)));
    let facts = [Bucket::TLS_ENFORCED];
    let work = async |audit: &Subscription<'_>| accounts(audit, &[open]).await.remove(0);
    let bucket = recorded::audited(&answers, &facts, &[Kind::Bucket], work).await;
    assert_eq!(bucket.tls_enforced, Known(true));
    for fact in [
        "versioning",
        "soft_delete_days",
        "container_soft_delete_days",
        "share_soft_delete_days",
        "smb_versions",
        "smb_ciphers",
        "acl_public_read",
        "access_log_target",
        "delete_locks",
    ] {
        assert_eq!(bucket.gap(fact), Some(posture_model::gap::GapId::NOT_COLLECTED), "{fact}");
    }
    assert_eq!(answers.count("/permissions"), answers.asked().len());
}

#[tokio::test]
async fn blob_and_file_services_are_read_or_are_gaps() {
    let blob_path = format!("{}/blobServices/default", id());
    let file_path = format!("{}/fileServices/default", id());
    let off = json!({ "enabled": false });
    let cases: &[(bool, &str, Option<Value>, &str, Value)] = &[
        (true, "properties.isVersioningEnabled", None, "versioning", json!(false)),
        (
            true,
            "properties.isVersioningEnabled",
            Some(json!("perhaps")),
            "versioning",
            json!("gap"),
        ),
        (true, "properties.deleteRetentionPolicy", None, "soft_delete_days", Value::Null),
        (
            true,
            "properties.deleteRetentionPolicy",
            Some(off.clone()),
            "soft_delete_days",
            Value::Null,
        ),
        (
            true,
            "properties.deleteRetentionPolicy",
            Some(json!([])),
            "soft_delete_days",
            json!("gap"),
        ),
        (
            true,
            "properties.deleteRetentionPolicy",
            Some(json!({ "days": 9 })),
            "soft_delete_days",
            json!("gap"),
        ),
        (
            true,
            "properties.deleteRetentionPolicy",
            Some(json!({ "enabled": true })),
            "soft_delete_days",
            json!("gap"),
        ),
        (
            true,
            "properties.containerDeleteRetentionPolicy",
            Some(off.clone()),
            "container_soft_delete_days",
            Value::Null,
        ),
        (
            true,
            "properties.containerDeleteRetentionPolicy",
            Some(json!("off")),
            "container_soft_delete_days",
            json!("gap"),
        ),
        (
            false,
            "properties.shareDeleteRetentionPolicy",
            Some(off),
            "share_soft_delete_days",
            Value::Null,
        ),
        (
            false,
            "properties.shareDeleteRetentionPolicy",
            Some(json!(7)),
            "share_soft_delete_days",
            json!("gap"),
        ),
        (
            false,
            "properties.protocolSettings",
            None,
            "smb_versions",
            json!(["SMB2.1", "SMB3.0", "SMB3.1.1"]),
        ),
        (
            false,
            "properties.protocolSettings",
            None,
            "smb_ciphers",
            json!(["AES-128-CCM", "AES-128-GCM", "AES-256-GCM"]),
        ),
        (false, "properties.protocolSettings", Some(json!([])), "smb_versions", json!("gap")),
        (
            false,
            "properties.protocolSettings.smb",
            Some(json!("SMB3.1.1")),
            "smb_ciphers",
            json!("gap"),
        ),
        (
            false,
            "properties.protocolSettings.smb.versions",
            Some(json!("")),
            "smb_versions",
            json!(["SMB2.1", "SMB3.0", "SMB3.1.1"]),
        ),
        (
            false,
            "properties.protocolSettings.smb.versions",
            Some(json!("SMB3.0; smb3.1.1")),
            "smb_versions",
            json!(["SMB3.0", "SMB3.1.1"]),
        ),
        (
            false,
            "properties.protocolSettings.smb.channelEncryption",
            Some(json!(["AES-256-GCM"])),
            "smb_ciphers",
            json!("gap"),
        ),
    ];
    for (of_blobs, path, new, fact, expected) in cases {
        let (at, body) = if *of_blobs { (&blob_path, blobs()) } else { (&file_path, files()) };
        let answers = answers().with(at, but(body, path, new.clone()));
        assert_eq!(value_of(&read(&answers, row()).await, fact), *expected, "{path} {new:?}");
    }
    for (path, facts) in [
        (&blob_path, &["versioning", "soft_delete_days", "container_soft_delete_days"][..]),
        (&file_path, &["share_soft_delete_days", "smb_versions", "smb_ciphers"][..]),
    ] {
        for answers in [
            answers().refused(path, 403, "AuthorizationFailed"),
            answers().refused(path, 404, "ResourceNotFound"),
            answers().with(path, json!({})),
            answers().with(path, json!({ "properties": [] })),
            answers().with(path, json!([])),
        ] {
            let bucket = read(&answers, row()).await;
            for fact in facts {
                assert_eq!(value_of(&bucket, fact), json!("gap"), "{path} {fact}");
            }
            assert_eq!(value_of(&bucket, "tls_enforced"), json!(true));
        }
    }
    // Accounts with a hierarchical namespace have no versions.
    for (hierarchical, expected) in [
        (json!(true), json!("not-offered")),
        (json!(false), json!(true)),
        (json!("x"), json!("gap")),
    ] {
        let row = but(row(), "properties.isHnsEnabled", Some(hierarchical.clone()));
        let bucket = read(&answers(), row).await;
        assert_eq!(value_of(&bucket, "versioning"), expected, "{hierarchical}");
        assert_eq!(value_of(&bucket, "soft_delete_days"), json!(14));
    }
}

#[tokio::test]
async fn an_open_container_is_enough_and_one_that_does_not_fit_may_be_open() {
    let open = but(row(), "properties.allowBlobPublicAccess", Some(json!(true)));
    let path = format!("{}/blobServices/default/containers", id());
    let site = json!(["container `site` (Container)"]);
    let bad = json!({ "name": "bad", "properties": { "publicAccess": 1 } });
    let container =
        |access: &str| json!({ "name": "site", "properties": { "publicAccess": access } });
    for (list, expected) in [
        (json!([container("None"), container("Container")]), site.clone()),
        (json!([container("None")]), json!([])),
        (json!([container("none")]), json!([])),
        (json!([]), json!([])),
        (json!([null]), json!("gap")),
        (json!(["site"]), json!("gap")),
        (json!([{ "name": "site" }]), json!("gap")),
        (json!([{ "name": "site", "properties": {} }]), json!("gap")),
        (json!([{ "name": "site", "properties": { "publicAccess": null } }]), json!("gap")),
        (json!([bad, container("None")]), json!("gap")),
        (json!([bad, container("Container")]), json!({ "certain": site, "undecided": 2 })),
        (json!({}), json!("gap")),
    ] {
        let answers = answers().with(&path, json!({ "value": list }));
        let bucket = read(&answers, open.clone()).await;
        assert_eq!(value_of(&bucket, "acl_public_read"), expected, "{list}");
        assert_eq!(bucket.public_access_block, Known(PublicAccessBlock::default()));
    }
    let refused = answers().refused(&path, 403, "AuthorizationFailed");
    assert_eq!(value_of(&read(&refused, open.clone()).await, "acl_public_read"), json!("gap"));
    // What was read before a page was refused counts.
    let certain = json!({ "certain": site, "undecided": 2 });
    for (access, expected) in [("Container", certain), ("None", json!("gap"))] {
        let next = "https://elsewhere.example/next";
        let body = json!({ "value": [container(access)], "nextLink": next });
        let bucket = read(&answers().with(&path, body), open.clone()).await;
        assert_eq!(value_of(&bucket, "acl_public_read"), expected, "{access}");
    }
}

#[tokio::test]
async fn requests_are_logged_where_reads_writes_and_deletions_are() {
    let path =
        format!("{}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings", id());
    let setting = |logs: Value| json!({ "value": [{ "id": "s", "name": "s", "properties": { "workspaceId": "workspace", "logs": logs } }] });
    let on = |name: &str| json!({ "category": name, "enabled": true });
    for (body, expected) in [
        (
            setting(json!([on("StorageRead"), on("StorageWrite"), on("StorageDelete")])),
            json!("workspace"),
        ),
        (setting(json!([on("StorageRead"), on("StorageWrite")])), Value::Null),
        (setting(json!([{ "categoryGroup": "audit", "enabled": true }])), json!("workspace")),
        (setting(json!([{ "categoryGroup": "allLogs", "enabled": false }])), Value::Null),
        (setting(json!([{ "categoryGroup": "allLogs" }])), json!("gap")),
        (setting(json!([{ "enabled": true }])), json!("gap")),
        (setting(json!([null])), json!("gap")),
        (setting(json!({})), json!("gap")),
        (json!({ "value": [null] }), json!("gap")),
        (json!({ "value": [] }), Value::Null),
    ] {
        let bucket = read(&answers().with(&path, body.clone()), row()).await;
        assert_eq!(value_of(&bucket, "access_log_target"), expected, "{body}");
    }
}

#[tokio::test]
async fn locks_hold_for_what_is_below_and_one_that_does_not_fit_may_hold() {
    let path = format!("/subscriptions/{}/providers/Microsoft.Authorization/locks", recorded::ID);
    let at = |scope: &str, level: &str| {
        json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/locks/keep"), "name": "keep",
            "properties": { "level": level },
        })
    };
    let group = format!("/subscriptions/{}/resourceGroups/main", recorded::ID);
    let keep = json!(["keep (CanNotDelete)"]);
    for (locks, delete, read_only) in [
        (json!([at(&id(), "CanNotDelete")]), keep.clone(), json!([])),
        (json!([at(&group, "ReadOnly")]), json!(["keep (ReadOnly)"]), json!(["keep (ReadOnly)"])),
        (json!([at(&format!("{group}2"), "ReadOnly")]), json!([]), json!([])),
        (json!([at(&format!("{}2", id()), "ReadOnly")]), json!([]), json!([])),
        (json!([at(&id(), "NotSpecified")]), json!([]), json!([])),
        (json!([null]), json!("gap"), json!("gap")),
        (json!([{ "id": "x", "properties": { "level": "ReadOnly" } }]), json!("gap"), json!("gap")),
        (json!([at(&id(), "CanNotDelete"), null]), keep, json!("gap")),
    ] {
        let answers = answers().with(&path, json!({ "value": locks }));
        let bucket = read(&answers, row()).await;
        assert_eq!(value_of(&bucket, "delete_locks"), delete, "{locks}");
        assert_eq!(value_of(&bucket, "read_only_locks"), read_only, "{locks}");
    }
}
