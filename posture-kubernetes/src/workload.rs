//! Where each kind of workload holds its pods.

use std::collections::BTreeMap;

use posture_model::dated::Dated;
use serde_json::Value;

use crate::labels::{Hidden, Labels};
use crate::read::{Invalid, Object};

/// Labels that the controllers of a kind add to the pods that they make of a template.
static ADDED: Dated<(&str, &[&str])> = Dated::new(
    &["https://kubernetes.io/docs/reference/labels-annotations-taints/"],
    "2026-12-01",
    &[
        ("CronJob", OF_JOBS),
        ("DaemonSet", &["controller-revision-hash", "pod-template-generation"]),
        ("Deployment", &["pod-template-hash"]),
        ("Job", OF_JOBS),
        (
            "StatefulSet",
            &[
                "apps.kubernetes.io/pod-index",
                "controller-revision-hash",
                "statefulset.kubernetes.io/pod-name",
            ],
        ),
    ],
);

const OF_JOBS: &[&str] = &[
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
];

/// The labels of the pods of a template of a kind: those that it sets, and those that controllers add, which are not known.
pub(crate) fn labels_of_template(kind: &str, known: BTreeMap<String, String>) -> Labels {
    let added = ADDED.iter().find(|(of, _)| *of == kind);
    Labels { known, hidden: added.map_or(Hidden::None, |(_, keys)| Hidden::Keys(keys)) }
}

/// The pod of an object, or the template of its pods.
#[derive(Clone, Debug)]
pub struct PodOf<'v> {
    /// The kind of the object that holds it.
    pub kind: String,
    /// The namespace of that object; empty if its manifest does not name one.
    pub namespace: String,
    /// The name of that object.
    pub name: String,
    /// Where in the object it is, such as `spec.template`; empty for a pod.
    pub path: &'static str,
    /// The pod or the template: its `metadata` and its `spec`.
    pub value: &'v Value,
}

/// The kinds that hold pods, and where.
static KINDS: Dated<(&str, &str)> = Dated::new(
    &["https://kubernetes.io/docs/concepts/workloads/"],
    "2026-11-30",
    &[
        ("Pod", ""),
        ("Deployment", "spec.template"),
        ("ReplicaSet", "spec.template"),
        ("StatefulSet", "spec.template"),
        ("DaemonSet", "spec.template"),
        ("ReplicationController", "spec.template"),
        ("Job", "spec.template"),
        ("CronJob", "spec.jobTemplate.spec.template"),
        ("PodTemplate", "template"),
    ],
);

/// The kinds of objects that hold pods.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// Where a kind holds its pods; nothing for a kind without pods.
pub(crate) fn path_of(kind: &str) -> Option<&'static str> {
    KINDS.iter().find(|(name, _)| *name == kind).map(|(_, path)| *path)
}

impl<'v> PodOf<'v> {
    /// The pod of an object of a built-in kind; nothing for a kind without pods, and for a workload without a template.
    ///
    /// # Errors
    /// If what leads to it has the wrong type.
    pub fn find(object: &'v Value) -> Result<Option<Self>, Invalid> {
        let mut fields = Object::of(object, "")?;
        let kind = fields.text("kind")?.unwrap_or_default().to_owned();
        let Some((_, path)) = KINDS.iter().find(|(name, _)| *name == kind) else {
            return Ok(None);
        };
        let mut metadata = fields.object("metadata")?;
        let mut text = |field| match &mut metadata {
            Some(metadata) => metadata.text(field).map(|text| text.unwrap_or_default().to_owned()),
            None => Ok(String::new()),
        };
        let (namespace, name) = (text("namespace")?, text("name")?);
        let mut value = object;
        let mut place = String::new();
        for step in path.split('.').filter(|step| !step.is_empty()) {
            place = crate::read::below(&place, step);
            match value.get(step) {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::Object(_)) => value = &value[step],
                Some(other) => {
                    let found = crate::read::kind_of(other);
                    return Err(Invalid::new(place, format!("not an object but {found}")));
                }
            }
        }
        Ok(Some(Self { kind, namespace, name, path, value }))
    }

    /// Whether it is a pod itself, and not a template of pods.
    pub fn is_pod(&self) -> bool {
        self.path.is_empty()
    }

    /// The labels of the pods. Of a template they may be more: controllers add some.
    pub(crate) fn labels(&self) -> Result<Labels, Invalid> {
        let mut fields = Object::of(self.value, self.path)?;
        let known = match fields.object("metadata")? {
            Some(mut metadata) => metadata.map("labels")?.into_iter().collect(),
            None => BTreeMap::new(),
        };
        Ok(match self.is_pod() {
            true => Labels { known, hidden: Hidden::None },
            false => labels_of_template(&self.kind, known),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_workload_holds_its_pods_somewhere() {
        for &(kind, path) in KINDS.iter() {
            let mut object = json!({"metadata": {"labels": {"app": "web"}}, "spec": {}});
            for step in path.rsplit('.').filter(|step| !step.is_empty()) {
                object = json!({step: object});
            }
            object["kind"] = json!(kind);
            object["metadata"] = json!({"name": "a", "namespace": "n", "labels": {"app": "web"}});
            let pod = PodOf::find(&object).unwrap().unwrap();
            assert_eq!(
                (pod.kind.as_str(), pod.name.as_str(), pod.namespace.as_str()),
                (kind, "a", "n")
            );
            assert_eq!(pod.is_pod(), kind == "Pod");
            assert_eq!(pod.labels().unwrap().known["app"], "web", "{kind}");
        }
    }

    #[test]
    fn other_objects_hold_none() {
        assert!(PodOf::find(&json!({"kind": "Service"})).unwrap().is_none());
        assert!(PodOf::find(&json!({"kind": "Deployment", "spec": null})).unwrap().is_none());
        let object = json!({"kind": "Deployment", "spec": {"template": []}});
        let wrong = PodOf::find(&object);
        assert_eq!(wrong.unwrap_err().to_string(), "spec.template: not an object but a list");
    }
}
