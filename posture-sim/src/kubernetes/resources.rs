//! What the server serves: the resources of Kubernetes itself, and those of the cluster's CustomResourceDefinitions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::json::{list, text, texts};

/// A resource of Kubernetes itself.
struct BuiltIn {
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    namespaced: bool,
    short: &'static str,
    subresources: &'static str,
    /// The first minor version that serves it in this version of its group.
    since: u16,
}

const IN_NAMESPACE: bool = true;
const IN_CLUSTER: bool = false;

const fn of(
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    kind: &'static str,
    namespaced: bool,
    short: &'static str,
    subresources: &'static str,
) -> BuiltIn {
    BuiltIn { group, version, plural, kind, namespaced, short, subresources, since: 0 }
}

impl BuiltIn {
    const fn since(self, since: u16) -> Self {
        Self { since, ..self }
    }
}

const CORE: &str = "";
const ADMISSION: &str = "admissionregistration.k8s.io";
const APPS: &str = "apps";
const AUTHENTICATION: &str = "authentication.k8s.io";
const AUTHORIZATION: &str = "authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const FLOW: &str = "flowcontrol.apiserver.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const DEVICES: &str = "resource.k8s.io";
const STORAGE: &str = "storage.k8s.io";

/// The stable versions that a server serves by default.
/// [API reference](https://kubernetes.io/docs/reference/kubernetes-api/), read on 2026-11-30, and from which version on those that came
/// after 1.20 are served: [migration guide](https://kubernetes.io/docs/reference/using-api/deprecation-guide/), read on 2026-12-01; a
/// real server of 1.20 has none of them. `autoscaling/v1` is left out: its objects
/// are those of `autoscaling/v2` in another form.
#[rustfmt::skip]
const BUILT_IN: &[BuiltIn] = &[
    of(CORE, "v1", "bindings", "Binding", IN_NAMESPACE, "", ""),
    of(CORE, "v1", "componentstatuses", "ComponentStatus", IN_CLUSTER, "cs", ""),
    of(CORE, "v1", "configmaps", "ConfigMap", IN_NAMESPACE, "cm", ""),
    of(CORE, "v1", "endpoints", "Endpoints", IN_NAMESPACE, "ep", ""),
    of(CORE, "v1", "events", "Event", IN_NAMESPACE, "ev", ""),
    of(CORE, "v1", "limitranges", "LimitRange", IN_NAMESPACE, "limits", ""),
    of(CORE, "v1", "namespaces", "Namespace", IN_CLUSTER, "ns", "finalize status"),
    of(CORE, "v1", "nodes", "Node", IN_CLUSTER, "no", "proxy status"),
    of(CORE, "v1", "persistentvolumeclaims", "PersistentVolumeClaim", IN_NAMESPACE, "pvc", "status"),
    of(CORE, "v1", "persistentvolumes", "PersistentVolume", IN_CLUSTER, "pv", "status"),
    of(CORE, "v1", "pods", "Pod", IN_NAMESPACE, "po", "attach binding ephemeralcontainers eviction exec log portforward proxy status"),
    of(CORE, "v1", "podtemplates", "PodTemplate", IN_NAMESPACE, "", ""),
    of(CORE, "v1", "replicationcontrollers", "ReplicationController", IN_NAMESPACE, "rc", "scale status"),
    of(CORE, "v1", "resourcequotas", "ResourceQuota", IN_NAMESPACE, "quota", "status"),
    of(CORE, "v1", "secrets", "Secret", IN_NAMESPACE, "", ""),
    of(CORE, "v1", "serviceaccounts", "ServiceAccount", IN_NAMESPACE, "sa", "token"),
    of(CORE, "v1", "services", "Service", IN_NAMESPACE, "svc", "proxy status"),
    of("apiregistration.k8s.io", "v1", "apiservices", "APIService", IN_CLUSTER, "", "status"),
    of(APPS, "v1", "controllerrevisions", "ControllerRevision", IN_NAMESPACE, "", ""),
    of(APPS, "v1", "daemonsets", "DaemonSet", IN_NAMESPACE, "ds", "status"),
    of(APPS, "v1", "deployments", "Deployment", IN_NAMESPACE, "deploy", "scale status"),
    of(APPS, "v1", "replicasets", "ReplicaSet", IN_NAMESPACE, "rs", "scale status"),
    of(APPS, "v1", "statefulsets", "StatefulSet", IN_NAMESPACE, "sts", "scale status"),
    of("events.k8s.io", "v1", "events", "Event", IN_NAMESPACE, "ev", ""),
    of(AUTHENTICATION, "v1", "selfsubjectreviews", "SelfSubjectReview", IN_CLUSTER, "", "").since(28),
    of(AUTHENTICATION, "v1", "tokenreviews", "TokenReview", IN_CLUSTER, "", ""),
    of(AUTHORIZATION, "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", IN_NAMESPACE, "", ""),
    of(AUTHORIZATION, "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", IN_CLUSTER, "", ""),
    of(AUTHORIZATION, "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", IN_CLUSTER, "", ""),
    of(AUTHORIZATION, "v1", "subjectaccessreviews", "SubjectAccessReview", IN_CLUSTER, "", ""),
    of("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", IN_NAMESPACE, "hpa", "status").since(23),
    of("batch", "v1", "cronjobs", "CronJob", IN_NAMESPACE, "cj", "status").since(21),
    of("batch", "v1", "jobs", "Job", IN_NAMESPACE, "", "status"),
    of(CERTIFICATES, "v1", "certificatesigningrequests", "CertificateSigningRequest", IN_CLUSTER, "csr", "approval status"),
    of(CERTIFICATES, "v1", "clustertrustbundles", "ClusterTrustBundle", IN_CLUSTER, "", "").since(37),
    of(NETWORKING, "v1", "ingressclasses", "IngressClass", IN_CLUSTER, "", ""),
    of(NETWORKING, "v1", "ingresses", "Ingress", IN_NAMESPACE, "ing", "status"),
    of(NETWORKING, "v1", "ipaddresses", "IPAddress", IN_CLUSTER, "ip", "").since(33),
    of(NETWORKING, "v1", "networkpolicies", "NetworkPolicy", IN_NAMESPACE, "netpol", ""),
    of(NETWORKING, "v1", "servicecidrs", "ServiceCIDR", IN_CLUSTER, "", "status").since(33),
    of("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", IN_NAMESPACE, "pdb", "status").since(21),
    of(RBAC, "v1", "clusterrolebindings", "ClusterRoleBinding", IN_CLUSTER, "", ""),
    of(RBAC, "v1", "clusterroles", "ClusterRole", IN_CLUSTER, "", ""),
    of(RBAC, "v1", "rolebindings", "RoleBinding", IN_NAMESPACE, "", ""),
    of(RBAC, "v1", "roles", "Role", IN_NAMESPACE, "", ""),
    of(STORAGE, "v1", "csidrivers", "CSIDriver", IN_CLUSTER, "", ""),
    of(STORAGE, "v1", "csinodes", "CSINode", IN_CLUSTER, "", ""),
    of(STORAGE, "v1", "csistoragecapacities", "CSIStorageCapacity", IN_NAMESPACE, "", "").since(24),
    of(STORAGE, "v1", "storageclasses", "StorageClass", IN_CLUSTER, "sc", ""),
    of(STORAGE, "v1", "volumeattachments", "VolumeAttachment", IN_CLUSTER, "", "status"),
    of(STORAGE, "v1", "volumeattributesclasses", "VolumeAttributesClass", IN_CLUSTER, "vac", "").since(34),
    of(ADMISSION, "v1", "mutatingadmissionpolicies", "MutatingAdmissionPolicy", IN_CLUSTER, "", "").since(36),
    of(ADMISSION, "v1", "mutatingadmissionpolicybindings", "MutatingAdmissionPolicyBinding", IN_CLUSTER, "", "").since(36),
    of(ADMISSION, "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", IN_CLUSTER, "", ""),
    of(ADMISSION, "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy", IN_CLUSTER, "", "status").since(30),
    of(ADMISSION, "v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding", IN_CLUSTER, "", "").since(30),
    of(ADMISSION, "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", IN_CLUSTER, "", ""),
    of("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", IN_CLUSTER, "crd,crds", "status"),
    of("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", IN_CLUSTER, "pc", ""),
    of("coordination.k8s.io", "v1", "leases", "Lease", IN_NAMESPACE, "", ""),
    of("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", IN_CLUSTER, "", ""),
    of("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", IN_NAMESPACE, "", "").since(21),
    of(FLOW, "v1", "flowschemas", "FlowSchema", IN_CLUSTER, "", "status").since(29),
    of(FLOW, "v1", "prioritylevelconfigurations", "PriorityLevelConfiguration", IN_CLUSTER, "", "status").since(29),
    of(DEVICES, "v1", "deviceclasses", "DeviceClass", IN_CLUSTER, "", "").since(34),
    of(DEVICES, "v1", "resourceclaims", "ResourceClaim", IN_NAMESPACE, "", "status").since(34),
    of(DEVICES, "v1", "resourceclaimtemplates", "ResourceClaimTemplate", IN_NAMESPACE, "", "").since(34),
    of(DEVICES, "v1", "resourceslices", "ResourceSlice", IN_CLUSTER, "", "").since(34),
];

const ALL_VERBS: &[&str] =
    &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// A resource in a version of its group.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    /// Empty for the core.
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) list_kind: String,
    pub(crate) namespaced: bool,
    pub(crate) short: Vec<String>,
    pub(crate) verbs: &'static [&'static str],
    pub(crate) subresources: Vec<String>,
    /// Whether a CustomResourceDefinition defines it. Items of its lists name their kinds.
    pub(crate) custom: bool,
}

impl Resource {
    pub(crate) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    fn built_in(row: &BuiltIn) -> Self {
        let words = |text: &str| {
            text.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let verbs: &[&str] = match row.plural {
            "componentstatuses" => &["get", "list"],
            "bindings" => &["create"],
            plural if plural.ends_with("reviews") => &["create"],
            _ => ALL_VERBS,
        };
        Self {
            group: row.group.to_owned(),
            version: row.version.to_owned(),
            plural: row.plural.to_owned(),
            singular: row.kind.to_lowercase(),
            kind: row.kind.to_owned(),
            list_kind: format!("{}List", row.kind),
            namespaced: row.namespaced,
            short: words(row.short),
            verbs,
            subresources: words(row.subresources),
            custom: false,
        }
    }
}

/// Everything that is served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Resources {
    all: Vec<Resource>,
    /// The places in `all` by group, version and plural name.
    places: BTreeMap<(String, String, String), usize>,
    /// Versions of groups that another server serves, which does not answer.
    unavailable: BTreeSet<(String, String)>,
    /// Versions of groups that another server serves, which serves nothing.
    empty: BTreeSet<(String, String)>,
}

impl Resources {
    /// What a cluster of a minor version serves with its objects.
    pub(crate) fn of(minor: u16, objects: &[Value]) -> Self {
        let mut served = Self::default();
        for row in BUILT_IN.iter().filter(|row| row.since <= minor) {
            served.add(Resource::built_in(row));
        }
        for object in objects {
            match (text(object, "/apiVersion"), text(object, "/kind")) {
                ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => served.define(object),
                ("apiregistration.k8s.io/v1", "APIService")
                    if object.pointer("/spec/service").is_some_and(Value::is_object) =>
                {
                    let of = (text(object, "/spec/group"), text(object, "/spec/version"));
                    let of = (of.0.to_owned(), of.1.to_owned());
                    let answers = list(object, "/status/conditions").iter().any(|one| {
                        text(one, "/type") == "Available" && text(one, "/status") == "True"
                    });
                    let kept = if answers { &mut served.empty } else { &mut served.unavailable };
                    kept.insert(of);
                }
                _ => {}
            }
        }
        served
    }

    fn add(&mut self, resource: Resource) {
        let Resource { group, version, plural, .. } = &resource;
        let key = (group.clone(), version.clone(), plural.clone());
        self.places.insert(key, self.all.len());
        self.all.push(resource);
    }

    fn define(&mut self, definition: &Value) {
        let name = |field: &str| text(definition, &format!("/spec/names/{field}")).to_owned();
        let or = |text: String, other: String| if text.is_empty() { other } else { text };
        let kind = name("kind");
        for version in list(definition, "/spec/versions") {
            if version.get("served").and_then(Value::as_bool) != Some(true) {
                continue;
            }
            let subresources = version.get("subresources").and_then(Value::as_object);
            let subresources = subresources.map(|all| all.keys().cloned().collect());
            self.add(Resource {
                group: text(definition, "/spec/group").to_owned(),
                version: text(version, "/name").to_owned(),
                plural: name("plural"),
                singular: or(name("singular"), kind.to_lowercase()),
                list_kind: or(name("listKind"), format!("{kind}List")),
                kind: kind.clone(),
                namespaced: text(definition, "/spec/scope") == "Namespaced",
                short: texts(definition, "/spec/names/shortNames"),
                verbs: ALL_VERBS,
                subresources: subresources.unwrap_or_default(),
                custom: true,
            });
        }
    }

    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Resource> {
        let key = (group.to_owned(), version.to_owned(), plural.to_owned());
        self.all.get(*self.places.get(&key)?)
    }

    pub(crate) fn of_kind(&self, group: &str, version: &str, kind: &str) -> Option<&Resource> {
        self.all.iter().find(|one| one.kind == kind && one.group == group && one.version == version)
    }

    /// The resources of a version of a group, by name.
    pub(crate) fn within(&self, group: &str, version: &str) -> Vec<&Resource> {
        let wanted = |key: &&(String, String, String)| key.0 == group && key.1 == version;
        self.places
            .keys()
            .filter(wanted)
            .filter_map(|key| self.find(&key.0, &key.1, &key.2))
            .collect()
    }

    /// The groups but the core, in the order of discovery, each with its versions.
    pub(crate) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        let others = self.unavailable.iter().chain(&self.empty).cloned();
        let own = self.all.iter().map(|one| (one.group.clone(), one.version.clone()));
        for (group, version) in own.chain(others).filter(|(group, _)| !group.is_empty()) {
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, versions)) if versions.contains(&version) => {}
                Some((_, versions)) => versions.push(version),
                None => groups.push((group, vec![version])),
            }
        }
        groups
    }

    /// Whether Kubernetes itself has a group.
    pub(crate) fn is_built_in(&self, group: &str) -> bool {
        self.all.iter().any(|one| !one.custom && one.group == group)
    }

    pub(crate) fn is_unavailable(&self, group: &str, version: &str) -> bool {
        self.unavailable.contains(&(group.to_owned(), version.to_owned()))
    }
}
