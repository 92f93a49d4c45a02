//! The table of actions: every list that an audit of a cluster reads.
//!
//! An action is named as `kubectl auth can-i` takes it, `list deployments.apps`, so that a refusal can be checked by pasting it. An
//! audit lists and nothing else: Secrets are not in the table, and no action creates, changes or connects to anything.

use posture_collect::{Action, Per};
use posture_model::resource::{
    AdmissionWebhook, Cluster, FactId, Kind, RbacSubject, ServiceAccount, Subject, Workload,
};
use posture_model::wanted::Wanted;

use crate::inventory::access::{OF_BINDINGS, RIGHTS};
use crate::inventory::admission::OF_WEBHOOKS;
use crate::inventory::control_plane::OF_MIRRORS;
use crate::inventory::external::OF_EXTERNAL;
use crate::inventory::nodes::OF_NODES;
use crate::inventory::{
    OF_ENGINES, OF_GATEWAYS, OF_INGRESSES, OF_LIMIT_RANGES, OF_NAMESPACES, OF_OTHER_POLICIES,
    OF_POLICIES, OF_QUOTAS, OF_SERVICES, OF_TEMPLATES, OF_VALIDATING_WEBHOOKS, TOKENS_OF_ACCOUNTS,
    service_accounts,
};

/// Several lists of facts as one.
macro_rules! facts {
    ($($list:expr),+ $(,)?) => {{
        const ALL: [FactId; 0 $(+ $list.len())+] = {
            let mut all = [Workload::TAGS; 0 $(+ $list.len())+];
            let mut at = 0;
            $(
                let list: &[FactId] = $list;
                let mut place = 0;
                while place < list.len() {
                    all[at] = list[place];
                    at += 1;
                    place += 1;
                }
            )+
            all
        };
        &ALL
    }};
}

/// What an action requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// The list of all objects of a resource, in every namespace.
    List(Api),
    /// A path that is not of a resource.
    Path(&'static str),
}

/// A resource of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Api {
    /// Its group; empty for the core.
    pub group: &'static str,
    /// The version that is read.
    pub version: &'static str,
    /// Its name in paths and in roles, such as `deployments`.
    pub resource: &'static str,
    /// The kind of its objects.
    pub kind: &'static str,
    /// Whether its objects are in a namespace.
    pub namespaced: bool,
}

impl Api {
    /// The path of the list: that of a namespace, or that of all.
    pub fn path(&self, namespace: Option<&str>) -> String {
        let Self { group, version, resource, .. } = self;
        let place = namespace.map(|name| format!("namespaces/{name}/")).unwrap_or_default();
        if group.is_empty() {
            format!("/api/{version}/{place}{resource}")
        } else {
            format!("/apis/{group}/{version}/{place}{resource}")
        }
    }

    /// The `apiVersion` of its objects.
    pub fn api_version(&self) -> String {
        let Self { group, version, .. } = self;
        if group.is_empty() { (*version).to_owned() } else { format!("{group}/{version}") }
    }

    /// Its name with its group, as `kubectl` takes it: `deployments.apps`.
    pub fn name(&self) -> String {
        let Self { group, resource, .. } = self;
        if group.is_empty() { (*resource).to_owned() } else { format!("{resource}.{group}") }
    }
}

/// An action of this table.
pub type KubernetesAction = Action<Request>;

const fn list(
    name: &'static str,
    api: Api,
    lists: &'static [Kind],
    fills: &'static [FactId],
) -> KubernetesAction {
    Action { name, per: Per::page(PAGE), lists, fills, command: "", own: Request::List(api) }
}

/// The most objects of a page.
pub const PAGE: u32 = 500;

const fn api(
    group: &'static str,
    version: &'static str,
    resource: &'static str,
    kind: &'static str,
    namespaced: bool,
) -> Api {
    Api { group, version, resource, kind, namespaced }
}

/// The facts that pods and their templates decide, of workloads and of the accounts that they use.
const OF_WORKLOADS: &[FactId] =
    facts!(OF_TEMPLATES, OF_EXTERNAL, &[Workload::RETIRED_INGRESS, ServiceAccount::USED_BY]);
/// Pods show the flags of the control plane as well.
const OF_PODS: &[FactId] = facts!(OF_WORKLOADS, OF_MIRRORS, &[Workload::RUNNING_IMAGES]);

/// Of what is between a workload and its pods.
const OF_OWNERS: &[FactId] = facts!(OF_WORKLOADS, &[Workload::RUNNING_IMAGES]);

const WORKLOADS: &[Kind] = &[Kind::Workload];

/// The version of the server: by which rules it is judged, and whether it responds at all. Every user may read it.
pub const VERSION: &str = "get /version";

/// The versions that the server serves: what it does not serve, no client can use. Every user may read them.
pub const GROUPS: &str = "get /apis";

/// The namespaces: one of them has the number that identifies the cluster.
pub const NAMESPACES: &str = "list namespaces";

/// Every action.
pub static ACTIONS: &[KubernetesAction] = &[
    Action {
        name: VERSION,
        per: Per::ONCE,
        lists: &[Kind::Cluster, Kind::BetaObject],
        fills: &[Cluster::VERSION, Cluster::PLATFORM, Cluster::API_SERVERS],
        command: "kubectl version --output yaml",
        own: Request::Path("/version"),
    },
    list(
        NAMESPACES,
        api("", "v1", "namespaces", "Namespace", false),
        &[Kind::Namespace],
        facts!(OF_NAMESPACES, OF_EXTERNAL, &[Cluster::ENFORCING, RbacSubject::NAMESPACE_CHANGES]),
    ),
    Action {
        name: GROUPS,
        per: Per::ONCE,
        lists: &[Kind::BetaObject],
        fills: &[],
        command: "kubectl api-versions",
        own: Request::Path("/apis"),
    },
    list("list nodes", api("", "v1", "nodes", "Node", false), &[Kind::Node], OF_NODES),
    list("list pods", api("", "v1", "pods", "Pod", true), WORKLOADS, OF_PODS),
    list(
        "list replicationcontrollers",
        api("", "v1", "replicationcontrollers", "ReplicationController", true),
        WORKLOADS,
        OF_WORKLOADS,
    ),
    list(
        "list deployments.apps",
        api("apps", "v1", "deployments", "Deployment", true),
        WORKLOADS,
        OF_WORKLOADS,
    ),
    list(
        "list replicasets.apps",
        api("apps", "v1", "replicasets", "ReplicaSet", true),
        WORKLOADS,
        OF_OWNERS,
    ),
    list(
        "list statefulsets.apps",
        api("apps", "v1", "statefulsets", "StatefulSet", true),
        WORKLOADS,
        OF_WORKLOADS,
    ),
    list(
        "list daemonsets.apps",
        api("apps", "v1", "daemonsets", "DaemonSet", true),
        WORKLOADS,
        OF_WORKLOADS,
    ),
    list("list jobs.batch", api("batch", "v1", "jobs", "Job", true), WORKLOADS, OF_OWNERS),
    list(
        "list cronjobs.batch",
        api("batch", "v1", "cronjobs", "CronJob", true),
        WORKLOADS,
        OF_WORKLOADS,
    ),
    list(
        "list serviceaccounts",
        api("", "v1", "serviceaccounts", "ServiceAccount", true),
        &[Kind::ServiceAccount],
        facts!(service_accounts::OF_ACCOUNTS, TOKENS_OF_ACCOUNTS),
    ),
    list(
        "list roles.rbac.authorization.k8s.io",
        api("rbac.authorization.k8s.io", "v1", "roles", "Role", true),
        &[],
        RIGHTS,
    ),
    list(
        "list clusterroles.rbac.authorization.k8s.io",
        api("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", false),
        &[],
        RIGHTS,
    ),
    list(
        "list rolebindings.rbac.authorization.k8s.io",
        api("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true),
        &[Kind::RoleBinding, Kind::RbacSubject],
        OF_BINDINGS,
    ),
    list(
        "list clusterrolebindings.rbac.authorization.k8s.io",
        api("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", false),
        &[Kind::RoleBinding, Kind::RbacSubject],
        OF_BINDINGS,
    ),
    list(
        "list networkpolicies.networking.k8s.io",
        api("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true),
        &[Kind::NetworkPolicy],
        OF_POLICIES,
    ),
    list(
        "list services",
        api("", "v1", "services", "Service", true),
        &[Kind::Service],
        facts!(OF_SERVICES, &[AdmissionWebhook::MISSING_SERVICES]),
    ),
    list(
        "list resourcequotas",
        api("", "v1", "resourcequotas", "ResourceQuota", true),
        &[],
        OF_QUOTAS,
    ),
    list(
        "list limitranges",
        api("", "v1", "limitranges", "LimitRange", true),
        &[],
        OF_LIMIT_RANGES,
    ),
    list(
        "list customresourcedefinitions.apiextensions.k8s.io",
        api(
            "apiextensions.k8s.io",
            "v1",
            "customresourcedefinitions",
            "CustomResourceDefinition",
            false,
        ),
        &[],
        facts!(OF_OTHER_POLICIES, OF_EXTERNAL),
    ),
    list(
        "list validatingadmissionpolicies.admissionregistration.k8s.io",
        api(
            "admissionregistration.k8s.io",
            "v1",
            "validatingadmissionpolicies",
            "ValidatingAdmissionPolicy",
            false,
        ),
        &[],
        facts!(OF_ENGINES, &[Cluster::ENFORCING]),
    ),
    list(
        "list validatingadmissionpolicybindings.admissionregistration.k8s.io",
        api(
            "admissionregistration.k8s.io",
            "v1",
            "validatingadmissionpolicybindings",
            "ValidatingAdmissionPolicyBinding",
            false,
        ),
        &[],
        facts!(OF_ENGINES, &[Cluster::ENFORCING]),
    ),
    list(
        "list ingresses.networking.k8s.io",
        api("networking.k8s.io", "v1", "ingresses", "Ingress", true),
        &[Kind::Ingress],
        OF_INGRESSES,
    ),
    list(
        "list gateways.gateway.networking.k8s.io",
        api("gateway.networking.k8s.io", "v1", "gateways", "Gateway", true),
        &[Kind::Ingress],
        OF_GATEWAYS,
    ),
    list(
        "list listenersets.gateway.networking.k8s.io",
        api("gateway.networking.k8s.io", "v1", "listenersets", "ListenerSet", true),
        &[Kind::Ingress],
        OF_GATEWAYS,
    ),
    list(
        "list xlistenersets.gateway.networking.x-k8s.io",
        api("gateway.networking.x-k8s.io", "v1alpha1", "xlistenersets", "XListenerSet", true),
        &[Kind::Ingress],
        OF_GATEWAYS,
    ),
    list(
        "list validatingwebhookconfigurations.admissionregistration.k8s.io",
        api(
            "admissionregistration.k8s.io",
            "v1",
            "validatingwebhookconfigurations",
            "ValidatingWebhookConfiguration",
            false,
        ),
        &[Kind::AdmissionWebhook],
        facts!(OF_WEBHOOKS, OF_VALIDATING_WEBHOOKS),
    ),
    list(
        "list mutatingwebhookconfigurations.admissionregistration.k8s.io",
        api(
            "admissionregistration.k8s.io",
            "v1",
            "mutatingwebhookconfigurations",
            "MutatingWebhookConfiguration",
            false,
        ),
        &[Kind::AdmissionWebhook],
        OF_WEBHOOKS,
    ),
];

/// The actions that an audit makes for what is wanted, in the order of the table.
/// The version and the namespaces are always among them.
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static KubernetesAction> {
    let is_always = |action: &KubernetesAction| [VERSION, NAMESPACES].contains(&action.name);
    // Objects of any kind may be written in a beta version.
    let all = wanted.kind(Kind::BetaObject);
    let is_wanted =
        |action: &KubernetesAction| is_always(action) || all || action.is_wanted(wanted);
    ACTIONS.iter().filter(|action| is_wanted(action)).collect()
}

/// The kinds of objects that are listed.
pub(crate) fn listed_kinds() -> impl Iterator<Item = &'static str> {
    ACTIONS.iter().filter_map(|action| match &action.own {
        Request::List(api) => Some(api.kind),
        Request::Path(_) => None,
    })
}

/// The action that lists the objects of a kind.
pub fn listing(kind: &str) -> Option<(&'static KubernetesAction, &'static Api)> {
    ACTIONS.iter().find_map(|action| match &action.own {
        Request::List(api) if api.kind == kind => Some((action, api)),
        Request::List(_) | Request::Path(_) => None,
    })
}

/// The command that shows the object behind a resource. Its ID begins with the kind of the object.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    use posture_collect::text::shell;
    let kind = subject.id.split('/').next().unwrap_or_default();
    if let Some((_, api)) = listing(kind).filter(|_| subject.kind == fact.kind) {
        let mut command = format!("kubectl get {} {}", api.name(), shell(subject.name));
        if let Some(namespace) = subject.region.filter(|_| api.namespaced) {
            command.push_str(" --namespace ");
            command.push_str(&shell(namespace));
        }
        command.push_str(" --output yaml");
        return vec![command];
    }
    let fixed = ACTIONS.iter().filter(|action| action.fills.contains(&fact));
    fixed.map(|action| action.command.to_owned()).filter(|command| !command.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use posture_model::resource::Workload;

    use super::*;
    use crate::inventory::is_gateway;

    #[test]
    fn actions_are_named_as_kubectl_takes_them() {
        for action in ACTIONS {
            match action.own {
                Request::List(api) => {
                    assert_eq!(action.name, format!("list {}", api.name()));
                    let known = crate::manifest::is_built_in(&api.api_version(), api.kind);
                    assert!(known || is_gateway(&api.api_version(), api.kind), "{api:?}");
                }
                Request::Path(path) => assert_eq!(action.name, format!("get {path}")),
            }
        }
    }

    #[test]
    fn secrets_are_in_no_action() {
        assert!(ACTIONS.iter().all(|action| !action.name.contains("secrets")));
    }

    #[test]
    fn the_command_shows_the_object() {
        let subject = Subject {
            kind: Kind::Workload,
            id: "Deployment/shop/web",
            name: "web",
            region: Some("shop"),
            source: None,
        };
        assert_eq!(
            commands(Workload::PRIVILEGED_CONTAINERS, &subject),
            ["kubectl get deployments.apps web --namespace shop --output yaml"]
        );
        let cluster =
            Subject { kind: Kind::Cluster, id: "k", name: "k", region: None, source: None };
        assert_eq!(commands(Cluster::VERSION, &cluster), ["kubectl version --output yaml"]);
    }
}
