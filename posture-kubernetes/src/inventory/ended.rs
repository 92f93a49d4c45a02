//! What runs nothing any more, and what no object of the API changes.

use super::objects::Observed;
use crate::read::{Invalid, Object};

/// Whether a pod has ended.
pub(super) fn has_ended(of: &Observed<'_>) -> Result<bool, Invalid> {
    let mut object = Object::of(of.object, "")?;
    let phase = match object.object("status")? {
        Some(mut status) => status.text("phase")?,
        None => None,
    };
    Ok(matches!(phase, Some("Succeeded" | "Failed")))
}

/// Whether an object runs nothing any more: a job that is done, or a replica set of another controller without a replica.
pub(super) fn is_history(of: &Observed<'_>) -> Result<bool, Invalid> {
    let mut object = Object::of(of.object, "")?;
    match of.kind.as_str() {
        "Job" => {
            let Some(mut status) = object.object("status")? else { return Ok(false) };
            for mut condition in status.objects("conditions")? {
                let is_end = matches!(condition.text("type")?, Some("Complete" | "Failed"));
                if is_end && condition.text("status")? == Some("True") {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        "ReplicaSet" if of.controller.is_some() => {
            let replicas = match object.object("spec")? {
                Some(mut spec) => spec.integer("replicas")?,
                None => None,
            };
            Ok(replicas == Some(0))
        }
        _ => Ok(false),
    }
}

/// Whether a pod mirrors a static pod of its node: it belongs to the node that runs it. The annotation alone is what everyone can write
/// who creates pods; the kubelet of a node deletes a mirror that it did not make.
/// [Source](https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/).
pub(super) fn is_static(of: &Observed<'_>) -> Result<bool, Invalid> {
    let mut object = Object::of(of.object, "")?;
    if of.kind != "Pod" {
        return Ok(false);
    }
    let Some(mut metadata) = object.object("metadata")? else { return Ok(false) };
    let mirrors = match metadata.object("annotations")? {
        Some(mut annotations) => annotations.get("kubernetes.io/config.mirror").is_some(),
        None => false,
    };
    let node = match object.object("spec")? {
        Some(mut spec) => spec.text("nodeName")?.filter(|node| !node.is_empty()),
        None => None,
    };
    let mut of_node = false;
    for mut owner in metadata.objects("ownerReferences")? {
        let is_node = owner.text("kind")? == Some("Node");
        of_node |= is_node && node.is_some() && owner.text("name")? == node;
    }
    Ok(mirrors && of_node)
}
