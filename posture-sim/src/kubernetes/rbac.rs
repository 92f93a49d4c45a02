//! Who may do what: the server's RBAC, over the roles and bindings of a world.
//!
//! The rules are those of the
//! [authorizer](https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/rbac.go) and its
//! [helpers](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/v1/evaluation_helpers.go), read on 2026-11-30. Nothing
//! here comes from the crate that audits clusters: tests hold one evaluator to the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::json::{list, text, texts};
use super::world::{Identity, World};
use crate::declared::Error;

/// A request, as RBAC sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission<'a> {
    /// A request for a resource.
    Resource {
        /// The verb, such as `list`.
        verb: &'a str,
        /// The group of the API; empty for the core.
        group: &'a str,
        /// The resource, with its subresource if there is one: `pods/exec`.
        resource: &'a str,
        /// The namespace; empty for what is not in one, and for a list over all.
        namespace: &'a str,
        /// The name of the object; empty for a list and a new object.
        name: &'a str,
    },
    /// A request for a path that is not of a resource.
    Path {
        /// The method in lower case.
        verb: &'a str,
        /// The path.
        path: &'a str,
    },
}

#[derive(Clone, Debug)]
struct Rule {
    verbs: Vec<String>,
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
    urls: Vec<String>,
}

#[derive(Clone, Debug)]
struct Binding {
    /// The namespace of the role; none for a ClusterRole.
    of: Option<String>,
    role: String,
    subjects: Vec<Value>,
}

/// The roles and bindings of a world.
#[derive(Clone, Debug, Default)]
pub struct Authority {
    roles: BTreeMap<(Option<String>, String), Vec<Rule>>,
    everywhere: Vec<Binding>,
    within: BTreeMap<String, Vec<Binding>>,
}

fn has(all: &[String], one: &str) -> bool {
    all.iter().any(|it| it == one)
}

impl Rule {
    fn of(rule: &Value) -> Self {
        Self {
            verbs: texts(rule, "/verbs"),
            groups: texts(rule, "/apiGroups"),
            resources: texts(rule, "/resources"),
            names: texts(rule, "/resourceNames"),
            urls: texts(rule, "/nonResourceURLs"),
        }
    }

    fn allows(&self, asked: &Permission<'_>) -> bool {
        match asked {
            Permission::Resource { verb, group, resource, name, .. } => {
                let any_parent = resource.split_once('/').map(|(_, inner)| format!("*/{inner}"));
                (has(&self.verbs, "*") || has(&self.verbs, verb))
                    && (has(&self.groups, "*") || has(&self.groups, group))
                    && (has(&self.resources, "*")
                        || has(&self.resources, resource)
                        || any_parent.is_some_and(|any| has(&self.resources, &any)))
                    && (self.names.is_empty() || has(&self.names, name))
            }
            Permission::Path { verb, path } => {
                (has(&self.verbs, "*") || has(&self.verbs, verb))
                    && self.urls.iter().any(|url| {
                        let start = url.trim_end_matches('*');
                        url == path || (url.ends_with('*') && path.starts_with(start))
                    })
            }
        }
    }
}

impl Authority {
    /// The roles and bindings of a world, with what a new cluster has and with aggregated roles filled in.
    ///
    /// # Errors
    /// If the objects of the world cannot be served.
    pub fn of(world: &World) -> Result<Self, Error> {
        Ok(Self::over(&super::cluster::complete(world)?.objects))
    }

    pub(crate) fn over(objects: &[Value]) -> Self {
        let mut all = Self::default();
        for object in objects {
            if text(object, "/apiVersion") != "rbac.authorization.k8s.io/v1" {
                continue;
            }
            let name = text(object, "/metadata/name").to_owned();
            let namespace = text(object, "/metadata/namespace").to_owned();
            let rules = || list(object, "/rules").iter().map(Rule::of).collect();
            let binding = |of: Option<String>| Binding {
                of,
                role: text(object, "/roleRef/name").to_owned(),
                subjects: list(object, "/subjects").to_vec(),
            };
            match text(object, "/kind") {
                "ClusterRole" => drop(all.roles.insert((None, name), rules())),
                "Role" => drop(all.roles.insert((Some(namespace), name), rules())),
                "ClusterRoleBinding" => all.everywhere.push(binding(None)),
                "RoleBinding" => {
                    let role = text(object, "/roleRef/kind") == "Role";
                    let binding = binding(role.then(|| namespace.clone()));
                    all.within.entry(namespace).or_default().push(binding);
                }
                _ => {}
            }
        }
        all
    }

    /// Whether an identity may make a request.
    pub fn allows(&self, identity: &Identity, asked: &Permission<'_>) -> bool {
        self.decide(identity, asked).is_ok()
    }

    /// Whether an identity may make a request; if not, the reason, where there is one: a binding to a role that does not exist.
    pub(crate) fn decide(&self, who: &Identity, asked: &Permission<'_>) -> Result<(), String> {
        let groups = who.all_groups();
        // The server allows this group everything before any other authorizer is asked.
        if groups.contains("system:masters") {
            return Ok(());
        }
        let namespace = match asked {
            Permission::Resource { namespace, .. } => *namespace,
            Permission::Path { .. } => "",
        };
        let inner = self.within.get(namespace).map_or(&[][..], Vec::as_slice);
        let everywhere = self.everywhere.iter().map(|binding| ("", binding));
        let mut missing = Vec::new();
        for (place, binding) in everywhere.chain(inner.iter().map(|one| (namespace, one))) {
            if !binding.subjects.iter().any(|one| applies(one, &who.user, &groups, place)) {
                continue;
            }
            match self.roles.get(&(binding.of.clone(), binding.role.clone())) {
                Some(rules) if rules.iter().any(|rule| rule.allows(asked)) => return Ok(()),
                Some(_) => {}
                None => {
                    let kind = if binding.of.is_some() { "role" } else { "clusterrole" };
                    let role = &binding.role;
                    let message = format!("{kind}.rbac.authorization.k8s.io {role:?} not found");
                    if !missing.contains(&message) {
                        missing.push(message);
                    }
                }
            }
        }
        Err(match missing.as_slice() {
            [] => String::new(),
            [one] => format!("RBAC: {one}"),
            several => format!("RBAC: [{}]", several.join(", ")),
        })
    }
}

/// Whether a subject of a binding in a namespace, or of the cluster, is a user or a group of it.
fn applies(subject: &Value, user: &str, groups: &BTreeSet<String>, place: &str) -> bool {
    let name = text(subject, "/name");
    match text(subject, "/kind") {
        "User" => name == user,
        "Group" => groups.contains(name),
        "ServiceAccount" => {
            let namespace = match text(subject, "/namespace") {
                "" => place,
                namespace => namespace,
            };
            !namespace.is_empty() && user == format!("system:serviceaccount:{namespace}:{name}")
        }
        _ => false,
    }
}
