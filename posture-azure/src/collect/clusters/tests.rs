//! Clusters and agent pools from the answers of a subscription, good and bad.

use posture_model::gap::Reason;
use posture_model::scope::Scope;
use serde_json::{Value, json};

use super::super::recorded::{scopes, why};
use super::*;

fn read_of(resources: &[Value], not_actions: &[&str]) -> Scope {
    let scenario = json!({ "subscriptions": [
        { "id": "s", "name": "s", "resources": resources, "not_actions": not_actions }
    ] });
    let mut facts = SHOWS.to_vec();
    facts.push(Cluster::AUDIT_OFF);
    scopes(&scenario, &facts, &[Kind::Cluster, Kind::NodePool]).remove(0)
}

fn resource(properties: Value, settings: &[Value]) -> Value {
    let extensions: Vec<Value> = settings
        .iter()
        .enumerate()
        .map(|(number, properties)| {
            json!({
                "type": "Microsoft.Insights/diagnosticSettings", "name": format!("s{number}"),
                "properties": properties,
            })
        })
        .collect();
    json!({
        "type": "Microsoft.ContainerService/managedClusters", "name": "shop", "group": "main",
        "location": "westeurope", "properties": properties, "extensions": extensions,
    })
}

fn good() -> Value {
    json!({
        "kubernetesVersion": "1.35", "currentKubernetesVersion": "1.35.2",
        "supportPlan": "KubernetesOfficial", "fqdn": "Shop-1.hcp.westeurope.azmk8s.io",
        "disableLocalAccounts": true, "aadProfile": { "managed": true, "enableAzureRBAC": true },
        "apiServerAccessProfile": { "authorizedIPRanges": ["203.0.113.0/24"] },
        "networkProfile": { "networkPlugin": "azure", "networkPolicy": "cilium" },
        "securityProfile": { "azureKeyVaultKms": { "enabled": true, "keyId": "https://v/keys/k/1" } },
        "agentPoolProfiles": [
            { "name": "system", "orchestratorVersion": "1.35", "currentOrchestratorVersion": "1.35.2" }
        ],
    })
}

/// The good cluster, with one property replaced.
fn but(name: &str, value: Value) -> (Cluster, Scope) {
    let mut properties = good();
    properties[name] = value;
    let scope = read_of(&[resource(properties, &[])], &[]);
    let [cluster] = &scope.clusters.items[..] else { panic!("{:?}", scope.gaps) };
    (cluster.clone(), scope.clone())
}

fn value<T: Clone>(scope: &Scope, fact: &Fact<T>) -> Result<T, Reason> {
    why(scope, fact).map_or_else(|| Ok(fact.known().unwrap().clone()), |(_, reason)| Err(reason))
}

#[test]
fn a_cluster_is_read_with_all_its_facts() {
    let (cluster, scope) = but("enableRBAC", json!(true));
    assert!(cluster.id.ends_with("/managedClusters/shop"), "{}", cluster.id);
    assert_eq!((cluster.name.as_str(), cluster.region.as_deref()), ("shop", Some("westeurope")));
    assert_eq!(cluster.platform, Known("aks".to_owned()));
    assert_eq!(cluster.version, Known("1.35.2".to_owned()));
    assert_eq!(cluster.long_term_support, Known(false));
    let host = "shop-1.hcp.westeurope.azmk8s.io".to_owned();
    assert_eq!(cluster.api_servers, Known(vec![host]));
    assert_eq!(cluster.public_ranges, Known(Entries::from(["203.0.113.0/24"])));
    assert_eq!(cluster.other_sign_ins, Known(Entries::none()));
    assert_eq!(cluster.provider_authorizes, Known(true));
    assert_eq!(cluster.secrets_key, Known(Some("https://v/keys/k/1".to_owned())));
    assert_eq!(cluster.policy_engine, Known(Some("cilium".to_owned())));
    assert_eq!(cluster.anonymous_requests, Fact::NotOffered);
    let [pool] = &scope.node_pools.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(pool.id, format!("{}/agentPools/system", cluster.id));
    assert_eq!(pool.name, "shop/system");
    assert_eq!(pool.version, Known("1.35.2".to_owned()));
    assert_eq!(pool.public_addresses, Known(false));
    assert_eq!(pool.open_remote_access, Fact::NotOffered);
    assert!(scope.clusters.is_complete() && scope.node_pools.is_complete());
}

#[test]
fn who_reaches_the_api_server_follows_from_three_settings() {
    let access = |access: Value| {
        let (cluster, scope) = but("apiServerAccessProfile", access);
        value(&scope, &cluster.public_ranges)
    };
    let everyone = || Ok(Entries::from(["0.0.0.0/0"]));
    assert_eq!(access(json!(null)), everyone());
    assert_eq!(access(json!({ "enablePrivateCluster": false })), everyone());
    assert_eq!(access(json!({ "authorizedIPRanges": [] })), everyone());
    assert_eq!(access(json!({ "enablePrivateCluster": true })), Ok(Entries::none()));
    for broken in [
        json!("open"),
        json!({ "authorizedIPRanges": "203.0.113.0/24" }),
        json!({ "authorizedIPRanges": ["somewhere"] }),
        json!({ "enablePrivateCluster": "yes" }),
    ] {
        assert_eq!(access(broken.clone()), Err(Reason::Malformed), "{broken}");
    }
    let network = |access: Value| {
        let (cluster, scope) = but("publicNetworkAccess", access);
        value(&scope, &cluster.public_ranges)
    };
    assert_eq!(network(json!("Disabled")), Ok(Entries::none()));
    assert_eq!(network(json!("Enabled")), Ok(Entries::from(["203.0.113.0/24"])));
    assert_eq!(network(json!("Sometimes")), Err(Reason::Malformed));
}

#[test]
fn local_accounts_are_enabled_unless_they_are_disabled() {
    let local = Entries::from(["local accounts"]);
    for off in [json!(false), json!(null)] {
        let (cluster, _) = but("disableLocalAccounts", off);
        assert_eq!(cluster.other_sign_ins, Known(local.clone()));
    }
    let (cluster, scope) = but("disableLocalAccounts", json!("no"));
    assert_eq!(value(&scope, &cluster.other_sign_ins), Err(Reason::Malformed));
    let (cluster, _) = but("aadProfile", json!(null));
    let without = Entries::from(["certificates, without the integration with Entra ID"]);
    assert_eq!(cluster.other_sign_ins, Known(without));
    assert_eq!(cluster.provider_authorizes, Known(false));
}

#[test]
fn a_key_counts_only_where_it_is_enabled() {
    let kms = |kms: Value| {
        let (cluster, scope) = but("securityProfile", json!({ "azureKeyVaultKms": kms }));
        value(&scope, &cluster.secrets_key)
    };
    assert_eq!(kms(json!(null)), Ok(None));
    assert_eq!(kms(json!({ "enabled": false, "keyId": "k" })), Ok(None));
    assert_eq!(kms(json!({ "enabled": true })), Err(Reason::Malformed));
    assert_eq!(kms(json!({ "enabled": true, "keyId": "" })), Err(Reason::Malformed));
    assert_eq!(kms(json!({ "enabled": "x", "keyId": "k" })), Err(Reason::Malformed));
}

#[test]
fn a_plugin_of_its_own_may_enforce_policies() {
    let network = |network: Value| {
        let (cluster, scope) = but("networkProfile", network);
        value(&scope, &cluster.policy_engine)
    };
    assert_eq!(network(json!({ "networkPlugin": "azure" })), Ok(None));
    assert_eq!(network(json!({ "networkPlugin": "kubenet", "networkPolicy": "none" })), Ok(None));
    let calico = json!({ "networkPlugin": "kubenet", "networkPolicy": "Calico" });
    assert_eq!(network(calico), Ok(Some("calico".to_owned())));
    assert_eq!(network(json!({ "networkPlugin": "none" })), Err(Reason::Undetermined));
    assert_eq!(network(json!({ "networkPolicy": "new" })), Err(Reason::Unsupported));
    assert_eq!(network(json!(null)), Err(Reason::Malformed));
}

#[test]
fn a_plan_of_support_has_to_be_named() {
    let plan = |plan: Value| {
        let (cluster, scope) = but("supportPlan", plan);
        value(&scope, &cluster.long_term_support)
    };
    assert_eq!(plan(json!("AKSLongTermSupport")), Ok(true));
    assert_eq!(plan(json!("Forever")), Err(Reason::Unsupported));
    assert_eq!(plan(json!(null)), Err(Reason::Malformed));
    let (cluster, _) = but("currentKubernetesVersion", json!(null));
    assert_eq!(cluster.version, Known("1.35".to_owned()));
    let mut neither = good();
    neither["kubernetesVersion"] = json!(null);
    neither["currentKubernetesVersion"] = json!("");
    let scope = read_of(&[resource(neither, &[])], &[]);
    assert_eq!(value(&scope, &scope.clusters.items[0].version), Err(Reason::Malformed));
}

#[test]
fn the_audit_log_needs_a_destination() {
    let of = |settings: &[Value]| {
        let scope = read_of(&[resource(good(), settings)], &[]);
        value(&scope, &scope.clusters.items[0].audit_off).map(|off| off.certain().len())
    };
    let setting = |log: Value, sink: &str| json!({ sink: "place", "logs": [log] });
    let category = |name: &str, on: bool| json!({ "category": name, "enabled": on });
    assert_eq!(of(&[]), Ok(1));
    for name in ["kube-audit", "kube-audit-admin"] {
        assert_eq!(of(&[setting(category(name, true), "workspaceId")]), Ok(0), "{name}");
        assert_eq!(of(&[setting(category(name, false), "workspaceId")]), Ok(1), "{name}");
        assert_eq!(of(&[setting(category(name, true), "nowhere")]), Ok(1), "{name}");
    }
    assert_eq!(of(&[setting(category("kube-apiserver", true), "workspaceId")]), Ok(1));
    let group = json!({ "categoryGroup": "allLogs", "enabled": true });
    assert_eq!(of(&[setting(group, "storageAccountId")]), Ok(0));
}

#[test]
fn pools_have_addresses_where_they_say_so() {
    let pools = |pools: Value| but("agentPoolProfiles", pools).1;
    let pool = |addresses: Value| json!([{ "name": "p", "orchestratorVersion": "1.34.1", "enableNodePublicIP": addresses }]);
    let of = |addresses: Value| {
        let scope = pools(pool(addresses));
        value(&scope, &scope.node_pools.items[0].public_addresses)
    };
    assert_eq!(of(json!(true)), Ok(true));
    assert_eq!(of(json!(null)), Ok(false));
    assert_eq!(of(json!("maybe")), Err(Reason::Malformed));
    let scope = pools(pool(json!(false)));
    assert_eq!(scope.node_pools.items[0].version, Known("1.34.1".to_owned()));
    for broken in [json!(null), json!("none"), json!([{ "count": 3 }]), json!([{ "name": "" }])] {
        let scope = pools(broken.clone());
        assert!(!scope.node_pools.is_complete(), "{broken}");
        assert!(scope.node_pools.items.is_empty(), "{broken}");
        assert!(scope.clusters.items[0].version.is_known());
    }
}

#[test]
fn without_the_permission_there_may_be_clusters() {
    let denied = ["Microsoft.ContainerService/managedClusters/read"];
    let scope = read_of(&[resource(good(), &[])], &denied);
    for gaps in [&scope.clusters.gaps, &scope.node_pools.gaps] {
        assert_eq!(scope.gap(gaps[0]).unwrap().reason, Reason::Denied);
    }
    assert!(scope.clusters.items.is_empty() && scope.node_pools.items.is_empty());
    let none = read_of(&[], &[]);
    assert!(none.clusters.is_complete() && none.node_pools.is_complete());
}

#[test]
fn the_issuer_of_its_tokens_identifies_a_cluster_as_well() {
    let guid = "00000000-0000-0000-0000-00000000000a";
    let issuer = format!("westeurope.oic.prod-aks.azure.com/{guid}/{guid}");
    let of = |profile: Value| but("oidcIssuerProfile", profile).0.api_servers;
    let host = "shop-1.hcp.westeurope.azmk8s.io".to_owned();
    let on = json!({ "enabled": true, "issuerURL": format!("https://{issuer}/") });
    assert_eq!(of(on), Known(vec![host.clone(), issuer]));
    assert_eq!(of(json!({ "enabled": false })), Known(vec![host]));
}
