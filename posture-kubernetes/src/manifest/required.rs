//! Fields without which the server rejects a workload, and those that exclude each other.
//!
//! Source: the validation of [pods](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go) and of
//! [workloads](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/apps/validation/validation.go) by the API server, read on
//! 2026-12-01.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::labels::{Labels, Selector};
use crate::open::Open;
use crate::read::{Invalid, Object, below};
use crate::workload::{PodOf, path_of};

/// The kinds that have to select the pods of their template.
const SELECTING: [&str; 4] = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"];

/// Fails for a workload that every server rejects.
pub(super) fn check(kind: &str, object: &Value) -> Result<(), Invalid> {
    let Some(path) = path_of(kind) else { return Ok(()) };
    let Some(pod) = PodOf::find(object)? else {
        return Err(Invalid::new(path, "is missing"));
    };
    if SELECTING.contains(&kind) {
        selector(object, &pod)?;
    }
    let mut spec = Object::of(pod.value, pod.path)?.object("spec")?;
    let place = below(pod.path, "spec");
    let containers = match &mut spec {
        Some(spec) => spec.objects("containers")?,
        None => Vec::new(),
    };
    let Some(mut spec) = spec.filter(|_| !containers.is_empty()) else {
        return Err(Invalid::new(below(&place, "containers"), "at least one container is needed"));
    };
    let host = spec.boolean("hostNetwork")? == Some(true);
    if let Some(context) = spec.object("securityContext")? {
        profiles(context)?;
    }
    let mut names = BTreeSet::new();
    for kind in ["containers", "initContainers", "ephemeralContainers"] {
        for mut container in spec.objects(kind)? {
            let name = container.text("name")?.unwrap_or_default();
            if name.is_empty() {
                return Err(container.error("name", "is missing"));
            }
            if !names.insert(name) {
                return Err(container.error("name", "another container has this name"));
            }
            if let Some(context) = container.object("securityContext")? {
                profiles(context)?;
            }
            if host && kind == "containers" {
                ports(&mut container)?;
            }
        }
    }
    Ok(())
}

fn selector(object: &Value, pod: &PodOf<'_>) -> Result<(), Invalid> {
    let spec = Object::of(object, "")?.object("spec")?;
    let selector = match spec {
        Some(mut spec) => spec.object("selector")?.map(Selector::read).transpose()?,
        None => None,
    };
    let Some(selector) = selector.filter(|selector| !selector.is_empty()) else {
        return Err(Invalid::new("spec.selector", "is missing, and is needed to find the pods"));
    };
    let labels = match Object::of(pod.value, pod.path)?.object("metadata")? {
        Some(mut metadata) => metadata.map("labels")?,
        None => Vec::new(),
    };
    let hidden = |_: &str| Open::Namespace { namespace: String::new() };
    match selector.matches(&Labels::exactly(labels), hidden) {
        posture_model::tri::Tri::No => Err(Invalid::new(
            below(pod.path, "metadata.labels"),
            "spec.selector does not select these labels",
        )),
        _ => Ok(()),
    }
}

/// A profile names a file of the node, if its type is for one, and only then.
fn profiles(mut context: Object<'_>) -> Result<(), Invalid> {
    for field in ["seccompProfile", "appArmorProfile"] {
        let Some(mut profile) = context.object(field)? else { continue };
        let of = profile.text("type")?.unwrap_or_default();
        let file = profile.text("localhostProfile")?;
        match (of, file) {
            ("", _) => return Err(profile.error("type", "is missing")),
            ("Localhost", None | Some("")) => {
                let message = "is missing, and the type is Localhost";
                return Err(profile.error("localhostProfile", message));
            }
            ("Localhost", Some(_)) | (_, None) => {}
            (_, Some(_)) => {
                let message = "can be set for the type Localhost only";
                return Err(profile.error("localhostProfile", message));
            }
        }
    }
    Ok(())
}

/// In the network of the node, a port of a container is that of the node.
fn ports(container: &mut Object<'_>) -> Result<(), Invalid> {
    for mut port in container.objects("ports")? {
        let own = port.integer("containerPort")?;
        if port.integer("hostPort")?.is_some_and(|host| host != 0 && Some(host) != own) {
            return Err(port.error("hostPort", "is not containerPort, and hostNetwork is true"));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "required_tests.rs"]
mod tests;
