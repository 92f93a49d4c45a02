//! What the server fills in where an object leaves it out, as far as an audit reads it.
//!
//! [Defaults](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/v1/defaults.go) of pods, templates and services, and of
//! [network policies](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/networking/v1/defaults.go) and
//! [subjects](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/v1/defaults.go), read on 2026-11-30.

use serde_json::{Map, Value, json};

use super::json::{default, each, fields, text};

type Fields = Map<String, Value>;

/// Fills in the fields of an object.
pub(crate) fn fill_in(object: &mut Value) {
    let kind = text(object, "/kind").to_owned();
    let path: &[&str] = match kind.as_str() {
        "Pod" => &["spec"],
        "Deployment"
        | "ReplicaSet"
        | "StatefulSet"
        | "DaemonSet"
        | "Job"
        | "ReplicationController" => &["spec", "template", "spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "PodTemplate" => &["template", "spec"],
        _ => &[],
    };
    if !path.is_empty() {
        if let Some(spec) = fields(object, path) {
            pod(spec, kind == "Pod");
        }
        return;
    }
    match kind.as_str() {
        "Namespace" => {
            if let Some(status) = fields(object, &["status"]) {
                default(status, "phase", "Active");
            }
        }
        "Service" => {
            if let Some(spec) = fields(object, &["spec"]) {
                service(spec);
            }
        }
        "NetworkPolicy" if object.pointer("/spec/policyTypes").is_none() => {
            let egress = object.pointer("/spec/egress").and_then(Value::as_array);
            let types = match egress.is_some_and(|rules| !rules.is_empty()) {
                true => json!(["Ingress", "Egress"]),
                false => json!(["Ingress"]),
            };
            if let Some(spec) = fields(object, &["spec"]) {
                default(spec, "policyTypes", types);
            }
        }
        "RoleBinding" | "ClusterRoleBinding" => {
            let Some(binding) = object.as_object_mut() else { return };
            for subject in each(binding, "subjects") {
                let account = subject.get("kind").is_some_and(|kind| kind == "ServiceAccount");
                if !account {
                    default(subject, "apiGroup", "rbac.authorization.k8s.io");
                }
            }
        }
        _ => {}
    }
}

fn pod(spec: &mut Fields, is_pod: bool) {
    default(spec, "restartPolicy", "Always");
    default(spec, "dnsPolicy", "ClusterFirst");
    default(spec, "schedulerName", "default-scheduler");
    default(spec, "terminationGracePeriodSeconds", 30);
    // Its presence proves nothing.
    default(spec, "securityContext", json!({}));
    if is_pod {
        default(spec, "enableServiceLinks", true);
    }
    let on_node = spec.get("hostNetwork").and_then(Value::as_bool) == Some(true);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in each(spec, list) {
            let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
            default(container, "imagePullPolicy", pull_policy(image));
            default(container, "terminationMessagePath", "/dev/termination-log");
            default(container, "terminationMessagePolicy", "File");
            default(container, "resources", json!({}));
            for port in each(container, "ports") {
                default(port, "protocol", "TCP");
                // Of pods only: templates stay as they are.
                if let (true, true, Some(number)) =
                    (on_node, is_pod, port.get("containerPort").cloned())
                {
                    default(port, "hostPort", number);
                }
            }
        }
    }
}

/// `Always` for the tag `latest` and for none, unless there is a digest.
fn pull_policy(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or(image);
    let latest = match name.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => true,
    };
    if latest && !image.contains('@') { "Always" } else { "IfNotPresent" }
}

fn service(spec: &mut Fields) {
    default(spec, "type", "ClusterIP");
    default(spec, "sessionAffinity", "None");
    let kind = spec.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    if matches!(kind.as_str(), "LoadBalancer" | "NodePort") {
        default(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        default(spec, "allocateLoadBalancerNodePorts", true);
    }
    let opens = kind == "NodePort"
        || kind == "LoadBalancer"
            && spec.get("allocateLoadBalancerNodePorts").and_then(Value::as_bool) == Some(true);
    for port in each(spec, "ports") {
        default(port, "protocol", "TCP");
        if let Some(number) = port.get("port").cloned() {
            // In the range that servers allocate from by default: 30000 to 32767.
            let node_port = number.as_u64().map(|number| 30_000 + number % 2768);
            default(port, "targetPort", number);
            if let (true, Some(node_port)) = (opens, node_port) {
                default(port, "nodePort", node_port);
            }
        }
    }
}
