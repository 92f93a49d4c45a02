//! How clients find what is served: document by document, and all at once
//! ([aggregated discovery](https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery), read on 2026-11-30).

use serde_json::{Value, json};

use super::request::Form;
use super::resources::{Resource, Resources};
use super::status::Reply;

/// What is at a path of discovery; nothing if it is not one, or not of a group that is served.
pub(crate) fn answer(
    resources: &Resources,
    path: &str,
    form: Form,
    address: &str,
) -> Option<Reply> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let addresses = json!([{ "clientCIDR": "0.0.0.0/0", "serverAddress": address }]);
    let document = match (parts.as_slice(), form) {
        (["api"], Form::Discovery(version)) => {
            let core = vec![(String::new(), vec!["v1".to_owned()])];
            return Some(aggregated(resources, &core, version));
        }
        (["apis"], Form::Discovery(version)) => {
            return Some(aggregated(resources, &resources.groups(), version));
        }
        (["api"], _) => json!({
            "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": addresses,
        }),
        (["apis"], _) => {
            let groups: Vec<Value> = resources.groups().iter().map(group_document).collect();
            json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
        }
        (["api", "v1"], _) => version_document(resources, "", "v1"),
        (["apis", group], _) => {
            let found = resources.groups().into_iter().find(|(name, _)| name == group)?;
            let mut document = group_document(&found);
            document["kind"] = json!("APIGroup");
            document["apiVersion"] = json!("v1");
            document
        }
        (["apis", group, version], _) => {
            let groups = resources.groups();
            let (_, versions) = groups.iter().find(|(name, _)| name == group)?;
            if !versions.iter().any(|one| one == version) {
                return None;
            }
            if resources.is_unavailable(group, version) {
                return Some(Reply::unavailable());
            }
            version_document(resources, group, version)
        }
        _ => return None,
    };
    Some(Reply::json(document.to_string()))
}

fn group_document((group, versions): &(String, Vec<String>)) -> Value {
    let of = |version: &String| json!({ "groupVersion": format!("{group}/{version}"), "version": version });
    let versions: Vec<Value> = versions.iter().map(of).collect();
    json!({ "name": group, "preferredVersion": versions.first(), "versions": versions })
}

/// What may be done with a subresource, as far as clients of discovery care.
fn verbs_of(subresource: &str) -> &'static [&'static str] {
    match subresource {
        "status" | "scale" | "approval" | "ephemeralcontainers" => &["get", "patch", "update"],
        "log" => &["get"],
        "exec" | "attach" | "portforward" => &["create", "get"],
        "proxy" => &["create", "delete", "get", "patch", "update"],
        "finalize" => &["update"],
        _ => &["create"],
    }
}

fn version_document(resources: &Resources, group: &str, version: &str) -> Value {
    let mut all = Vec::new();
    for resource in resources.within(group, version) {
        let mut entry = json!({
            "name": resource.plural, "singularName": resource.singular, "namespaced": resource.namespaced,
            "kind": resource.kind, "verbs": resource.verbs,
        });
        if !resource.short.is_empty() {
            entry["shortNames"] = json!(resource.short);
        }
        all.push(entry);
        for subresource in &resource.subresources {
            all.push(json!({
                "name": format!("{}/{subresource}", resource.plural), "singularName": "",
                "namespaced": resource.namespaced, "kind": resource.kind, "verbs": verbs_of(subresource),
            }));
        }
    }
    let group_version =
        if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": all,
    })
}

fn aggregated(resources: &Resources, groups: &[(String, Vec<String>)], version: &str) -> Reply {
    let entry = |resource: &Resource| {
        let kind = json!({ "group": "", "version": "", "kind": resource.kind });
        let mut entry = json!({
            "resource": resource.plural, "responseKind": kind,
            "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
            "singularResource": resource.singular, "verbs": resource.verbs,
        });
        if !resource.short.is_empty() {
            entry["shortNames"] = json!(resource.short);
        }
        if !resource.subresources.is_empty() {
            let inner = |name: &String| json!({ "subresource": name, "responseKind": kind, "verbs": verbs_of(name) });
            entry["subresources"] = resource.subresources.iter().map(inner).collect();
        }
        entry
    };
    let of_version = |group: &str, version: &String| {
        // What does not answer is listed by its name alone.
        if resources.is_unavailable(group, version) {
            return json!({ "version": version, "freshness": "Stale" });
        }
        let all: Vec<Value> = resources.within(group, version).into_iter().map(entry).collect();
        json!({ "version": version, "resources": all, "freshness": "Current" })
    };
    let of_group = |(group, versions): &(String, Vec<String>)| {
        let metadata = if group.is_empty() { json!({}) } else { json!({ "name": group }) };
        let versions: Vec<Value> = versions.iter().map(|one| of_version(group, one)).collect();
        json!({ "metadata": metadata, "versions": versions })
    };
    let items: Vec<Value> = groups.iter().map(of_group).collect();
    let body = json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": format!("apidiscovery.k8s.io/{version}"),
        "metadata": {}, "items": items,
    });
    let kind =
        format!("application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList");
    Reply::typed(&body, &kind)
}
