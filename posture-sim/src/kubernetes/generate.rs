//! Clusters of any size, for tests of scale: a mix of good and bad that a seed decides.

use serde_json::{Value, json};

use super::world::World;
use crate::pace::Dice;

/// How large a generated cluster is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Namespaces, besides those of a new cluster.
    pub namespaces: usize,
    /// Pods of all namespaces together, besides one of a DaemonSet on each node.
    pub pods: usize,
    /// How many pods each Deployment has.
    pub replicas: usize,
    /// Network policies of all namespaces together.
    pub policies: usize,
    /// Nodes.
    pub nodes: usize,
    /// Role bindings of all namespaces together.
    pub bindings: usize,
    /// It decides what is good and what is bad.
    pub seed: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self { namespaces: 4, pods: 40, replicas: 2, policies: 8, nodes: 3, bindings: 8, seed: 1 }
    }
}

/// A cluster of a size.
pub fn generate(size: Size) -> World {
    let dice = Dice::new(size.seed);
    let one_in = |n: f64| dice.roll() < 1.0 / n;
    let world = World { name: format!("generated-{}", size.seed), ..World::default() };
    let minor = world.minor().unwrap_or_default();
    let mut objects: Vec<Value> = Vec::new();
    let namespace = |number: usize| format!("team-{:04}", number % size.namespaces.max(1));
    for number in 0..size.nodes {
        let behind = if one_in(10.0) { 4 } else { 0 };
        objects.push(node(number, minor.saturating_sub(behind)));
    }
    for number in 0..size.namespaces.max(1) {
        let level = if one_in(2.0) { "restricted" } else { "baseline" };
        let labels = match one_in(4.0) {
            true => json!({ "team": namespace(number) }),
            false => {
                json!({ "team": namespace(number), "pod-security.kubernetes.io/enforce": level })
            }
        };
        objects.push(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": namespace(number), "labels": labels },
        }));
    }
    let replicas = size.replicas.max(1);
    let deployments = size.pods.div_ceil(replicas);
    for number in 0..deployments {
        let count = replicas.min(size.pods - number * replicas);
        let safe = !one_in(5.0);
        objects.push(deployment(&namespace(number), number, count, safe, one_in(30.0)));
        objects.push(account(&namespace(number), number, one_in(2.0)));
        if one_in(2.0) {
            let kind = if one_in(20.0) { "LoadBalancer" } else { "ClusterIP" };
            objects.push(service(&namespace(number), number, kind));
        }
    }
    for number in 0..size.policies {
        objects.push(policy(&namespace(number), number, number / size.namespaces.max(1)));
    }
    for number in 0..size.bindings {
        let role = if one_in(10.0) { "edit" } else { "view" };
        objects.push(binding(&namespace(number), number, role));
    }
    if size.nodes > 0 {
        objects.push(agent());
    }
    World { objects, seed: size.seed, ..world }
}

fn node(number: usize, minor: u16) -> Value {
    let version = format!("v1.{minor}.0");
    json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": { "name": format!("node-{number:04}"), "labels": { "kubernetes.io/os": "linux" } },
        "spec": { "providerID": format!("simulated://node-{number:04}") },
        "status": {
            "addresses": [{
                "type": "InternalIP", "address": format!("192.168.{}.{}", number / 250 % 250, number % 250 + 1),
            }],
            "nodeInfo": {
                "kubeletVersion": version, "kubeProxyVersion": "", "containerRuntimeVersion": "containerd://2.1.0",
                "operatingSystem": "linux", "architecture": "amd64", "osImage": "Debian GNU/Linux 12 (bookworm)",
                "kernelVersion": "6.1.0", "bootID": "", "machineID": "", "systemUUID": "",
            },
        },
    })
}

fn container(safe: bool, privileged: bool) -> Value {
    let context = match (safe, privileged) {
        (_, true) => json!({ "privileged": true }),
        (true, false) => json!({
            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "runAsNonRoot": true,
            "capabilities": { "drop": ["ALL"] }, "seccompProfile": { "type": "RuntimeDefault" },
        }),
        (false, false) => json!({}),
    };
    json!({
        "name": "main", "image": if safe { "registry.example.com/app:1.4.2" } else { "registry.example.com/app" },
        "ports": [{ "name": "http", "containerPort": 8080 }],
        "resources": if safe {
            json!({ "requests": { "cpu": "100m" }, "limits": { "memory": "128Mi" } })
        } else {
            json!({})
        },
        "securityContext": context,
    })
}

fn deployment(namespace: &str, number: usize, count: usize, safe: bool, privileged: bool) -> Value {
    let labels =
        json!({ "app": format!("app-{number:05}"), "tier": format!("tier-{}", number % 3) });
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": format!("app-{number:05}"), "namespace": namespace, "labels": labels },
        "spec": {
            "replicas": count, "selector": { "matchLabels": labels },
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "serviceAccountName": format!("app-{number:05}"), "containers": [container(safe, privileged)],
                },
            },
        },
    })
}

fn account(namespace: &str, number: usize, mounts: bool) -> Value {
    json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": format!("app-{number:05}"), "namespace": namespace },
        "automountServiceAccountToken": mounts,
    })
}

fn service(namespace: &str, number: usize, kind: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": format!("app-{number:05}"), "namespace": namespace },
        "spec": {
            "type": kind, "selector": { "app": format!("app-{number:05}") },
            "ports": [{ "name": "http", "port": 80, "targetPort": "http" }],
        },
    })
}

/// The first of a namespace denies everything, and the others allow something each.
fn policy(namespace: &str, number: usize, round: usize) -> Value {
    let spec = match round {
        0 => json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"] }),
        round => {
            let tier = |offset: usize| json!({ "matchLabels": { "tier": format!("tier-{}", (round + offset) % 3) } });
            json!({
                "podSelector": tier(0), "policyTypes": ["Ingress"],
                "ingress": [{ "from": [{ "podSelector": tier(1) }], "ports": [{ "port": 8080 }] }],
            })
        }
    };
    json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
        "metadata": { "name": format!("policy-{number:05}"), "namespace": namespace }, "spec": spec,
    })
}

fn binding(namespace: &str, number: usize, role: &str) -> Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": { "name": format!("binding-{number:05}"), "namespace": namespace },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
        "subjects": [{
            "kind": "Group", "name": format!("team-{number:05}"), "apiGroup": "rbac.authorization.k8s.io",
        }],
    })
}

/// Something on every node.
fn agent() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "DaemonSet",
        "metadata": { "name": "agent", "namespace": "kube-system" },
        "spec": {
            "selector": { "matchLabels": { "k8s-app": "agent" } },
            "template": {
                "metadata": { "labels": { "k8s-app": "agent" } },
                "spec": { "containers": [container(true, false)] },
            },
        },
    })
}
