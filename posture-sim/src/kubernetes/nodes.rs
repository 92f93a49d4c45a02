//! What pods get when they run: the token of their account, a node, and the status that the kubelet reports.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::cluster::Objects;
use super::json::{default, each, fields, hash, list, suffix, text};

/// Gives every pod its account, the token of it, a node and a status.
pub(crate) fn schedule(objects: &mut Objects, nodes: &[Value]) {
    let mounts: BTreeMap<(String, String), bool> = objects
        .of_kind("", "ServiceAccount")
        .into_iter()
        .map(|account| {
            let of = |path: &str| text(account, path).to_owned();
            let mounts = account.get("automountServiceAccountToken").and_then(Value::as_bool);
            ((of("/metadata/namespace"), of("/metadata/name")), mounts.unwrap_or(true))
        })
        .collect();
    let pods = objects
        .all_mut()
        .filter(|one| text(one, "/kind") == "Pod" && text(one, "/apiVersion") == "v1");
    for (number, pod) in pods.enumerate() {
        let is_mirror = pod.pointer("/metadata/annotations/kubernetes.io~1config.mirror").is_some();
        let namespace = text(pod, "/metadata/namespace").to_owned();
        let name = text(pod, "/metadata/name").to_owned();
        let Some(spec) = fields(pod, &["spec"]) else { continue };
        // The kubelet makes mirror pods, without an account.
        if !is_mirror {
            default(spec, "serviceAccountName", "default");
            let account = spec.get("serviceAccountName").and_then(Value::as_str);
            let account = (namespace, account.unwrap_or_default().to_owned());
            let mounted = spec.get("automountServiceAccountToken").and_then(Value::as_bool);
            if mounted.unwrap_or_else(|| mounts.get(&account).copied().unwrap_or(true)) {
                mount_token(spec, &name);
            }
        }
        if let Some(node) = nodes.get(number % nodes.len().max(1)) {
            default(spec, "nodeName", text(node, "/metadata/name"));
        }
        run_on_node(pod, number, nodes);
    }
}

const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The volume with the token, in every container that has nothing there.
fn mount_token(spec: &mut Map<String, Value>, pod: &str) {
    let volume = format!("kube-api-access-{}", suffix(pod, 5));
    let mut used = false;
    for list in ["initContainers", "containers"] {
        for container in each(spec, list) {
            default(container, "volumeMounts", json!([]));
            let Some(Value::Array(mounts)) = container.get_mut("volumeMounts") else { continue };
            if mounts.iter().any(|one| text(one, "/mountPath") == TOKEN) {
                continue;
            }
            mounts.push(json!({ "name": volume, "mountPath": TOKEN, "readOnly": true }));
            used = true;
        }
    }
    default(spec, "volumes", json!([]));
    let Some(Value::Array(volumes)) = spec.get_mut("volumes") else { return };
    if used {
        volumes.push(json!({ "name": volume, "projected": { "defaultMode": 420, "sources": [
            { "serviceAccountToken": { "expirationSeconds": 3607, "path": "token" } },
            { "configMap": { "name": "kube-root-ca.crt", "items": [{ "key": "ca.crt", "path": "ca.crt" }] } },
            { "downwardAPI": { "items": [{
                "path": "namespace", "fieldRef": { "apiVersion": "v1", "fieldPath": "metadata.namespace" },
            }] } },
        ] } }));
    }
}

/// Sets what the kubelet reports, unless the world has a status.
fn run_on_node(pod: &mut Value, number: usize, nodes: &[Value]) {
    let node = text(pod, "/spec/nodeName").to_owned();
    if node.is_empty() {
        if let Some(status) = fields(pod, &["status"]) {
            default(status, "phase", "Pending");
        }
        return;
    }
    let addresses = nodes
        .iter()
        .find(|one| text(one, "/metadata/name") == node)
        .map_or(&[][..], |node| list(node, "/status/addresses"));
    let host = addresses
        .iter()
        .find(|one| text(one, "/type") == "InternalIP")
        .map_or("192.168.0.1", |one| text(one, "/address"));
    let on_node = pod.pointer("/spec/hostNetwork").and_then(Value::as_bool) == Some(true);
    let own = match on_node {
        true => host.to_owned(),
        false => {
            format!("10.{}.{}.{}", 128 + number / 65_536 % 128, number / 256 % 256, number % 256)
        }
    };
    let statuses = |containers: &str, state: &Value| -> Vec<Value> {
        let one = |one: &Value| {
            let (name, image) = (text(one, "/name"), text(one, "/image"));
            json!({
                "name": name, "image": image, "imageID": image_id(image), "ready": true, "restartCount": 0,
                "containerID": format!("containerd://{:064x}", hash(&format!("{number}/{name}"))),
                "state": state,
            })
        };
        list(pod, containers).iter().map(one).collect()
    };
    let containers = statuses(
        "/spec/containers",
        &json!({ "running": { "startedAt": "2026-01-01T00:00:00Z" } }),
    );
    let ended = json!({ "terminated": { "exitCode": 0, "reason": "Completed" } });
    let first = statuses("/spec/initContainers", &ended);
    let host = host.to_owned();
    let Some(status) = fields(pod, &["status"]) else { return };
    default(status, "phase", "Running");
    default(status, "hostIP", host);
    default(status, "podIPs", json!([{ "ip": own }]));
    default(status, "podIP", own);
    default(status, "conditions", json!([{ "type": "Ready", "status": "True" }]));
    default(status, "containerStatuses", Value::Array(containers));
    if !first.is_empty() {
        default(status, "initContainerStatuses", Value::Array(first));
    }
}

/// What a runtime reports for an image: its name with a digest.
fn image_id(image: &str) -> String {
    if image.contains('@') {
        return image.to_owned();
    }
    let end = image.rfind('/').map_or(0, |slash| slash + 1);
    let name = match image.get(end..).and_then(|name| name.find(':')) {
        Some(colon) => image.get(..end + colon).unwrap_or(image),
        None => image,
    };
    let digest: String =
        (0..4).map(|part| format!("{:016x}", hash(&format!("{image}/{part}")))).collect();
    format!("{name}@sha256:{digest}")
}
