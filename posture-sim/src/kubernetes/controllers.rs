//! What the controllers of a cluster make of its objects: service accounts, rules of aggregated roles, replica sets and pods.
//!
//! A workload that has replica sets or pods in the world gets no more. Admission rejects no pod.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::cluster::Objects;
use super::json::{fields, list, pairs, suffix, text, uid};
use super::nodes;
use super::resources::Resources;

/// The API services of what the server itself serves.
pub(crate) fn api_services(resources: &Resources) -> Vec<Value> {
    let core = (String::new(), vec!["v1".to_owned()]);
    let mut all = Vec::new();
    for (group, versions) in std::iter::once(core).chain(resources.groups()) {
        for version in versions {
            if resources.within(&group, &version).is_empty() {
                continue;
            }
            all.push(json!({
                "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
                "metadata": {
                    "name": format!("{version}.{group}"),
                    "labels": { "kube-aggregator.kubernetes.io/automanaged": "onstart" },
                },
                "spec": {
                    "group": group, "version": version, "groupPriorityMinimum": 17_000, "versionPriority": 15,
                },
                "status": { "conditions": [{
                    "type": "Available", "status": "True", "reason": "Local",
                    "message": "Local APIServices are always available",
                    "lastTransitionTime": "2026-01-01T00:00:00Z",
                }] },
            }));
        }
    }
    all
}

/// Lets all of them work, until nothing is left to do.
pub(crate) fn run(objects: &mut Objects) {
    accounts(objects);
    aggregate(objects);
    let nodes: Vec<Value> = objects.of_kind("", "Node").into_iter().cloned().collect();
    for owner in without_children(objects, &[("apps", "Deployment")]) {
        objects.put(replica_set(&owner));
    }
    let owners = [
        ("apps", "ReplicaSet"),
        ("apps", "StatefulSet"),
        ("apps", "DaemonSet"),
        ("batch", "Job"),
        ("", "ReplicationController"),
    ];
    for owner in without_children(objects, &owners) {
        for pod in pods(&owner, &nodes) {
            objects.put_new(pod);
        }
    }
    nodes::schedule(objects, &nodes);
}

/// The account `default` of each namespace, and the certificate that its tokens are used with.
fn accounts(objects: &mut Objects) {
    let names: Vec<String> = objects
        .of_kind("", "Namespace")
        .into_iter()
        .map(|one| text(one, "/metadata/name").to_owned())
        .collect();
    for namespace in names {
        objects.put_new(json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": { "name": "default", "namespace": namespace },
        }));
        objects.put_new(json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "kube-root-ca.crt", "namespace": namespace },
            "data": { "ca.crt": "simulated" },
        }));
    }
}

/// Fills in the rules of aggregated roles: the union of those that their selectors match, which may be aggregated as well.
///
/// [Source](https://github.com/kubernetes/kubernetes/blob/master/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go),
/// read on 2026-11-30.
fn aggregate(objects: &mut Objects) {
    let count = objects.of_kind("rbac.authorization.k8s.io", "ClusterRole").len();
    for _ in 0..=count {
        let roles: Vec<Value> = objects
            .of_kind("rbac.authorization.k8s.io", "ClusterRole")
            .into_iter()
            .cloned()
            .collect();
        let mut changed = false;
        for role in &roles {
            let selectors = list(role, "/aggregationRule/clusterRoleSelectors");
            if selectors.is_empty() {
                continue;
            }
            let mut rules: Vec<Value> = Vec::new();
            for other in &roles {
                let labels = pairs(other, "/metadata/labels");
                let itself = text(other, "/metadata/name") == text(role, "/metadata/name");
                if itself || !selectors.iter().any(|selector| selects(selector, &labels)) {
                    continue;
                }
                for rule in list(other, "/rules") {
                    if !rules.contains(rule) {
                        rules.push(rule.clone());
                    }
                }
            }
            if list(role, "/rules") != rules.as_slice() {
                let mut role = role.clone();
                if let Some(role) = role.as_object_mut() {
                    role.insert("rules".to_owned(), Value::Array(rules));
                }
                objects.put(role);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
}

/// Whether a label selector matches.
pub(crate) fn selects(selector: &Value, labels: &BTreeMap<String, String>) -> bool {
    let equal =
        pairs(selector, "/matchLabels").iter().all(|(key, value)| labels.get(key) == Some(value));
    equal
        && list(selector, "/matchExpressions").iter().all(|one| {
            let found = labels.get(text(one, "/key"));
            let listed = || {
                list(one, "/values").iter().any(|value| value.as_str() == found.map(String::as_str))
            };
            match text(one, "/operator") {
                "In" => found.is_some() && listed(),
                "NotIn" => found.is_none() || !listed(),
                "Exists" => found.is_some(),
                "DoesNotExist" => found.is_none(),
                _ => false,
            }
        })
}

/// The objects of some kinds that no object names as its controller.
fn without_children(objects: &Objects, kinds: &[(&str, &str)]) -> Vec<Value> {
    let owned: HashSet<String> = objects
        .all()
        .flat_map(|one| list(one, "/metadata/ownerReferences"))
        .filter(|one| one.get("controller").and_then(Value::as_bool) == Some(true))
        .map(|one| text(one, "/uid").to_owned())
        .collect();
    let free = |one: &&Value| !owned.contains(text(one, "/metadata/uid"));
    let of = |kind: &(&str, &str)| objects.of_kind(kind.0, kind.1);
    kinds.iter().flat_map(of).filter(free).cloned().collect()
}

fn owner_reference(owner: &Value) -> Value {
    json!([{
        "apiVersion": text(owner, "/apiVersion"), "kind": text(owner, "/kind"),
        "name": text(owner, "/metadata/name"), "uid": text(owner, "/metadata/uid"),
        "controller": true, "blockOwnerDeletion": true,
    }])
}

fn replica_set(deployment: &Value) -> Value {
    let name = text(deployment, "/metadata/name");
    let namespace = text(deployment, "/metadata/namespace");
    let revision = suffix(&deployment["spec"]["template"].to_string(), 10);
    let name = format!("{name}-{revision}");
    let mut template = deployment["spec"]["template"].clone();
    if let Some(labels) = fields(&mut template, &["metadata", "labels"]) {
        labels.insert("pod-template-hash".to_owned(), json!(revision));
    }
    let mut selector = deployment["spec"]["selector"].clone();
    if let Some(labels) = fields(&mut selector, &["matchLabels"]) {
        labels.insert("pod-template-hash".to_owned(), json!(revision));
    }
    let count = replicas(deployment);
    json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": name, "namespace": namespace,
            "uid": uid(&format!("{}/{revision}", text(deployment, "/metadata/uid"))),
            "labels": template["metadata"]["labels"],
            "ownerReferences": owner_reference(deployment),
        },
        "spec": { "replicas": count, "selector": selector, "template": template },
        "status": { "replicas": count, "readyReplicas": count, "availableReplicas": count },
    })
}

fn replicas(owner: &Value) -> u64 {
    owner.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1)
}

/// The pods of a workload; of a DaemonSet one on each node.
fn pods(owner: &Value, nodes: &[Value]) -> Vec<Value> {
    let Some(template) = owner.pointer("/spec/template").filter(|one| one.is_object()) else {
        return Vec::new();
    };
    let kind = text(owner, "/kind");
    let name = text(owner, "/metadata/name");
    let count = match kind {
        "DaemonSet" => nodes.len() as u64,
        "Job" => owner.pointer("/spec/parallelism").and_then(Value::as_u64).unwrap_or(1),
        _ => replicas(owner),
    };
    let one = |number: u64| {
        let own = match kind {
            "StatefulSet" => format!("{name}-{number}"),
            _ => format!("{name}-{}", suffix(&format!("{name}/{number}"), 5)),
        };
        let added: Vec<(&str, String)> = match kind {
            "StatefulSet" => vec![
                ("apps.kubernetes.io/pod-index", number.to_string()),
                ("controller-revision-hash", format!("{name}-{}", suffix(name, 10))),
                ("statefulset.kubernetes.io/pod-name", own.clone()),
            ],
            "DaemonSet" => vec![
                ("controller-revision-hash", suffix(name, 10)),
                ("pod-template-generation", "1".to_owned()),
            ],
            "Job" => vec![
                ("batch.kubernetes.io/controller-uid", text(owner, "/metadata/uid").to_owned()),
                ("batch.kubernetes.io/job-name", name.to_owned()),
            ],
            _ => Vec::new(),
        };
        let mut pod = json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": template.get("metadata").cloned().unwrap_or_else(|| json!({})),
            "spec": template.get("spec").cloned().unwrap_or_else(|| json!({})),
        });
        if let Some(metadata) = fields(&mut pod, &["metadata"]) {
            metadata.insert("name".to_owned(), json!(own));
            metadata.insert("namespace".to_owned(), json!(text(owner, "/metadata/namespace")));
            metadata.insert("ownerReferences".to_owned(), owner_reference(owner));
        }
        if let Some(labels) = fields(&mut pod, &["metadata", "labels"]) {
            labels.extend(added.into_iter().map(|(key, value)| (key.to_owned(), json!(value))));
        }
        if let (true, Some(spec), Some(node)) = (
            kind == "DaemonSet",
            fields(&mut pod, &["spec"]),
            nodes.get(usize::try_from(number).unwrap_or(usize::MAX)),
        ) {
            spec.insert("nodeName".to_owned(), json!(text(node, "/metadata/name")));
        }
        pod
    };
    (0..count).map(one).collect()
}
