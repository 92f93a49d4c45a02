//! From objects to resources with facts: one way for clusters and for manifests.
//!
//! Objects are taken one by one and reduced at once to what the engines need, so that a page of a large cluster can be dropped as soon
//! as it was taken. At the end, what depends on several objects is decided, and the scope is filled.

pub(crate) mod access;
pub(crate) mod admission;
mod beside;
mod beta;
mod breadth;
mod config_maps;
pub(crate) mod control_plane;
mod credentials;
mod ended;
mod ends;
mod engines;
mod exposure;
pub(crate) mod external;
#[cfg(test)]
mod fact_tests;
mod forwarding;
mod gateways;
mod isolation;
mod lifecycle;
mod metadata;
mod missing;
mod mounted;
mod namespaces;
mod networks;
pub(crate) mod nodes;
mod objects;
mod plugins;
mod pods;
mod running;
mod secrets;
pub(crate) mod service_accounts;
mod shown;
#[cfg(test)]
mod tests;
mod tokens;
mod view;
mod workloads;

pub(crate) use exposure::{OF_INGRESSES, OF_SERVICES};
pub(crate) use gateways::{OF_GATEWAYS, is_gateway};
pub(crate) use namespaces::{
    OF_ENGINES, OF_LIMIT_RANGES, OF_NAMESPACES, OF_QUOTAS, OF_VALIDATING_WEBHOOKS, UNNAMED,
};
pub(crate) use networks::{OF_OTHER_POLICIES, OF_POLICIES};
pub(crate) use objects::id;
pub(crate) use shown::{OF_TEMPLATES, TOKENS_OF_ACCOUNTS};
pub use view::Origin;
pub(crate) use view::View;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Cluster, Kind, RoleBinding, SecretManifest};
use posture_model::scope::Scope;
use posture_model::source::Source;
use posture_model::wanted::Wanted;
use serde_json::Value;

use crate::pod_security::Versions;
use crate::read::Invalid;
use crate::workload;
use missing::Missing;
use objects::Observed;

/// What has been read of a cluster or of manifests.
#[derive(Debug)]
pub struct Inventory {
    origin: Origin,
    versions: Versions,
    gaps: Arc<Register>,
    missing: Missing,
    workloads: workloads::Workloads,
    access: access::Access,
    namespaces: namespaces::Namespaces,
    policies: networks::Policies,
    exposure: exposure::Exposure,
    nodes: nodes::Nodes,
    accounts: service_accounts::Accounts,
    admission: admission::Admission,
    control_plane: control_plane::ControlPlane,
    retired: lifecycle::Retired,
    betas: beta::Betas,
    external: external::External,
    server: Fact<String>,
    hosts: Fact<Vec<String>>,
    role_bindings: Vec<RoleBinding>,
    secrets: Vec<SecretManifest>,
    seen: BTreeMap<String, u32>,
}

/// The kinds of bindings.
const BINDINGS: [&str; 2] = ["RoleBinding", "ClusterRoleBinding"];
/// The kinds of configurations of webhooks.
const WEBHOOKS: [&str; 2] = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

impl Inventory {
    /// Nothing yet. The versions are those that the cluster can have: its Pod Security Standards and the permissions of its roles
    /// depend on them.
    pub fn new(origin: Origin, versions: Versions) -> Self {
        Self {
            origin,
            versions,
            gaps: Arc::default(),
            missing: Missing::default(),
            workloads: workloads::Workloads::default(),
            access: access::Access::default(),
            namespaces: namespaces::Namespaces::default(),
            policies: networks::Policies::default(),
            exposure: exposure::Exposure::default(),
            nodes: nodes::Nodes::default(),
            accounts: service_accounts::Accounts::default(),
            admission: admission::Admission::default(),
            control_plane: control_plane::ControlPlane::default(),
            retired: lifecycle::Retired::default(),
            betas: beta::Betas::default(),
            external: external::External::default(),
            server: Fact::not_collected(),
            hosts: Fact::not_collected(),
            role_bindings: Vec::new(),
            secrets: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    /// An empty inventory of the same scope, to be [added](Self::add) to this one: lists are read side by side, and a list that has to
    /// be read again is taken again.
    #[must_use]
    pub fn another(&self) -> Self {
        Self { gaps: Arc::clone(&self.gaps), ..Self::new(self.origin, self.versions) }
    }

    /// Adds what [another](Self::another) inventory of the same scope has.
    pub fn add(&mut self, other: Self) {
        let Self {
            origin: _,
            versions: _,
            // It is the same.
            gaps: _,
            missing,
            workloads,
            access,
            namespaces,
            nodes,
            accounts,
            admission,
            control_plane,
            retired,
            betas,
            external,
            server: _,
            hosts: _,
            role_bindings,
            secrets,
            policies,
            exposure,
            seen: _,
        } = other;
        self.missing.extend(missing);
        self.workloads.extend(workloads);
        self.access.extend(access);
        self.namespaces.extend(namespaces);
        self.nodes.extend(nodes);
        self.accounts.extend(accounts);
        self.admission.extend(admission);
        self.control_plane.extend(control_plane);
        self.retired.extend(retired);
        self.betas.extend(betas);
        self.external.extend(external);
        self.role_bindings.extend(role_bindings);
        self.secrets.extend(secrets);
        self.policies.extend(policies);
        self.exposure.extend(exposure);
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
        self.betas.take(of, self.origin)?;
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
            "Namespace" | "LimitRange" | "ResourceQuota" | admission::POLICY_BINDING => {
                if of.kind == "Namespace" {
                    self.admission.namespace(of);
                }
                let unique = self.unique(of);
                self.namespaces.take(of, unique)?;
            }
            engines::POLICY => self.namespaces.engines().take(of)?,
            "ServiceAccount" => {
                self.workloads.account(of)?;
                let unique = self.unique(of);
                self.accounts.account(of, unique)?;
            }
            "Secret" => self.secret(of)?,
            "ConfigMap" => self.workloads.config_map(of)?,
            "Role" | "ClusterRole" => self.access.role(of.object)?,
            "RoleBinding" | "ClusterRoleBinding" => {
                self.access.binding(of.object, of.source.as_ref())?;
                put!(role_bindings, RoleBinding);
            }
            "NetworkPolicy" => {
                let unique = self.unique(of);
                self.policies.take(of, unique)?;
            }
            "CustomResourceDefinition" => {
                self.external.defined(of)?;
                if let Some(group) = self.policies.defined(of)? {
                    self.namespaces.engines().defined(group);
                }
            }
            "Service" | "Ingress" | "Gateway" | "ListenerSet" | "XListenerSet" => {
                let unique = self.unique(of);
                let (origin, gaps, missing) = (self.origin, &self.gaps, &self.missing);
                let view = View { origin, gaps: gaps.as_ref(), missing, version: None };
                match of.kind.as_str() {
                    "Service" => {
                        self.admission.service(of);
                        self.exposure.service(of, unique, &view)?;
                    }
                    "Ingress" => self.exposure.ingress(of, unique, &view)?,
                    _ => self.exposure.ingresses.push(gateways::read(of, unique, &view)?),
                }
            }
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
                self.namespaces.take(of, String::new())?;
                let unique = self.unique(of);
                self.admission.webhooks(of, unique)?;
            }
            "Node" => {
                let unique = self.unique(of);
                self.nodes.take(of, unique, &self.gaps)?;
            }
            _ => {
                let unique = self.unique(of);
                self.control_plane.pod(of)?;
                self.accounts.pods(of)?;
                self.retired.pods(of, &unique)?;
                self.external.pods(of)?;
                if of.kind == "DaemonSet" {
                    self.policies.plugin(of)?;
                }
                self.workloads.take(of, unique, self.origin, self.versions)?;
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

    /// Why the version of the server is not known, if it is not.
    fn version_gap(&self) -> Option<GapId> {
        match &self.server {
            _ if self.origin == Origin::Manifests => None,
            Fact::Gap(gap) => Some(*gap),
            Known(version) if self.versions == Versions::ANY => {
                let detail = format!("{version} is not a version of Kubernetes");
                Some(self.gaps.note(Gap::undetermined(crate::action::VERSION, "", &detail)))
            }
            Known(_) | Fact::NotOffered => None,
        }
    }

    /// Fills a scope with what was read of the kinds that are wanted.
    pub fn fill(mut self, wanted: &Wanted, scope: &mut Scope) {
        scope.level = self.origin.level();
        let version = self.version_gap();
        let mut lists = self.missing;
        if self.origin == Origin::Cluster {
            lists.not_requested(wanted);
        }
        let view = View { origin: self.origin, gaps: &self.gaps, missing: &lists, version };
        let server = self.server.known().ok().map(String::as_str);
        let hosts = self.hosts.known().into_iter().flatten().map(String::as_str);
        let all_nodes = lists.of(["Node"]).is_empty();
        let platform = self.nodes.platform(server, hosts, all_nodes);
        let metadata = self.nodes.metadata(platform, all_nodes);
        let (networks, network_policies) =
            self.policies.finish(&view, &self.namespaces, self.workloads.ends(), metadata);
        let used: BTreeSet<String> = self.workloads.namespaces().map(str::to_owned).collect();
        let others = network_policies.iter().map(|one| one.region.clone().unwrap_or_default());
        let others: BTreeSet<String> = others.collect();
        let defaults = self.namespaces.defaults();
        let mut workloads =
            self.workloads.finish(&view, defaults, &networks, self.nodes.platforms());
        let denying = self.namespaces.engines().denying(view.has_all(engines::POLICY));
        let mut namespaces = self.namespaces.finish(&view, &used, &others, &networks);
        self.external.fill(&mut namespaces, &view);
        let Listing { items: betas, gaps: beta_gaps } = self.betas.finish(&view, self.versions);
        let mut parts = Vec::new();
        let enforcing = self.admission.enforcing(&lists);
        let around = access::Around {
            origin: self.origin,
            missing: &lists,
            gaps: &self.gaps,
            versions: self.versions,
            version,
            platform,
            enforcing: &enforcing,
        };
        let joined = self.access.join(&around);
        let dangling = joined.dangling(&around, &self.accounts);
        for (binding, missing) in self.role_bindings.iter_mut().zip(dangling) {
            binding.missing = missing;
        }
        self.retired.fill(&mut workloads, &view);
        let name = scope.name.as_deref().unwrap_or(&scope.id);
        let cluster = Cluster::unread_on(Provider::Kubernetes, scope.id.as_str(), name, None);
        let flags = self.control_plane.admission(&lists, &self.gaps);
        let (enforcing, signing) = self.admission.of_cluster(&denying, &lists, &self.gaps, &flags);
        let cluster = cluster
            .platform(nodes::shown(platform, &lists, &self.gaps))
            .version(self.server)
            .api_servers(self.hosts)
            .enforcing(enforcing)
            .signature_checks(signing);
        let cluster = self.control_plane.fill(cluster, &lists, &self.gaps);
        macro_rules! part {
            ($kind:ident, $items:expr, $kinds:expr) => {
                if wanted.kind(Kind::$kind) && scope.level.holds(Provider::Kubernetes, Kind::$kind)
                {
                    parts.push(Part::from(Listing { items: $items, gaps: lists.of($kinds) }));
                }
            };
        }
        part!(Namespace, namespaces, ["Namespace"]);
        part!(Cluster, vec![cluster], []);
        part!(
            ServiceAccount,
            self.accounts.finish(&around, &joined.of_accounts()),
            ["ServiceAccount"]
        );
        part!(RoleBinding, self.role_bindings, BINDINGS);
        part!(SecretManifest, self.secrets, ["Secret"]);
        part!(NetworkPolicy, network_policies, ["NetworkPolicy"]);
        part!(Service, self.exposure.services, ["Service"]);
        part!(Ingress, self.exposure.ingresses, gateways::PUBLISHING);
        part!(AdmissionWebhook, self.admission.finish(self.origin, &lists, &self.gaps), WEBHOOKS);
        part!(Node, self.nodes.finish(), ["Node"]);
        part!(Workload, workloads, workload::kinds());
        part!(RbacSubject, joined.subjects(&around), BINDINGS);
        if wanted.kind(Kind::BetaObject) {
            parts.push(Part::from(Listing { items: betas, gaps: beta_gaps }));
        }
        for one in parts {
            scope.merge(one);
        }
        scope.gaps = self.gaps.list();
    }
}
