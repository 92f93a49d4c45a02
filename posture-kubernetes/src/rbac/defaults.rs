//! The roles that every cluster has and manifests bind without holding them.

mod system;

use std::sync::LazyLock;

use posture_model::dated::Dated;

use super::read::{Role, Rule};
use crate::labels::{Labels, Selector};

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "delete", "deletecollection", "patch", "update"];
const ALL: &[&str] =
    &["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// A rule: verbs, group, resources.
type Grants = (&'static [&'static str], &'static str, &'static [&'static str]);

/// A part of one of the roles `admin`, `edit` and `view`, which aggregate their parts by label.
struct Part {
    /// The role that aggregates it.
    role: &'static str,
    rules: &'static [Grants],
}

/// The parts of the roles for users.
static PARTS: Dated<Part> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata/cluster-roles.yaml",
        "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
    ],
    "2026-11-30",
    &[
        Part {
            role: "admin",
            rules: &[
                (&["create"], "authorization.k8s.io", &["localsubjectaccessreviews"]),
                (ALL, "rbac.authorization.k8s.io", &["rolebindings", "roles"]),
            ],
        },
        Part {
            role: "edit",
            rules: &[
                (
                    READ,
                    "",
                    &[
                        "pods/attach",
                        "pods/exec",
                        "pods/portforward",
                        "pods/proxy",
                        "secrets",
                        "services/proxy",
                    ],
                ),
                (&["impersonate"], "", &["serviceaccounts"]),
                (
                    WRITE,
                    "",
                    &["pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"],
                ),
                (&["create"], "", &["pods/eviction", "serviceaccounts/token"]),
                (
                    WRITE,
                    "",
                    &[
                        "configmaps",
                        "events",
                        "persistentvolumeclaims",
                        "replicationcontrollers",
                        "replicationcontrollers/scale",
                        "secrets",
                        "serviceaccounts",
                        "services",
                        "services/proxy",
                    ],
                ),
                (
                    WRITE,
                    "apps",
                    &[
                        "daemonsets",
                        "deployments",
                        "deployments/rollback",
                        "deployments/scale",
                        "replicasets",
                        "replicasets/scale",
                        "statefulsets",
                        "statefulsets/scale",
                    ],
                ),
                (WRITE, "autoscaling", &["horizontalpodautoscalers"]),
                (WRITE, "batch", &["cronjobs", "jobs"]),
                (WRITE, "policy", &["poddisruptionbudgets"]),
                (WRITE, "networking.k8s.io", &["ingresses", "networkpolicies"]),
                (ALL, "coordination.k8s.io", &["leases"]),
            ],
        },
        Part {
            role: "view",
            rules: &[
                (
                    READ,
                    "",
                    &[
                        "bindings",
                        "configmaps",
                        "endpoints",
                        "events",
                        "limitranges",
                        "namespaces",
                        "namespaces/status",
                        "persistentvolumeclaims",
                        "persistentvolumeclaims/status",
                        "pods",
                        "pods/log",
                        "pods/status",
                        "replicationcontrollers",
                        "replicationcontrollers/scale",
                        "replicationcontrollers/status",
                        "resourcequotas",
                        "resourcequotas/status",
                        "serviceaccounts",
                        "services",
                        "services/status",
                    ],
                ),
                (READ, "discovery.k8s.io", &["endpointslices"]),
                (
                    READ,
                    "apps",
                    &[
                        "controllerrevisions",
                        "daemonsets",
                        "daemonsets/status",
                        "deployments",
                        "deployments/scale",
                        "deployments/status",
                        "replicasets",
                        "replicasets/scale",
                        "replicasets/status",
                        "statefulsets",
                        "statefulsets/scale",
                        "statefulsets/status",
                    ],
                ),
                (
                    READ,
                    "autoscaling",
                    &["horizontalpodautoscalers", "horizontalpodautoscalers/status"],
                ),
                (READ, "batch", &["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
                (READ, "policy", &["poddisruptionbudgets", "poddisruptionbudgets/status"]),
                (READ, "networking.k8s.io", &["ingresses", "ingresses/status", "networkpolicies"]),
            ],
        },
    ],
);

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

fn label(role: &str) -> String {
    format!("rbac.authorization.k8s.io/aggregate-to-{role}")
}

fn rule((verbs, group, resources): &Grants) -> Rule {
    Rule {
        verbs: texts(verbs),
        groups: texts(&[group]),
        resources: texts(resources),
        ..Rule::default()
    }
}

/// A role of Kubernetes' own parts, by its namespace, which is empty for a ClusterRole, and its name.
pub(super) fn system_role(namespace: &str, name: &str) -> Option<&'static Role> {
    static ALL: LazyLock<Vec<Role>> = LazyLock::new(|| system::roles().collect());
    let of = |role: &&Role| role.namespace.as_deref().unwrap_or_default() == namespace;
    ALL.iter().filter(of).find(|role| role.name == name)
}

/// `cluster-admin`, `admin`, `edit` and `view` with what they aggregate, and the roles of Kubernetes' own parts.
pub(super) fn roles() -> Vec<Role> {
    let cluster_role = |name: &str, labels: &[String], rules: Vec<Rule>| Role {
        namespace: None,
        name: name.to_owned(),
        labels: Labels::exactly(labels.iter().map(|key| (key.clone(), "true"))),
        rules,
        aggregates: None,
    };
    let everything = [
        Rule {
            verbs: texts(&["*"]),
            groups: texts(&["*"]),
            resources: texts(&["*"]),
            ..Rule::default()
        },
        Rule { verbs: texts(&["*"]), urls: texts(&["*"]), ..Rule::default() },
    ];
    let mut all = vec![cluster_role("cluster-admin", &[], everything.into())];
    for part in PARTS.iter() {
        let rules = part.rules.iter().map(rule).collect();
        all.push(cluster_role(
            &format!("system:aggregate-to-{}", part.role),
            &[label(part.role)],
            rules,
        ));
    }
    // Each of them is part of the next larger one.
    for (name, part_of) in [("admin", None), ("edit", Some("admin")), ("view", Some("edit"))] {
        let labels: Vec<String> = part_of.map(label).into_iter().collect();
        let aggregates = Some(vec![Selector::of(&[(&label(name), "true")])]);
        all.push(Role { aggregates, ..cluster_role(name, &labels, Vec::new()) });
    }
    all.extend(system::roles());
    all
}
