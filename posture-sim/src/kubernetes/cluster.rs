//! From the objects of a world to those of a cluster.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::json::{default, fields, group_version, text, uid};
use super::resources::Resources;
use super::world::World;
use super::{bootstrap, controllers, defaults};
use crate::declared::Error;

/// What a cluster holds and serves.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) resources: Resources,
    /// Each with `apiVersion`, `kind`, and the metadata that the server gives.
    pub(crate) objects: Vec<Value>,
}

/// When objects were made that do not have a time: long enough ago.
const CREATED: &str = "2026-01-01T00:00:00Z";

/// By group, kind, namespace and name: the version is not part of an identity.
type Key = (String, String, String, String);

fn key(object: &Value) -> Key {
    let (group, _) = group_version(text(object, "/apiVersion"));
    let of = |path: &str| text(object, path).to_owned();
    (group.to_owned(), of("/kind"), of("/metadata/namespace"), of("/metadata/name"))
}

/// Objects by identity.
#[derive(Debug, Default)]
pub(crate) struct Objects(BTreeMap<Key, Value>);

impl Objects {
    /// Adds an object, in place of one with its identity.
    pub(crate) fn put(&mut self, object: Value) {
        self.0.insert(key(&object), object);
    }

    /// Adds an object, unless there is one with its identity.
    pub(crate) fn put_new(&mut self, object: Value) {
        self.0.entry(key(&object)).or_insert(object);
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.0.values()
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.values_mut()
    }

    pub(crate) fn of_kind(&self, group: &str, kind: &str) -> Vec<&Value> {
        let start = (group.to_owned(), kind.to_owned(), String::new(), String::new());
        let same = |key: &Key| key.0 == group && key.1 == kind;
        self.0.range(start..).take_while(|(key, _)| same(key)).map(|(_, object)| object).collect()
    }
}

/// The cluster of a world.
pub(crate) fn complete(world: &World) -> Result<Cluster, Error> {
    let resources = Resources::of(world.minor()?, &world.objects);
    let mut objects = Objects::default();
    if world.bootstrap {
        bootstrap::objects().into_iter().for_each(|object| objects.put(object));
        controllers::api_services(&resources).into_iter().for_each(|object| objects.put(object));
    }
    for object in &world.objects {
        objects.put(placed(object.clone(), &resources)?);
    }
    let namespaces: BTreeSet<String> =
        objects.all().map(|one| text(one, "/metadata/namespace").to_owned()).collect();
    for name in namespaces.iter().filter(|name| !name.is_empty()) {
        objects.put_new(bootstrap::namespace(name));
    }
    let seal = |objects: &mut Objects| {
        for (number, object) in objects.all_mut().enumerate() {
            sealed(object, &world.name, number);
        }
    };
    // Controllers refer to what they work on by its uid.
    seal(&mut objects);
    if world.controllers {
        controllers::run(&mut objects);
        seal(&mut objects);
        objects.all_mut().for_each(defaults::fill_in);
    }
    Ok(Cluster { resources, objects: objects.0.into_values().collect() })
}

/// An object in its namespace; an error if the cluster does not serve it.
fn placed(mut object: Value, resources: &Resources) -> Result<Value, Error> {
    let (api_version, kind) = (text(&object, "/apiVersion"), text(&object, "/kind"));
    let (group, version) = group_version(api_version);
    let name = text(&object, "/metadata/name");
    let wrong =
        |why: &str| Err(Error::Objects(format!("{kind} `{name}` of `{api_version}`: {why}")));
    let Some(resource) = resources.of_kind(group, version, kind) else {
        return wrong(
            "this version of Kubernetes does not serve it, and no CustomResourceDefinition defines it",
        );
    };
    if name.is_empty() {
        return wrong("it has no name");
    }
    match (resource.namespaced, text(&object, "/metadata/namespace")) {
        (false, "") => {}
        (false, _) => return wrong("its kind is not in a namespace"),
        (true, "") => {
            if let Some(metadata) = fields(&mut object, &["metadata"]) {
                metadata.insert("namespace".to_owned(), json!("default"));
            }
        }
        (true, _) => {}
    }
    Ok(object)
}

/// Gives an object the metadata that every stored object has.
fn sealed(object: &mut Value, cluster: &str, number: usize) {
    let (group, kind, namespace, name) = key(object);
    let has_spec = object.get("spec").is_some();
    let Some(metadata) = fields(object, &["metadata"]) else { return };
    default(metadata, "uid", uid(&format!("{cluster}/{group}/{kind}/{namespace}/{name}")));
    default(metadata, "creationTimestamp", CREATED);
    default(metadata, "resourceVersion", (number + 1).to_string());
    if has_spec {
        default(metadata, "generation", 1);
    }
    if kind == "Namespace"
        && group.is_empty()
        && let Some(labels) = fields(object, &["metadata", "labels"])
    {
        labels.insert("kubernetes.io/metadata.name".to_owned(), json!(name));
    }
}
