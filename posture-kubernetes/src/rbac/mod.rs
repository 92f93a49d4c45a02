//! What roles and bindings allow, and to whom.
//!
//! Rules, read on 2026-11-30:
//!
//! - [Using RBAC authorization](https://kubernetes.io/docs/reference/access-authn-authz/rbac/): rules only grant; a RoleBinding
//!   grants in its namespace, also what a ClusterRole holds; resource names cannot limit `create` and `deletecollection`;
//!   aggregated ClusterRoles.
//! - [Good practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/): the permissions that lead to others.
//!
//! The answers are those of RBAC alone. Other authorizers, such as webhooks and the access entries of a cloud, grant beside it, the
//! members of groups are not listed anywhere, and the group `system:masters` is allowed everything without a binding.

mod bindable;
mod bound;
mod chains;
mod defaults;
#[cfg(test)]
mod family_tests;
mod held;
mod inside;
mod paths;
mod read;
mod rights;
mod system;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

use posture_model::tri::Tri;

pub use bindable::Ground;
pub use chains::{Chain, Step};
pub use paths::{Paths, Reached};
pub use read::{Binding, Role, RoleRef, Rule, Subject};
pub use rights::Right;

use crate::open::Open;

const RBAC: &str = "rbac.authorization.k8s.io";

/// A rule that a subject holds, and through what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'r> {
    /// The namespace in which it holds; none for the whole cluster.
    pub namespace: Option<&'r str>,
    /// The rule.
    pub rule: &'r Rule,
    /// The place of the rule in the role, from 0.
    pub place: usize,
    /// The role that has it.
    pub role: &'r Role,
    /// The binding that grants the role.
    pub binding: &'r Binding,
    /// The subject that the binding names: the asked one, or a group that it is in.
    pub through: &'r Subject,
}

/// `ClusterRoleBinding ops grants ClusterRole edit, rules[3], to group system:authenticated`.
impl std::fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (binding, role) = (self.binding.id(), self.role.id());
        write!(f, "{binding} grants {role}, rules[{}], to {}", self.place, self.through)
    }
}

/// A request for a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'q> {
    /// The verb, such as `create`.
    pub verb: &'q str,
    /// The group of the API; empty for the core.
    pub group: &'q str,
    /// The resource, with its subresource if there is one: `pods/exec`.
    pub resource: &'q str,
    /// The namespace; none for what is not in one, and for a list over all.
    pub namespace: Option<&'q str>,
    /// The name of the object; none for a list, a new object or a collection.
    pub name: Option<&'q str>,
}

/// The roles and bindings of a cluster, or of a tree of manifests.
#[derive(Clone, Debug, Default)]
pub struct Rbac {
    roles: BTreeMap<(Option<String>, String), Role>,
    bindings: Vec<Binding>,
    /// Whether there are no others: the cluster was read, not files that are applied to one.
    whole: bool,
    ground: Ground,
}

impl Rbac {
    /// The roles and bindings of a cluster, which has the rules of aggregated roles filled in.
    pub fn of_cluster(roles: Vec<Role>, bindings: Vec<Binding>) -> Self {
        let key = |role: &Role| (role.namespace.clone(), role.name.clone());
        let roles = roles.into_iter().map(|role| (key(&role), role)).collect();
        Self { roles, bindings, whole: true, ground: Ground::default() }
    }

    /// The same in a cluster of which this is known.
    #[must_use]
    pub fn on(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }

    /// The roles and bindings of manifests. `cluster-admin`, `admin`, `edit` and `view`, which every cluster has, are added, and the
    /// rules of aggregated roles are worked out, as the controller of the cluster will. What else is in the cluster and not in the
    /// manifests is not known: [`Self::dangling`] has the bindings of such roles.
    pub fn of_manifests(roles: Vec<Role>, bindings: Vec<Binding>) -> Self {
        // The later one wins, and that is the one of the manifests.
        let all = Self::of_cluster([defaults::roles(), roles].concat(), bindings);
        let mut all = Self { whole: false, ..all };
        // A role that aggregates may be aggregated: as many rounds as there may be levels.
        for _ in 0..=all.roles.len() {
            let before = all.roles.clone();
            for role in all.roles.values_mut() {
                let Some(selectors) = &role.aggregates else { continue };
                let others = before.values().filter(|other| {
                    let selects = |selector: &crate::labels::Selector| {
                        let open = |key: &str| Open::PodLabel { pod: other.id(), key: key.into() };
                        selector.matches(&other.labels, open) == Tri::Yes
                    };
                    other.namespace.is_none()
                        && other.name != role.name
                        && selectors.iter().any(selects)
                });
                // The controller overwrites what the role itself holds.
                let rules: BTreeSet<Rule> = others.flat_map(|other| other.rules.clone()).collect();
                role.rules = rules.into_iter().collect();
            }
            if all.roles == before {
                break;
            }
        }
        all
    }

    /// Every subject that a binding names.
    pub fn subjects(&self) -> BTreeSet<&Subject> {
        self.bindings.iter().flat_map(|binding| &binding.subjects).collect()
    }

    fn role_of(&self, binding: &Binding) -> Option<&Role> {
        let key = match &binding.role {
            RoleRef::ClusterRole(name) => (None, name.clone()),
            RoleRef::Role(name) => (binding.namespace.clone(), name.clone()),
        };
        self.roles.get(&key)
    }

    /// The bindings whose role is not known. In a cluster of which all roles were read it does not exist: the binding grants nothing
    /// now, and whatever a role of that name will hold. With manifests it may be in the cluster already.
    pub fn dangling(&self) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(|binding| self.role_of(binding).is_none())
    }

    /// The rules that a subject holds, itself and through the groups that the server puts it into.
    pub fn grants(&self, subject: &Subject) -> Vec<Grant<'_>> {
        let groups = subject.groups();
        let names = |one: &Subject| match one {
            Subject::Group(name) => one == subject || groups.contains(name),
            other => other == subject,
        };
        let mut all = Vec::new();
        for binding in &self.bindings {
            let Some(through) = binding.subjects.iter().find(|one| names(one)) else { continue };
            let Some(role) = self.role_of(binding) else { continue };
            for (place, rule) in role.rules.iter().enumerate() {
                let namespace = binding.namespace.as_deref();
                all.push(Grant { namespace, rule, place, role, binding, through });
            }
        }
        all
    }

    /// The rules that bindings grant each subject by its own name, not through groups that it is in.
    pub fn direct(&self) -> BTreeMap<&Subject, Vec<Grant<'_>>> {
        let mut all: BTreeMap<&Subject, Vec<Grant<'_>>> = BTreeMap::new();
        for binding in &self.bindings {
            let named: BTreeSet<&Subject> = binding.subjects.iter().collect();
            for through in named {
                let grants = all.entry(through).or_default();
                let Some(role) = self.role_of(binding) else { continue };
                let namespace = binding.namespace.as_deref();
                let of = |(place, rule)| Grant { namespace, rule, place, role, binding, through };
                grants.extend(role.rules.iter().enumerate().map(of));
            }
        }
        all
    }

    /// The bindings in their order, each with its role where that is known.
    pub fn bindings(&self) -> impl Iterator<Item = (&Binding, Option<&Role>)> {
        self.bindings.iter().map(|binding| (binding, self.role_of(binding)))
    }

    /// The grants by which a subject may make a request; empty if RBAC does not allow it.
    pub fn allows(&self, subject: &Subject, request: Request<'_>) -> Vec<Grant<'_>> {
        let mut all = self.grants(subject);
        all.retain(|grant| grant.allows(request));
        all
    }
}

impl Grant<'_> {
    /// Whether it allows a request.
    pub fn allows(&self, request: Request<'_>) -> bool {
        let Request { verb, group, resource, namespace, name } = request;
        let place = self.namespace.is_none_or(|own| namespace == Some(own));
        // A request without a name is not of a named object: creation, a whole list, a whole collection.
        let named = self.rule.names_hold(name.unwrap_or_default());
        place && named && self.rule.grants(verb, group, resource)
    }

    /// Whether its role is the union of others, which a label adds to it.
    fn is_aggregated(&self) -> bool {
        self.role.aggregates.as_ref().is_some_and(|all| !all.is_empty())
    }

    /// Whether it allows a verb on a resource somewhere in its namespace, with whatever name.
    fn holds(&self, verb: &str, group: &str, resource: &str) -> bool {
        let creates = matches!(verb, "create" | "deletecollection") && !resource.contains('/');
        (self.rule.names_hold("") || !creates) && self.rule.grants(verb, group, resource)
    }
}
