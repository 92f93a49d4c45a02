//! Clusters and node groups from the answers of EKS, good and bad.

use posture_model::gap::Reason;
use posture_model::resource::{FactId, Resource};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

const LIST: &str = "GET /clusters?maxResults=100";
const DESCRIBE: &str = "GET /clusters/shop";
const PROVIDERS: &str = "GET /clusters/shop/identity-provider-configs?maxResults=100";
const NODES: &str = "GET /clusters/shop/node-groups?maxResults=100";
const WORKERS: &str = "GET /clusters/shop/node-groups/workers";

fn everything() -> Wanted {
    let kinds = [Kind::Cluster, Kind::NodePool];
    let facts: Vec<FactId> = kinds.iter().flat_map(|kind| kind.fact_ids()).collect();
    Wanted::of(&facts, &kinds)
}

/// An account of one region, which has the cluster `shop` with the node group `workers`.
fn region() -> Fake {
    Fake::default().answer(
        "POST /listRegions",
        200,
        r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#,
    )
}

fn listed() -> Fake {
    region().answer(LIST, 200, r#"{"clusters":["shop"]}"#)
}

/// What is good.
fn good() -> Value {
    json!({
        "name": "shop", "version": "1.35",
        "endpoint": "https://A0DC.gr7.eu-central-1.eks.amazonaws.com",
        "resourcesVpcConfig": {
            "endpointPublicAccess": false, "endpointPrivateAccess": true, "publicAccessCidrs": [],
        },
        "logging": { "clusterLogging": [
            { "types": ["audit"], "enabled": true }, { "types": ["api"], "enabled": false },
        ] },
        "encryptionConfig": [{ "resources": ["secrets"], "provider": { "keyArn": "arn:key" } }],
        "accessConfig": { "authenticationMode": "API" },
    })
}

fn with(fake: Fake, cluster: &Value, providers: &Value, group: &Value) -> Fake {
    let fake = fake.answer(DESCRIBE, 200, json!({ "cluster": cluster }).to_string());
    around(fake, providers, group)
}

/// Everything but the description of the cluster. The description of the node group has its name besides.
fn around(fake: Fake, providers: &Value, group: &Value) -> Fake {
    let mut group = group.clone();
    group["nodegroupName"] = "workers".into();
    fake.answer(PROVIDERS, 200, json!({ "identityProviderConfigs": providers }).to_string())
        .answer(NODES, 200, r#"{"nodegroups":["workers"]}"#)
        .answer(WORKERS, 200, json!({ "nodegroup": group }).to_string())
}

async fn only(cluster: Value, providers: Value) -> (Cluster, Scope) {
    let group = json!({ "version": "1.35" });
    let fake = with(listed(), &cluster, &providers, &group);
    let scope = fake.collect(&everything()).await;
    let [cluster] = &scope.clusters.items[..] else { panic!("{:?}", scope.gaps) };
    (cluster.clone(), scope.clone())
}

/// The good cluster, with one member replaced.
async fn but(name: &str, value: Value) -> (Cluster, Scope) {
    let mut cluster = good();
    cluster[name] = value;
    only(cluster, json!([])).await
}

fn why<T>(scope: &Scope, fact: &Fact<T>) -> (String, Reason) {
    let gap = scope.gap(fact.gap().unwrap()).unwrap();
    (gap.action.clone(), gap.reason)
}

#[tokio::test]
async fn a_cluster_is_read_with_all_its_facts() {
    let (cluster, scope) = only(good(), json!([])).await;
    assert_eq!(cluster.id, "arn:aws:eks:eu-central-1:123456789012:cluster/shop");
    assert_eq!((cluster.name.as_str(), cluster.region.as_deref()), ("shop", Some("eu-central-1")));
    assert_eq!(cluster.platform, Known("eks".to_owned()));
    assert_eq!(cluster.version, Known("1.35".to_owned()));
    let host = "a0dc.gr7.eu-central-1.eks.amazonaws.com".to_owned();
    assert_eq!(cluster.api_servers, Known(vec![host]));
    for fact in [&cluster.public_ranges, &cluster.audit_off, &cluster.other_sign_ins] {
        assert_eq!(*fact, Known(Entries::none()));
    }
    assert_eq!(cluster.secrets_key, Known(Some("arn:key".to_owned())));
    assert!(scope.clusters.is_complete() && scope.node_pools.is_complete());
    // What only other providers offer.
    assert_eq!(cluster.policy_engine, Fact::NotOffered);
    assert_eq!(cluster.anonymous_requests, Fact::NotOffered);
}

#[tokio::test]
async fn a_region_without_clusters_has_none_and_no_node_groups() {
    let scope = region().answer(LIST, 200, r#"{"clusters":[]}"#).collect(&everything()).await;
    assert!(scope.clusters.items.is_empty() && scope.clusters.is_complete());
    assert!(scope.node_pools.items.is_empty() && scope.node_pools.is_complete());
}

#[tokio::test]
async fn ranges_mean_something_only_where_the_endpoint_is_public() {
    let network = |public: Value, ranges: Value| json!({ "endpointPublicAccess": public, "publicAccessCidrs": ranges });
    let of = |public, ranges| but("resourcesVpcConfig", network(public, ranges));
    let (cluster, _) = of(json!(true), json!(["203.0.113.0/24", "0.0.0.0/0"])).await;
    let both = Entries::from(["0.0.0.0/0", "203.0.113.0/24"]);
    assert_eq!(cluster.public_ranges, Known(both));
    let (cluster, _) = of(json!(false), json!(["0.0.0.0/0"])).await;
    assert_eq!(cluster.public_ranges, Known(Entries::none()));
    for (public, ranges) in [
        (json!(true), json!([])),
        (json!(true), json!(null)),
        (json!(true), json!(["everywhere"])),
        (json!(null), json!(["203.0.113.0/24"])),
    ] {
        let (cluster, scope) = of(public.clone(), ranges.clone()).await;
        assert_eq!(
            why(&scope, &cluster.public_ranges),
            (CLUSTER.name.to_owned(), Reason::Malformed),
            "{public} {ranges}"
        );
        assert!(cluster.version.is_known());
    }
    let (cluster, _) = but("resourcesVpcConfig", json!(null)).await;
    assert!(cluster.public_ranges.gap().is_some());
}

#[tokio::test]
async fn the_audit_log_is_on_or_off_or_not_named() {
    let of = |setups: Value| but("logging", json!({ "clusterLogging": setups }));
    let off = json!([{ "types": ["api", "audit"], "enabled": false }]);
    let (cluster, _) = of(off).await;
    assert_eq!(cluster.audit_off, Known(Entries::from(["control plane log `audit` is off"])));
    for setups in [
        json!([]),
        json!([{ "types": ["api"], "enabled": true }]),
        json!([{ "types": ["audit"], "enabled": true }, { "types": ["audit"], "enabled": false }]),
    ] {
        let (cluster, _) = of(setups.clone()).await;
        assert!(cluster.audit_off.gap().is_some(), "{setups}");
    }
    let (cluster, _) = but("logging", json!(null)).await;
    assert!(cluster.audit_off.gap().is_some());
}

#[tokio::test]
async fn a_cluster_without_a_chosen_key_has_one_of_aws() {
    for none in [json!(null), json!([])] {
        let (cluster, _) = but("encryptionConfig", none).await;
        assert_eq!(cluster.secrets_key, Known(None));
    }
    for broken in [json!([{ "provider": {} }]), json!([{ "provider": { "keyArn": "" } }])] {
        let (cluster, _) = but("encryptionConfig", broken).await;
        assert!(cluster.secrets_key.gap().is_some());
    }
}

#[tokio::test]
async fn what_admits_users_beside_access_entries_is_named() {
    let provider = json!([{ "type": "oidc", "name": "corp" }]);
    let mut old = good();
    old["accessConfig"]["authenticationMode"] = json!("API_AND_CONFIG_MAP");
    let (cluster, _) = only(old.clone(), provider.clone()).await;
    let both = ["config map `aws-auth`", "oidc identity provider `corp`"];
    assert_eq!(cluster.other_sign_ins, Known(Entries::from(both)));
    let (cluster, _) = only(good(), provider.clone()).await;
    assert_eq!(cluster.other_sign_ins, Known(Entries::from([both[1]])));
    // A mode that is not known hides no provider.
    for mode in [json!("MAGIC"), json!(null)] {
        old["accessConfig"]["authenticationMode"] = mode;
        let (cluster, _) = only(old.clone(), provider.clone()).await;
        let found = cluster.other_sign_ins.known().unwrap();
        assert_eq!(found.certain(), [both[1]]);
        assert!(found.undecided().is_some());
        let (cluster, _) = only(old.clone(), json!([])).await;
        assert!(cluster.other_sign_ins.gap().is_some());
    }
    // Neither does a denied list hide the mode.
    old["accessConfig"]["authenticationMode"] = json!("CONFIG_MAP");
    let denied = listed().json_error(PROVIDERS, 403, "AccessDeniedException", "no");
    let scope = with(denied, &old, &json!([]), &json!({ "version": "1.35" }));
    let scope = scope.collect(&everything()).await;
    let found = scope.clusters.items[0].other_sign_ins.known().unwrap();
    assert_eq!(found.certain(), [both[0]]);
    let gap = scope.gap(found.undecided().unwrap()).unwrap();
    assert_eq!((gap.action.as_str(), gap.reason), (SIGN_INS.name, Reason::Denied));
}

#[tokio::test]
async fn what_is_refused_of_a_cluster_is_a_gap_of_each_fact() {
    for (code, status, reason) in [
        ("AccessDeniedException", 403, Reason::Denied),
        ("ThrottlingException", 429, Reason::Throttled),
        ("ResourceNotFoundException", 404, Reason::Unsupported),
    ] {
        let fake = listed().json_error(DESCRIBE, status, code, "no");
        let group = json!({ "version": "1.35" });
        let scope = around(fake, &json!([]), &group).collect(&everything()).await;
        let cluster = &scope.clusters.items[0];
        for fact in [&cluster.public_ranges, &cluster.audit_off, &cluster.other_sign_ins] {
            assert_eq!(why(&scope, fact), (CLUSTER.name.to_owned(), reason), "{code}");
        }
        assert!(cluster.version.gap().is_some() && cluster.secrets_key.gap().is_some());
        assert!(cluster.platform.is_known() && scope.clusters.is_complete());
    }
    for body in [r#"{}"#, r#"{"cluster":null}"#, r#"{"cluster":"shop"}"#, r#"{"cluster":{"na"#] {
        let fake = listed().answer(DESCRIBE, 200, body);
        let group = json!({ "version": "1.35" });
        let scope = around(fake, &json!([]), &group).collect(&everything()).await;
        let cluster = &scope.clusters.items[0];
        assert_eq!(why(&scope, &cluster.version).1, Reason::Malformed, "{body}");
    }
}

#[tokio::test]
async fn a_list_that_is_refused_or_no_list_leaves_clusters_and_node_groups_open() {
    for (status, body, reason) in [
        (403, r#"{"__type":"AccessDeniedException","message":"no"}"#, Reason::Denied),
        (200, "{}", Reason::Malformed),
        (200, r#"{"clusters":"shop"}"#, Reason::Malformed),
        (200, r#"{"clusters":[""]}"#, Reason::Malformed),
        (200, r#"{"clusters":["sho"#, Reason::Malformed),
    ] {
        let scope = region().answer(LIST, status, body).collect(&everything()).await;
        for gaps in [&scope.clusters.gaps, &scope.node_pools.gaps] {
            let [gap] = gaps[..] else { panic!("{body}: {:?}", scope.gaps) };
            let gap = scope.gap(gap).unwrap();
            assert_eq!((gap.action.as_str(), gap.reason), (CLUSTERS.name, reason), "{body}");
        }
        assert!(scope.clusters.items.is_empty());
    }
}

#[tokio::test]
async fn every_page_of_clusters_is_read_and_a_lost_one_is_missed() {
    let first = || region().answer(LIST, 200, r#"{"clusters":["shop"],"nextToken":"t"}"#);
    let next = "GET /clusters?nextToken=t&maxResults=100";
    let group = json!({ "version": "1.35" });
    let fake = with(first().answer(next, 200, r#"{"clusters":[]}"#), &good(), &json!([]), &group);
    let scope = fake.collect(&everything()).await;
    assert!(scope.clusters.is_complete() && scope.clusters.items.len() == 1);
    let lost = first().json_error(next, 403, "AccessDeniedException", "no");
    let scope = with(lost, &good(), &json!([]), &group).collect(&everything()).await;
    assert!(!scope.clusters.is_complete() && scope.clusters.items.len() == 1);
    assert!(!scope.node_pools.is_complete());
}

async fn group(group: Value) -> (NodePool, Scope) {
    let scope = with(listed(), &good(), &json!([]), &group).collect(&everything()).await;
    let [pool] = &scope.node_pools.items[..] else { panic!("{:?}", scope.gaps) };
    (pool.clone(), scope.clone())
}

#[tokio::test]
async fn a_key_without_sources_opens_a_node_group_to_everyone() {
    let of = |image: &str, remote: Value| json!({ "version": "1.34", "amiType": image, "remoteAccess": remote });
    let key = json!({ "ec2SshKey": "key" });
    let limited = json!({ "ec2SshKey": "key", "sourceSecurityGroups": ["sg-1"] });
    for (image, remote, expected) in [
        ("AL2023_x86_64_STANDARD", &key, Entries::from(["port 22 from 0.0.0.0/0"])),
        ("WINDOWS_CORE_2022_x86_64", &key, Entries::from(["port 3389 from 0.0.0.0/0"])),
        ("AL2023_x86_64_STANDARD", &limited, Entries::none()),
        ("CUSTOM", &Value::Null, Entries::none()),
    ] {
        let (pool, _) = group(of(image, remote.clone())).await;
        assert_eq!(pool.open_remote_access, Known(expected), "{image} {remote}");
        assert_eq!(pool.version, Known("1.34".to_owned()));
        assert_eq!(pool.id, "arn:aws:eks:eu-central-1:123456789012:nodegroup/shop/workers");
        assert_eq!(pool.name, "shop/workers");
        assert_eq!(pool.public_addresses, Fact::NotOffered);
    }
    let (pool, scope) = group(of("AL2023_x86_64_STANDARD", json!({}))).await;
    assert_eq!(why(&scope, &pool.open_remote_access).1, Reason::Malformed);
    let unnamed = json!({ "ec2SshKey": "key", "sourceSecurityGroups": [""] });
    let (pool, scope) = group(of("AL2023_x86_64_STANDARD", unnamed)).await;
    assert_eq!(why(&scope, &pool.open_remote_access).1, Reason::Malformed);
    let (pool, _) = group(json!({ "remoteAccess": key })).await;
    assert!(pool.open_remote_access.gap().is_some() && pool.version.gap().is_some());
}

#[tokio::test]
async fn a_node_group_without_its_name_was_not_described() {
    let fake = listed()
        .answer(DESCRIBE, 200, json!({ "cluster": good() }).to_string())
        .answer(PROVIDERS, 200, r#"{"identityProviderConfigs":[]}"#)
        .answer(NODES, 200, r#"{"nodegroups":["workers"]}"#)
        .answer(WORKERS, 200, r#"{"nodegroup":{}}"#);
    let scope = fake.collect(&everything()).await;
    let pool = &scope.node_pools.items[0];
    assert_eq!(why(&scope, &pool.open_remote_access).1, Reason::Malformed);
}

#[tokio::test]
async fn what_is_refused_of_node_groups_is_a_gap() {
    let denied = |action: &str| {
        let fake = listed().json_error(action, 403, "AccessDeniedException", "no");
        with(fake, &good(), &json!([]), &json!({ "version": "1.35" }))
    };
    let scope = denied(NODES).collect(&everything()).await;
    let [gap] = scope.node_pools.gaps[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(scope.gap(gap).unwrap().action, GROUPS.name);
    assert!(scope.node_pools.items.is_empty() && scope.clusters.is_complete());
    let scope = denied(WORKERS).collect(&everything()).await;
    let [pool] = &scope.node_pools.items[..] else { panic!("{:?}", scope.gaps) };
    for fact in NodePool::FACTS.iter().filter(|fact| fact.providers.contains(&Provider::Aws)) {
        let gap = scope.gap(pool.gap(fact.name).unwrap()).unwrap();
        assert_eq!((gap.action.as_str(), gap.reason), (GROUP.name, Reason::Denied));
    }
}

#[tokio::test]
async fn only_what_is_wanted_is_called() {
    let version = Wanted::of(&[Cluster::VERSION], &[Kind::Cluster]);
    let fake = with(listed(), &good(), &json!([]), &json!({ "version": "1.35" }));
    let scope = fake.collect(&version).await;
    assert!(scope.clusters.items[0].version.is_known());
    assert!(!scope.node_pools.is_collected());
    for action in [PROVIDERS, NODES, WORKERS] {
        assert_eq!(fake.count(action), 0, "{action}");
    }
}

#[tokio::test]
async fn the_issuer_of_its_tokens_identifies_a_cluster_as_well() {
    let issuer = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
    let identity = json!({ "oidc": { "issuer": format!("https://{issuer}") } });
    let host = "a0dc.gr7.eu-central-1.eks.amazonaws.com".to_owned();
    let (cluster, _) = but("identity", identity).await;
    assert_eq!(cluster.api_servers, Known(vec![host.clone(), issuer.to_ascii_lowercase()]));
    for other in [json!({}), json!({ "oidc": {} }), json!({ "oidc": { "issuer": "https://x" } })] {
        assert_eq!(but("identity", other).await.0.api_servers, Known(vec![host.clone()]));
    }
}
