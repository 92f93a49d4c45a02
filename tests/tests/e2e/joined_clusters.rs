//! A cluster that one run reads from both sides: through its API server, and by the interface of its cloud.

use posture_sim::azure::Scenario;
use posture_sim::kubernetes::World;
use posture_sim::{Fault, Rule};
use posture_tests::Run;
use posture_tests::azure::{Tenant, fault};
use serde_json::{Value, json};

use crate::{kubernetes, sim_aws};

const ACCOUNT: &str = "111111111111";
const AUDIT_LOG: &str = "control-plane.audit-log";
const ENCRYPTION: &str = "control-plane.encryption-at-rest";
const ENGINE: &str = "network.managed-policy-engine";

/// A cluster whose control plane is not visible, on nodes of a platform.
fn cluster(label: &str, change: impl FnOnce(&mut World)) -> kubernetes::Simulated {
    kubernetes::Simulated::serve(|world| {
        for node in world.objects.iter_mut().filter(|one| one["kind"] == "Node") {
            node["metadata"]["labels"][label] = json!("shop");
        }
        change(world);
    })
}

/// One account with a cluster of EKS.
fn account(endpoint: &str, audits: bool) -> Value {
    json!({
        "accounts": [{
            "id": ACCOUNT, "regions": { "us-east-1": "ENABLED_BY_DEFAULT" },
            "eks_clusters": [{
                "name": "shop", "version": "1.36", "endpoint": endpoint,
                "logging": { "clusterLogging": [{ "types": ["audit"], "enabled": audits }] },
            }],
        }],
    })
}

fn kubeconfig(cluster: &kubernetes::Simulated) -> String {
    json!({
        "current-context": "shop", "contexts": [
            { "name": "shop", "context": { "cluster": "c", "user": "auditor" } }
        ],
        "clusters": [{ "name": "c", "cluster": { "server": cluster.url() } }],
        "users": [{ "name": "auditor", "user": { "token": kubernetes::TOKEN } }],
    })
    .to_string()
}

/// Reads an account of EKS and a cluster in one run.
fn with_eks(world: &Value, cluster: &kubernetes::Simulated, format: &str) -> Run {
    let targets = "[[target]]\nprovider = \"aws\"\n\n[[target]]\nprovider = \"kubernetes\"\nkubeconfig = \"config\"\n";
    sim_aws::Simulated::serve(world)
        .bare(ACCOUNT)
        .file("posture.toml", targets)
        .file("config", &kubeconfig(cluster))
        .args(&["audit", "targets", "--format", format])
        .args(&["--control", AUDIT_LOG, "--control", ENCRYPTION])
        .run()
}

/// The same for a tenant with a cluster of AKS.
fn with_aks(scenario: Scenario, cluster: &kubernetes::Simulated) -> Run {
    let tenant = Tenant::serve(scenario);
    let targets = format!(
        "[[target]]\nprovider = \"azure\"\nsimulator = \"{}\"\n\n[[target]]\nprovider = \"kubernetes\"\nkubeconfig = \"config\"\n",
        tenant.url()
    );
    tenant
        .credentials(posture_tests::Program::new())
        .file("posture.toml", &targets)
        .file("config", &kubeconfig(cluster))
        .args(&["audit", "targets", "--format", "json"])
        .args(&["--control", AUDIT_LOG, "--control", ENGINE])
        .run()
}

/// The tenant of the good world, whose cluster `shop` has this host.
fn tenant(host: &str) -> Scenario {
    let good = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/azure-good.toml");
    let mut scenario = Scenario::parse(&std::fs::read_to_string(good).unwrap()).unwrap();
    let resources = scenario.subscriptions.iter_mut().flat_map(|one| &mut one.resources);
    for resource in
        resources.filter(|one| one.name == "shop" && one.kind.contains("managedClusters"))
    {
        resource.properties.insert("fqdn".to_owned(), json!(host));
    }
    scenario
}

fn host(cluster: &kubernetes::Simulated) -> String {
    cluster.url().split_once("://").unwrap().1.to_owned()
}

/// The finding of a control on the cluster `shop`, as a provider shows it.
fn finding(run: &Run, control: &str, provider: &str) -> Value {
    let report = run.json();
    let scopes = report["scopes"].as_array().unwrap();
    let of: Vec<&Value> = scopes
        .iter()
        .filter(|scope| scope["provider"] == provider)
        .map(|scope| &scope["id"])
        .collect();
    let all = report["findings"].as_array().unwrap();
    let found = all.iter().find(|one| {
        one["control"] == control
            && of.contains(&&one["scope"])
            && one["resource"]["name"] == "shop"
    });
    found.unwrap_or_else(|| panic!("{control} on {provider}: {}", run.err)).clone()
}

#[test]
fn an_eks_cluster_and_its_api_server_are_one_cluster() {
    let cluster = cluster("eks.amazonaws.com/nodegroup", |_| {});
    let arn = format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/shop");
    for (audits, outcome) in [(true, "pass"), (false, "fail")] {
        let run = with_eks(&account(&cluster.url(), audits), &cluster, "json");
        let (inside, cloud) =
            (finding(&run, AUDIT_LOG, "kubernetes"), finding(&run, AUDIT_LOG, "aws"));
        assert_eq!((&inside["outcome"], &cloud["outcome"]), (&json!(outcome), &json!(outcome)));
        // Each names the other one.
        assert_eq!(inside["resource"]["same-as"][0]["id"], json!(arn), "{inside}");
        assert_eq!(cloud["resource"]["same-as"][0]["name"], "shop", "{cloud}");
        assert_eq!(cloud["resource"]["same-as"][0]["scope"], inside["scope"]);
        // EKS encrypts what it stores.
        assert_eq!(finding(&run, ENCRYPTION, "kubernetes")["outcome"], "pass");
        if outcome == "fail" {
            let found = inside["evidence"][0]["found"].as_str().unwrap();
            assert!(found.ends_with(&format!("as {arn} shows")), "{found}");
        }
    }
    for format in ["table", "markdown", "html"] {
        let run = with_eks(&account(&cluster.url(), false), &cluster, format);
        assert!(run.out.contains("are one"), "{format}: {}", run.out);
    }
}

#[test]
fn another_host_is_another_cluster_whatever_its_name_is() {
    let cluster = cluster("eks.amazonaws.com/nodegroup", |_| {});
    let elsewhere = "https://a0dc.gr7.us-east-1.eks.amazonaws.com";
    let run = with_eks(&account(elsewhere, true), &cluster, "json");
    let inside = finding(&run, AUDIT_LOG, "kubernetes");
    assert_eq!(inside["outcome"], "unknown", "{inside}");
    assert_eq!(inside["gap"]["action"], "list pods");
    assert_eq!(inside["resource"]["same-as"], Value::Null);
    assert_eq!(finding(&run, AUDIT_LOG, "aws")["outcome"], "pass");
}

#[test]
fn what_one_side_may_not_read_the_other_one_decides_if_it_can() {
    // Without its pods, the cluster does not even show whether its control plane is visible.
    let denied = cluster("eks.amazonaws.com/nodegroup", |world| {
        world.faults.push(Rule::new("list pods", Fault::Denied));
    });
    let run = with_eks(&account(&denied.url(), true), &denied, "json");
    assert_eq!(finding(&run, AUDIT_LOG, "kubernetes")["outcome"], "pass");
    // Without the description, the account does not know the host.
    let cluster = cluster("eks.amazonaws.com/nodegroup", |_| {});
    let mut world = account(&cluster.url(), true);
    world["faults"] = json!([{ "action": "eks:DescribeCluster", "fault": "denied" }]);
    let run = with_eks(&world, &cluster, "json");
    for (provider, action) in [("kubernetes", "list pods"), ("aws", "eks:DescribeCluster")] {
        let found = finding(&run, AUDIT_LOG, provider);
        assert_eq!(
            (&found["outcome"], &found["gap"]["action"]),
            (&json!("unknown"), &json!(action))
        );
    }
}

#[test]
fn an_aks_cluster_and_its_api_server_are_one_cluster() {
    let cluster = cluster("kubernetes.azure.com/cluster", |_| {});
    let run = with_aks(tenant(&host(&cluster)), &cluster);
    for provider in ["kubernetes", "azure"] {
        let found = finding(&run, AUDIT_LOG, provider);
        assert_eq!(found["outcome"], "pass", "{found}");
        assert_eq!(found["resource"]["same-as"].as_array().unwrap().len(), 1, "{found}");
    }
    // What Azure may not read of it is unknown for both, for that reason.
    let mut scenario = tenant(&host(&cluster));
    scenario.faults.push(fault("managedClusters/shop/providers", 403, "AuthorizationFailed"));
    let run = with_aks(scenario, &cluster);
    for provider in ["kubernetes", "azure"] {
        let found = finding(&run, AUDIT_LOG, provider);
        assert_eq!(found["outcome"], "unknown", "{found}");
        let action = found["gap"]["action"].as_str().unwrap();
        assert!(action.to_lowercase().contains("diagnosticsettings"), "{found}");
    }
}

#[test]
fn an_engine_that_runs_in_the_cluster_counts_for_its_cloud() {
    let none = |host: &str| {
        let mut scenario = tenant(host);
        let resources = scenario.subscriptions.iter_mut().flat_map(|one| &mut one.resources);
        for resource in resources.filter(|one| one.kind.contains("managedClusters")) {
            resource.properties["networkProfile"] = json!({ "networkPlugin": "azure" });
        }
        scenario
    };
    let calico = cluster("kubernetes.azure.com/cluster", |world| {
        world.objects.push(json!({
            "apiVersion": "apps/v1", "kind": "DaemonSet",
            "metadata": { "name": "calico-node", "namespace": "kube-system" },
            "spec": {
                "selector": { "matchLabels": { "app": "calico" } },
                "template": {
                    "metadata": { "labels": { "app": "calico" } },
                    "spec": { "containers": [{ "name": "main", "image": "calico/node:v3.30.0" }] },
                },
            },
        }));
    });
    let run = with_aks(none(&host(&calico)), &calico);
    assert_eq!(finding(&run, ENGINE, "azure")["outcome"], "pass");
    let run = with_aks(none("shop-1a2b3c4d.hcp.westeurope.azmk8s.io"), &calico);
    assert_eq!(finding(&run, ENGINE, "azure")["outcome"], "fail");
}
