//! The ends of connections: pods, and the namespaces that hold them.

use std::net::IpAddr;

use posture_model::network::Family;
use serde_json::Value;

use super::ports::Protocol;
use crate::labels::Labels;
use crate::read::{Invalid, Object};
use crate::workload::PodOf;

/// The label that the API server adds to every namespace.
/// [Source](https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name).
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// A pod, or all the pods of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// The kind of the object: `Pod`, or that of the workload whose template it is.
    pub kind: String,
    /// Its namespace; empty if its manifest does not name one.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// The ports that its containers name.
    pub ports: Vec<NamedPort>,
    /// Whether it uses the network of its node.
    pub host_network: bool,
    /// Its addresses; none if they are not known, as those of a template.
    pub addresses: Option<Vec<IpAddr>>,
    /// Its node, if that is known.
    pub node: Option<String>,
}

/// A port of a container that has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamedPort {
    /// Its name.
    pub name: String,
    /// Its protocol.
    pub protocol: Protocol,
    /// Its number.
    pub number: u16,
    /// Whether it is of a container that starts before the others and keeps running. Not every network plugin resolves its names.
    pub sidecar: bool,
}

impl Pod {
    /// Reads a pod or the template of a workload; nothing for another kind, and for a pod that has ended.
    ///
    /// # Errors
    /// If a field that decides about connections has a wrong type or value.
    pub fn read(object: &Value) -> Result<Option<Self>, Invalid> {
        match PodOf::find(object)? {
            Some(pod) => Self::of(&pod),
            None => Ok(None),
        }
    }

    fn of(of: &PodOf<'_>) -> Result<Option<Self>, Invalid> {
        let mut fields = Object::of(of.value, of.path)?;
        let mut pod = Self {
            kind: of.kind.clone(),
            namespace: of.namespace.clone(),
            name: of.name.clone(),
            labels: of.labels()?,
            ports: Vec::new(),
            host_network: false,
            addresses: None,
            node: None,
        };
        if let Some(mut spec) = fields.object("spec")? {
            pod.host_network = spec.boolean("hostNetwork")?.unwrap_or(false);
            pod.node = spec.text("nodeName")?.filter(|name| !name.is_empty()).map(str::to_owned);
            for container in spec.objects("containers")? {
                ports(container, false, &mut pod.ports)?;
            }
            for mut container in spec.objects("initContainers")? {
                if container.text("restartPolicy")? == Some("Always") {
                    ports(container, true, &mut pod.ports)?;
                }
            }
        }
        if of.is_pod()
            && let Some(mut status) = fields.object("status")?
        {
            if matches!(status.text("phase")?, Some("Succeeded" | "Failed")) {
                return Ok(None);
            }
            let mut addresses = Vec::new();
            for mut one in status.objects("podIPs")? {
                let text = one.text("ip")?.unwrap_or_default();
                let wrong = || one.error("ip", format!("not an address: `{text}`"));
                addresses.push(text.parse().map_err(|_| wrong())?);
            }
            pod.addresses = Some(addresses).filter(|all| !all.is_empty());
        }
        Ok(Some(pod))
    }

    /// Its kind, namespace and name, such as `Pod shop/web`.
    pub fn id(&self) -> String {
        if self.namespace.is_empty() {
            format!("{} {}", self.kind, self.name)
        } else {
            format!("{} {}/{}", self.kind, self.namespace, self.name)
        }
    }

    /// Whether both are one pod. Two pods of one template are not.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.is_single()
            && (&self.kind, &self.namespace, &self.name)
                == (&other.kind, &other.namespace, &other.name)
    }

    /// Whether it is one pod, and not all the pods of a template.
    pub fn is_single(&self) -> bool {
        self.kind == "Pod"
    }

    /// The versions of the internet protocol that it has addresses of; nothing if that is not known.
    pub(crate) fn families(&self) -> Option<Vec<Family>> {
        let addresses = self.addresses.as_ref().filter(|all| !all.is_empty())?;
        let has = |family: &Family| addresses.iter().any(|one| Family::of(*one) == *family);
        Some(Family::ALL.into_iter().filter(has).collect())
    }
}

fn ports(
    mut container: Object<'_>,
    sidecar: bool,
    all: &mut Vec<NamedPort>,
) -> Result<(), Invalid> {
    for mut port in container.objects("ports")? {
        let protocol = match port.text("protocol")? {
            None => Protocol::Tcp,
            Some(name) => Protocol::of(name)
                .ok_or_else(|| port.error("protocol", format!("not a protocol: `{name}`")))?,
        };
        let Some(name) = port.text("name")?.filter(|name| !name.is_empty()) else { continue };
        let number = port.integer("containerPort")?.unwrap_or_default();
        let number = u16::try_from(number)
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| port.error("containerPort", "not a port from 1 to 65535"))?;
        all.push(NamedPort { name: name.to_owned(), protocol, number, sidecar });
    }
    Ok(())
}

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// Its labels, with the one that the API server adds.
    pub labels: Labels,
}

impl Namespace {
    /// A namespace of these labels.
    pub fn new(name: impl Into<String>, mut labels: Labels) -> Self {
        let name = name.into();
        labels.known.insert(NAME_LABEL.to_owned(), name.clone());
        Self { name, labels }
    }

    /// One of which only the name is known. An empty name is that of objects whose manifest does not name one, so that not even that
    /// is known.
    pub fn unread(name: &str) -> Self {
        if name.is_empty() {
            return Self { name: String::new(), labels: Labels::unknown() };
        }
        Self::new(name, Labels::unknown())
    }

    /// Reads a Namespace.
    ///
    /// # Errors
    /// If its name or its labels have the wrong type.
    pub fn read(object: &Value) -> Result<Self, Invalid> {
        let mut object = Object::of(object, "")?;
        let Some(mut metadata) = object.object("metadata")? else {
            return Err(object.error("metadata", "is missing"));
        };
        let name = metadata.text("name")?.unwrap_or_default().to_owned();
        if name.is_empty() {
            return Err(metadata.error("name", "the namespace has no name"));
        }
        Ok(Self::new(name, Labels::exactly(metadata.map("labels")?)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::labels::Hidden;

    #[test]
    fn a_pod_is_read_with_its_named_ports_and_addresses() {
        let object = json!({
            "kind": "Pod", "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
            "spec": {
                "nodeName": "one",
                "containers": [{"ports": [{"name": "http", "containerPort": 8080}, {"containerPort": 1}]}],
                "initContainers": [
                    {"ports": [{"name": "init", "containerPort": 1}]},
                    {"restartPolicy": "Always", "ports": [{"name": "dns", "protocol": "UDP", "containerPort": 53}]},
                ],
            },
            "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]},
        });
        let pod = Pod::read(&object).unwrap().unwrap();
        assert_eq!((pod.id().as_str(), pod.node.as_deref()), ("Pod shop/web", Some("one")));
        assert_eq!(pod.families(), Some(Family::ALL.to_vec()));
        let names: Vec<_> =
            pod.ports.iter().map(|port| (port.name.as_str(), port.number, port.sidecar)).collect();
        assert_eq!(names, [("http", 8080, false), ("dns", 53, true)]);
        assert_eq!(pod.labels.hidden, Hidden::None);
        for phase in ["Succeeded", "Failed"] {
            let mut ended = object.clone();
            ended["status"]["phase"] = json!(phase);
            assert_eq!(Pod::read(&ended), Ok(None));
        }
    }

    #[test]
    fn a_template_has_neither_addresses_nor_all_its_labels() {
        let object = json!({
            "kind": "CronJob", "metadata": {"name": "nightly"},
            "spec": {"jobTemplate": {"spec": {"template": {
                "metadata": {"labels": {"a": "b"}}, "spec": {"hostNetwork": true},
            }}}},
        });
        let pod = Pod::read(&object).unwrap().unwrap();
        assert_eq!(
            (pod.id().as_str(), pod.host_network, pod.addresses),
            ("CronJob nightly", true, None)
        );
        assert!(matches!(pod.labels.hidden, Hidden::Keys(keys) if keys.contains(&"job-name")));
    }

    #[test]
    fn what_decides_about_connections_is_read_strictly() {
        let pod = |spec: Value, status: Value| {
            let object = json!({"kind": "Pod", "spec": spec, "status": status});
            Pod::read(&object).map_err(|error| error.to_string())
        };
        for (spec, status, error) in [
            (json!({"hostNetwork": "true"}), json!({}), "spec.hostNetwork: not a boolean"),
            (
                json!({"containers": [{"ports": [{"name": "a", "containerPort": 0}]}]}),
                json!({}),
                "spec.containers[0].ports[0].containerPort: not a port",
            ),
            (
                json!({"containers": [{"ports": [{"name": "a", "containerPort": 1, "protocol": "x"}]}]}),
                json!({}),
                "spec.containers[0].ports[0].protocol: not a protocol",
            ),
            (json!({}), json!({"podIPs": [{"ip": "x"}]}), "status.podIPs[0].ip: not an address"),
        ] {
            let found = pod(spec, status).unwrap_err();
            assert!(found.starts_with(error), "{found}");
        }
    }

    #[test]
    fn a_namespace_has_its_name_as_a_label() {
        let read = Namespace::read(&json!({"metadata": {"name": "shop", "labels": {"a": "b"}}}));
        assert_eq!(read.unwrap().labels.known[NAME_LABEL], "shop");
        assert!(Namespace::read(&json!({"metadata": {}})).is_err());
        assert!(Namespace::read(&json!({})).is_err());
        assert_eq!(Namespace::unread("shop").labels.known[NAME_LABEL], "shop");
        assert!(Namespace::unread("").labels.known.is_empty());
    }
}
