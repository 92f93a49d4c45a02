//! From objects to resources with facts: one way for clusters and for manifests.
//!
//! Objects are taken one by one and reduced at once to what the engines need, so that a page of a large cluster can be dropped as soon
//! as it was taken. At the end, what depends on several objects is decided, and the scope is filled.

mod access;
mod credentials;
mod ended;
mod exposure;
#[cfg(test)]
mod fact_tests;
mod isolation;
mod namespaces;
mod networks;
mod objects;
mod pods;
mod shown;
mod workloads;

pub(crate) use exposure::{OF_INGRESSES, OF_SERVICES};
pub(crate) use namespaces::{
    OF_ENGINES, OF_LIMIT_RANGES, OF_NAMESPACES, OF_QUOTAS, OF_VALIDATING_WEBHOOKS,
};
pub(crate) use networks::{OF_OTHER_POLICIES, OF_POLICIES};
pub(crate) use shown::{OF_ACCOUNTS, OF_TEMPLATES};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason, Register};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{AdmissionWebhook, Kind, Node, RoleBinding, ServiceAccount};
use posture_model::scope::{Level, Scope};
use posture_model::source::Source;
use posture_model::wanted::Wanted;
use serde_json::Value;

use crate::action::{KubernetesAction, listing};
use crate::manifest::Identity;
use crate::pod_security::Version;
use crate::read::Invalid;
use crate::workload;
use objects::Observed;

/// Where objects come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A live cluster.
    Cluster,
    /// Manifests in files.
    Manifests,
}

impl Origin {
    /// The level of the scope.
    pub fn level(self) -> Level {
        match self {
            Self::Cluster => Level::Cluster,
            Self::Manifests => Level::Manifests,
        }
    }
}

/// What has been read of a cluster or of manifests.
#[derive(Debug)]
pub struct Inventory {
    origin: Origin,
    version: Version,
    gaps: Arc<Register>,
    missing: Missing,
    workloads: workloads::Workloads,
    access: access::Access,
    namespaces: namespaces::Namespaces,
    policies: networks::Policies,
    exposure: exposure::Exposure,
    nodes: Vec<Node>,
    service_accounts: Vec<ServiceAccount>,
    role_bindings: Vec<RoleBinding>,
    webhooks: Vec<AdmissionWebhook>,
    seen: BTreeMap<String, u32>,
}

/// Why lists are not complete, by the kind of object.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    by_kind: BTreeMap<String, BTreeSet<GapId>>,
    /// What may have declared objects of any kind.
    any: BTreeSet<GapId>,
}

impl Missing {
    fn add(&mut self, kind: &str, gap: GapId) {
        self.by_kind.entry(kind.to_owned()).or_default().insert(gap);
    }

    fn extend(&mut self, other: Self) {
        let Self { by_kind, any } = other;
        for (kind, gaps) in by_kind {
            self.by_kind.entry(kind).or_default().extend(gaps);
        }
        self.any.extend(any);
    }

    /// What is missing from the objects of these kinds.
    pub(crate) fn of<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> Vec<GapId> {
        let own = kinds.into_iter().filter_map(|kind| self.by_kind.get(kind)).flatten();
        let all: BTreeSet<GapId> = own.chain(&self.any).copied().collect();
        all.into_iter().collect()
    }
}

/// What the facts of several objects are decided with.
#[derive(Clone, Copy)]
pub(crate) struct View<'v> {
    pub(crate) origin: Origin,
    pub(crate) gaps: &'v Register,
    pub(crate) missing: &'v Missing,
}

impl View<'_> {
    /// The action that would have shown an object of a kind.
    pub(crate) fn action(&self, kind: &str) -> &'static str {
        match self.origin {
            Origin::Cluster => listing(kind).map_or("", |(action, _)| action.name),
            Origin::Manifests => crate::manifests::ACTION,
        }
    }

    /// A gap: what was read of an object does not decide an answer, for the reason that `detail` states.
    pub(crate) fn undetermined(&self, id: &str, detail: &str) -> GapId {
        let kind = id.split('/').next().unwrap_or_default();
        self.gaps.note(Gap::undetermined(self.action(kind), id, detail))
    }
}

/// The kinds of bindings.
const BINDINGS: [&str; 2] = ["RoleBinding", "ClusterRoleBinding"];
/// The kinds of configurations of webhooks.
const WEBHOOKS: [&str; 2] = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

impl Inventory {
    /// Nothing yet. The version is that of the Pod Security Standards by which workloads are judged.
    pub fn new(origin: Origin, version: Version) -> Self {
        Self {
            origin,
            version,
            gaps: Arc::default(),
            missing: Missing::default(),
            workloads: workloads::Workloads::default(),
            access: access::Access::default(),
            namespaces: namespaces::Namespaces::default(),
            policies: networks::Policies::default(),
            exposure: exposure::Exposure::default(),
            nodes: Vec::new(),
            service_accounts: Vec::new(),
            role_bindings: Vec::new(),
            webhooks: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    /// An empty inventory of the same scope, to be [added](Self::add) to this one: lists are read side by side, and a list that has to
    /// be read again is taken again.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { gaps: Arc::clone(&self.gaps), ..Self::new(self.origin, self.version) }
    }

    /// Adds what [another](Self::another) inventory of the same scope has.
    pub fn add(&mut self, other: Self) {
        let Self {
            origin: _,
            version: _,
            // It is the same.
            gaps: _,
            missing,
            workloads,
            access,
            namespaces,
            nodes,
            service_accounts,
            role_bindings,
            policies,
            exposure,
            webhooks,
            seen: _,
        } = other;
        self.missing.extend(missing);
        self.workloads.extend(workloads);
        self.access.extend(access);
        self.namespaces.extend(namespaces);
        self.nodes.extend(nodes);
        self.service_accounts.extend(service_accounts);
        self.role_bindings.extend(role_bindings);
        self.policies.extend(policies);
        self.exposure.extend(exposure);
        self.webhooks.extend(webhooks);
    }

    /// Takes an object of a built-in kind. What does not have the shape that the API defines is a gap.
    pub fn take(&mut self, object: &Value, source: Option<Source>) {
        let observed = match Observed::of(object, source) {
            Ok(observed) => observed,
            Err(invalid) => {
                let kind = object.get("kind").and_then(Value::as_str).unwrap_or_default();
                return self.malformed(kind, "", &invalid);
            }
        };
        if let Err(invalid) = self.sort(&observed) {
            self.malformed(&observed.kind, &observed.id(), &invalid);
        }
    }

    fn sort(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let tags = Known(of.labels.clone());
        macro_rules! put {
            ($list:ident, $resource:ident) => {{
                let mut resource = $resource::unread_on(
                    Provider::Kubernetes,
                    self.unique(of),
                    of.name.as_str(),
                    of.namespace.as_deref(),
                );
                resource.source = of.source.clone().map(Box::new);
                self.$list.push(resource.tags(tags));
            }};
        }
        match of.kind.as_str() {
            "Namespace" | "LimitRange" | "ResourceQuota" | "ValidatingAdmissionPolicyBinding" => {
                let unique = self.unique(of);
                self.namespaces.take(of, unique)?;
            }
            "ServiceAccount" => {
                self.workloads.account(of)?;
                put!(service_accounts, ServiceAccount);
            }
            "Role" | "ClusterRole" => self.access.role(of.object)?,
            "RoleBinding" | "ClusterRoleBinding" => {
                self.access.binding(of.object)?;
                put!(role_bindings, RoleBinding);
            }
            "NetworkPolicy" => {
                let unique = self.unique(of);
                self.policies.take(of, unique)?;
            }
            "CustomResourceDefinition" => {
                if let Some(group) = self.policies.defined(of)? {
                    self.namespaces.custom(group);
                }
            }
            "Service" | "Ingress" => {
                let unique = self.unique(of);
                let (origin, gaps, missing) = (self.origin, &self.gaps, &self.missing);
                let view = View { origin, gaps: gaps.as_ref(), missing };
                match of.kind.as_str() {
                    "Service" => self.exposure.service(of, unique, &view)?,
                    _ => self.exposure.ingress(of, unique, &view)?,
                }
            }
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
                self.namespaces.take(of, String::new())?;
                put!(webhooks, AdmissionWebhook);
            }
            "Node" => {
                let version = of.object.pointer("/status/nodeInfo/kubeletVersion");
                let version = match version.and_then(Value::as_str).filter(|text| !text.is_empty())
                {
                    Some(version) => Known(version.to_owned()),
                    None => Fact::Gap(self.gaps.note(Gap {
                        detail: Some("status.nodeInfo.kubeletVersion is missing".to_owned()),
                        ..Gap::new("list nodes", of.id(), Reason::Malformed)
                    })),
                };
                put!(nodes, Node);
                if let Some(node) = self.nodes.last_mut() {
                    node.kubelet_version = version;
                }
            }
            _ => {
                let unique = self.unique(of);
                if of.kind == "DaemonSet" {
                    self.policies.plugin(of);
                }
                self.workloads.take(of, unique, self.origin, self.version)?;
            }
        }
        Ok(())
    }

    /// The ID of an object. Files may declare one object several times, for several environments: then each has its file.
    fn unique(&mut self, of: &Observed<'_>) -> String {
        let id = of.id();
        if self.origin == Origin::Cluster {
            return id;
        }
        let known = self.seen.entry(id.clone()).or_default();
        *known += 1;
        match (&of.source, *known) {
            (_, 1) => id,
            (Some(source), _) => {
                let place = format!("{id}@{}", source.file);
                let again = self.seen.entry(place.clone()).or_default();
                *again += 1;
                if *again == 1 { place } else { format!("{place}#{again}") }
            }
            (None, n) => format!("{id}#{n}"),
        }
    }

    /// An object that the server returned and that cannot be used: its list is not complete.
    fn malformed(&mut self, kind: &str, id: &str, invalid: &Invalid) {
        let action = listing(kind).map_or("", |(action, _)| action.name);
        let gap =
            Gap { detail: Some(invalid.to_string()), ..Gap::new(action, id, Reason::Malformed) };
        let gap = self.gaps.note(gap);
        self.missing.add(kind, gap);
        self.policies.unread(kind, None);
    }

    /// A list that could not be read, or not to its end.
    pub fn unread(&mut self, action: &KubernetesAction, gap: Gap) {
        let gap = self.gaps.note(gap);
        if let crate::action::Request::List(api) = &action.own {
            self.missing.add(api.kind, gap);
            self.policies.unread(api.kind, None);
        }
    }

    /// Takes an object of a kind that an extension defines. Some of these act on connections or reject pods.
    pub fn custom(&mut self, identity: &Identity, object: &Value) {
        let Identity { api_version, kind, namespace, name } = identity;
        self.policies.custom(api_version, kind, namespace, name);
        let group = api_version.split('/').next().unwrap_or_default();
        self.namespaces.custom(group);
        if (group, kind.as_str()) == ("gateway.networking.k8s.io", "Gateway")
            && let Err(invalid) = self.exposure.gateway(object)
        {
            self.malformed("Ingress", name, &invalid);
        }
    }

    /// All objects of a kind that an extension defines were taken, if there are any.
    pub fn custom_listed(&mut self, api_version: &str, kind: &str) {
        self.policies.listed(api_version, kind);
    }

    /// A document of a file that the API server would reject. What it would have declared is not known.
    pub fn invalid(&mut self, identity: &Identity, why: Gap) {
        let gap = self.gaps.note(why);
        if crate::manifest::is_kind(&identity.kind) {
            self.missing.add(&identity.kind, gap);
            self.policies.unread(&identity.kind, Some(&identity.namespace));
        } else {
            self.missing.any.insert(gap);
        }
    }

    /// A file that could not be read.
    pub fn unreadable(&mut self, why: Gap) {
        let gap = self.gaps.note(why);
        self.missing.any.insert(gap);
    }

    /// Fills a scope with what was read of the kinds that are wanted.
    pub fn fill(self, wanted: &Wanted, scope: &mut Scope) {
        scope.level = self.origin.level();
        let lists = self.missing;
        let view = View { origin: self.origin, gaps: &self.gaps, missing: &lists };
        let (networks, network_policies) =
            self.policies.finish(&view, &self.namespaces, self.workloads.ends());
        let used: BTreeSet<String> = self.workloads.namespaces().map(str::to_owned).collect();
        let others = network_policies.iter().map(|one| one.region.clone().unwrap_or_default());
        let others: BTreeSet<String> = others.collect();
        let workloads = self.workloads.finish(&view, self.namespaces.defaults(), &networks);
        let namespaces = self.namespaces.finish(&view, &used, &others, &networks);
        let mut parts = Vec::new();
        macro_rules! part {
            ($kind:ident, $items:expr, $kinds:expr) => {
                if wanted.kind(Kind::$kind) && scope.level.holds(Provider::Kubernetes, Kind::$kind)
                {
                    parts.push(Part::from(Listing { items: $items, gaps: lists.of($kinds) }));
                }
            };
        }
        part!(Namespace, namespaces, ["Namespace"]);
        part!(ServiceAccount, self.service_accounts, ["ServiceAccount"]);
        part!(RoleBinding, self.role_bindings, BINDINGS);
        part!(NetworkPolicy, network_policies, ["NetworkPolicy"]);
        part!(Service, self.exposure.services, ["Service"]);
        part!(Ingress, self.exposure.ingresses, ["Ingress"]);
        part!(AdmissionWebhook, self.webhooks, WEBHOOKS);
        part!(Node, self.nodes, ["Node"]);
        part!(Workload, workloads, workload::kinds());
        part!(RbacSubject, self.access.subjects(self.origin, &lists), BINDINGS);
        for one in parts {
            scope.merge(one);
        }
        scope.gaps = self.gaps.list();
    }
}
