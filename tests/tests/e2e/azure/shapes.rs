//! What the simulator serves has the shape that Microsoft publishes: the same properties, of the same types.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use posture_sim::azure::Resource;
use posture_tests::azure::{account, example};
use serde_json::{Map, Value};

/// The types of the values at each path, by the type of the resource in small letters.
type Shapes = BTreeMap<String, BTreeMap<String, BTreeSet<&'static str>>>;

/// What the published examples do not show, with the reason (the reference is
/// that of [Resource Manager](https://learn.microsoft.com/en-us/rest/api/azure/)); a path includes everything below it.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "Microsoft.Authorization/policyAssignments",
        ".properties.parameters",
        "parameters have the names that the definition gives them",
    ),
    (
        "Microsoft.Authorization/policySetDefinitions",
        "",
        "no example is at hand; written after the reference",
    ),
    (
        "Microsoft.Compute/virtualMachines",
        ".identity.userAssignedIdentities",
        "the keys are the ids of the identities",
    ),
    (
        "Microsoft.ContainerService/managedClusters",
        ".properties.disableLocalAccounts",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.ContainerService/managedClusters",
        ".properties.networkProfile.networkPolicy",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "",
        "no example is at hand; written after the reference",
    ),
    ("Microsoft.HybridCompute/machines", "", "no example is at hand; written after the reference"),
    (
        "Microsoft.Insights/diagnosticSettings",
        ".properties.logs[].category",
        "the examples switch groups of categories on, the reference names both",
    ),
    (
        "Microsoft.KeyVault/vaults",
        ".properties.enablePurgeProtection",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.KeyVault/vaults",
        ".properties.enableRbacAuthorization",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.KeyVault/vaults/keys",
        ".properties.attributes.exp",
        "the keys of the examples do not end; in the reference",
    ),
    (
        "Microsoft.KeyVault/vaults/keys",
        ".properties.rotationPolicy",
        "the keys of the examples do not rotate; in the reference",
    ),
    (
        "Microsoft.KeyVault/vaults/secrets",
        ".properties.attributes.exp",
        "the secrets of the examples do not end; in the reference",
    ),
    (
        "Microsoft.Network/networkSecurityGroups",
        ".properties.subnets",
        "the groups of the examples filter nothing; in the reference",
    ),
    (
        "Microsoft.Network/publicIPAddresses",
        ".sku",
        "left out by the examples of lists, in the reference",
    ),
    (
        "Microsoft.Network/virtualNetworks",
        ".properties.subnets[].properties.networkSecurityGroup",
        "left out by the examples of lists, in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts",
        ".properties.allowCrossTenantReplication",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts",
        ".properties.defaultToOAuthAuthentication",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts",
        ".properties.privateEndpointConnections[]",
        "the examples have none; in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts/blobServices",
        ".properties.containerDeleteRetentionPolicy",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts/fileServices",
        ".properties.protocolSettings",
        "left out by the examples, in the reference",
    ),
    (
        "Microsoft.Storage/storageAccounts/fileServices",
        ".properties.shareDeleteRetentionPolicy",
        "left out by the examples, in the reference",
    ),
    ("Microsoft.Subscription/policies", "", "no example is at hand; written after the reference"),
    (
        "microsoft.aadiam/diagnosticSettings",
        "",
        "no example is at hand; written after the reference",
    ),
    (
        "microsoft.intune/diagnosticSettings",
        "",
        "no reference is published; the form is that of the directory's",
    ),
];

/// The published examples are beside the project, where they are there at all.
fn examples() -> Option<PathBuf> {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?.join("shared/azure-examples");
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|end| end == "json") {
            found.push(path);
        }
    }
}

/// The type of a resource: as it says itself, or else as its id says.
fn kind(resource: &Map<String, Value>) -> Option<String> {
    let stated = resource.get("type").and_then(Value::as_str).filter(|kind| kind.contains('/'));
    if let Some(kind) = stated {
        return Some(kind.to_ascii_lowercase());
    }
    let id = resource.get("id")?.as_str()?.to_ascii_lowercase();
    let mut words = id.rsplit_once("/providers/")?.1.split('/');
    let namespace = words.next()?;
    let kinds: Vec<&str> = words.step_by(2).collect();
    Some(format!("{namespace}/{}", kinds.join("/")))
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// Adds the paths of a value.
fn walk(value: &Value, path: &str, seen: &mut BTreeMap<String, BTreeSet<&'static str>>) {
    seen.entry(path.to_owned()).or_default().insert(type_of(value));
    match value {
        Value::Array(items) => {
            items.iter().for_each(|item| walk(item, &format!("{path}[]"), seen));
        }
        Value::Object(map) => {
            map.iter().for_each(|(name, value)| walk(value, &format!("{path}.{name}"), seen));
        }
        _ => {}
    }
}

/// Adds every resource at any depth of a published answer.
fn published(value: &Value, shapes: &mut Shapes) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| published(item, shapes)),
        Value::Object(map) => {
            if let Some(kind) = kind(map) {
                walk(value, "", shapes.entry(kind).or_default());
            }
            map.values().for_each(|value| published(value, shapes));
        }
        _ => {}
    }
}

/// Adds a resource of a scenario with those in it.
fn served(resource: &Resource, parent: Option<&str>, shapes: &mut Shapes) {
    let kind = match parent {
        Some(parent) if !resource.kind.contains('/') => format!("{parent}/{}", resource.kind),
        _ => resource.kind.clone(),
    };
    let seen = shapes.entry(kind.to_ascii_lowercase()).or_default();
    for (name, value) in &resource.top {
        walk(value, &format!(".{name}"), seen);
    }
    for (name, value) in &resource.properties {
        walk(value, &format!(".properties.{name}"), seen);
    }
    for inner in resource.children.iter().chain(&resource.extensions) {
        served(inner, Some(&kind), shapes);
    }
}

#[test]
fn what_is_served_has_the_shape_that_is_published() {
    let Some(folder) = examples() else {
        // Past the capture of output, so that it is seen that nothing was compared.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED: the published examples of Azure are not here");
        return;
    };
    let (mut found, mut known, mut ours) = (Vec::new(), Shapes::new(), Shapes::new());
    files(&folder, &mut found);
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        let example: Value = serde_json::from_str(&text).unwrap();
        published(&example["responses"], &mut known);
    }
    let tenant = example();
    for resource in tenant.subscriptions.iter().flat_map(|s| &s.resources) {
        served(resource, None, &mut ours);
    }
    served(&account("records"), None, &mut ours);
    for resource in &tenant.tenant_resources {
        published(resource, &mut ours);
    }
    let mut odd = Vec::new();
    let mut used = BTreeSet::new();
    for (kind, paths) in &ours {
        for (path, types) in paths {
            let exception = EXCEPTIONS.iter().position(|(of, prefix, _)| {
                of.eq_ignore_ascii_case(kind)
                    && path.strip_prefix(prefix).is_some_and(|rest| {
                        rest.is_empty() || rest.starts_with('.') || rest.starts_with('[')
                    })
            });
            if let Some(place) = exception {
                used.insert(place);
                continue;
            }
            match known.get(kind).map(|known| known.get(path)) {
                None => odd.push(format!("{kind}: no example")),
                Some(None) => odd.push(format!("{kind}{path}: not in the examples")),
                Some(Some(known)) if !types.is_subset(known) => {
                    odd.push(format!("{kind}{path}: {types:?} and not {known:?}"));
                }
                Some(Some(_)) => {}
            }
        }
    }
    odd.dedup();
    assert!(odd.is_empty(), "{odd:#?}");
    let idle: Vec<_> = (0..EXCEPTIONS.len()).filter(|place| !used.contains(place)).collect();
    assert!(idle.is_empty(), "exceptions without use: {idle:?}");
}
