//! What every object has: its kind, its name, its labels and its owner.

use std::collections::BTreeMap;

use posture_model::source::Source;
use serde_json::Value;

use crate::read::{Invalid, Object};

/// An object with what identifies it.
#[derive(Clone, Debug)]
pub(crate) struct Observed<'o> {
    pub(crate) object: &'o Value,
    pub(crate) kind: String,
    /// None for an object that is in no namespace, and for one whose manifest does not name one.
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    /// Kind and name of the controller that manages it.
    pub(crate) controller: Option<(String, String)>,
    /// The number of that controller: another one of the same name is not its owner.
    pub(crate) controller_uid: Option<String>,
    /// Its own number.
    pub(crate) uid: Option<String>,
    pub(crate) source: Option<Source>,
}

impl<'o> Observed<'o> {
    pub(crate) fn of(object: &'o Value, source: Option<Source>) -> Result<Self, Invalid> {
        let mut fields = Object::of(object, "")?;
        let kind = fields.text("kind")?.unwrap_or_default().to_owned();
        let Some(mut metadata) = fields.object("metadata")? else {
            return Err(fields.error("metadata", "missing"));
        };
        let namespace = metadata.text("namespace")?.filter(|one| !one.is_empty());
        let name = match metadata.text("name")? {
            Some(name) if !name.is_empty() => name.to_owned(),
            // The server makes a name that begins so.
            _ => match metadata.text("generateName")? {
                Some(prefix) if !prefix.is_empty() => format!("{prefix}…"),
                _ => return Err(metadata.error("name", "missing")),
            },
        };
        let labels = metadata.map("labels")?.into_iter().collect();
        let uid = metadata.text("uid")?.map(str::to_owned);
        let (mut controller, mut controller_uid) = (None, None);
        for mut owner in metadata.objects("ownerReferences")? {
            if owner.boolean("controller")? == Some(true) {
                controller_uid = owner.text("uid")?.map(str::to_owned);
                let mut text = |field| owner.text(field).map(|t| t.unwrap_or_default().to_owned());
                let (kind, name) = (text("kind")?, text("name")?);
                // The mirror of a static pod belongs to its node, which is not a workload.
                // https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
                controller = Some((kind, name)).filter(|(kind, _)| kind != "Node");
            }
        }
        let namespace = namespace.map(str::to_owned);
        Ok(Self { object, kind, namespace, name, labels, controller, controller_uid, uid, source })
    }

    /// `Deployment/shop/web`.
    pub(crate) fn id(&self) -> String {
        id(&self.kind, self.namespace.as_deref(), &self.name)
    }
}

pub(crate) fn id(kind: &str, namespace: Option<&str>, name: &str) -> String {
    match namespace {
        Some(namespace) => format!("{kind}/{namespace}/{name}"),
        None => format!("{kind}/{name}"),
    }
}
