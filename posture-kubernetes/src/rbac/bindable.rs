//! What a subject gains by binding roles.

use std::collections::BTreeSet;

use super::held::Held;
use super::rights::Right;
use super::{Grant, RBAC, Rbac, Role, RoleRef};
use crate::platform::Platform;

/// What is known of the cluster beside its roles and bindings.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The minor version of the oldest server that the cluster can have.
    pub oldest: u16,
    /// That of the newest.
    pub newest: u16,
    /// Who manages its control plane; none if that is not known.
    pub platform: Option<Platform>,
    /// The namespaces that enforce a Pod Security level; none to leave out what pods do to their nodes.
    pub enforcing: Option<BTreeSet<String>>,
}

impl Default for Ground {
    fn default() -> Self {
        Self { oldest: 0, newest: u16::MAX, platform: None, enforcing: None }
    }
}

impl Ground {
    /// Whether nothing is known that keeps new pods of a namespace from their node.
    pub(super) fn lets_pods_reach_nodes(&self, namespace: &str) -> bool {
        self.enforcing.as_ref().is_some_and(|names| !names.contains(namespace))
    }
}

/// What a binding gives in a namespace. The later one is more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gain {
    /// Nothing that leads further.
    Nothing,
    /// Accounts of the namespace, if this holds.
    Maybe(&'static str),
    /// Accounts of the namespace.
    Accounts,
}

/// A role that is bound.
#[derive(Clone, Copy)]
pub(super) enum Bind<'r> {
    ClusterRole(&'r str),
    Role(&'r str),
}

impl<'r> Bind<'r> {
    fn of(role: &'r RoleRef) -> Self {
        match role {
            RoleRef::ClusterRole(name) => Self::ClusterRole(name),
            RoleRef::Role(name) => Self::Role(name),
        }
    }

    /// Its name, if it is of a kind of resource.
    pub(super) fn name(self, kind: &str) -> Option<&'r str> {
        match (self, kind) {
            (Self::ClusterRole(name), "clusterroles") | (Self::Role(name), "roles") => Some(name),
            _ => None,
        }
    }
}

impl Rbac {
    fn cluster_role(&self, name: &str) -> Option<&Role> {
        self.roles.get(&(None, name.to_owned()))
    }

    /// Whether a ClusterRole allows everything. Every cluster has `cluster-admin`.
    pub(super) fn is_full(&self, name: &str) -> bool {
        match self.cluster_role(name) {
            Some(role) => role.rules.iter().any(super::Rule::is_everything),
            None => name == "cluster-admin",
        }
    }

    /// The bindings of a namespace, or of the whole cluster, with the name of each. The server makes the ClusterRoleBinding
    /// `cluster-admin` whenever it starts without one.
    /// [Source](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings), read on 2026-12-01.
    pub(super) fn existing(&self, place: Option<&str>) -> impl Iterator<Item = (&str, Bind<'_>)> {
        const DEFAULT: &str = "cluster-admin";
        let here = self.bindings.iter().filter(move |one| one.namespace.as_deref() == place);
        let is_there = here.clone().any(|one| one.name == DEFAULT);
        let default =
            (place.is_none() && !is_there).then_some((DEFAULT, Bind::ClusterRole(DEFAULT)));
        here.map(|one| (one.name.as_str(), Bind::of(&one.role))).chain(default)
    }

    /// What a role gives to whom it is bound in a namespace.
    fn gives(&self, bind: &Grant<'_>, role: Option<&Role>, name: &str, namespace: &str) -> Gain {
        const MAYBE: Gain = Gain::Maybe("a role that it may bind controls pods");
        let Some(role) = role else {
            return match name {
                // Every cluster has them.
                "cluster-admin" | "admin" | "edit" => Gain::Accounts,
                _ if self.whole => Gain::Nothing,
                _ => MAYBE,
            };
        };
        // It is bound already.
        if std::ptr::eq(role, bind.role) {
            return Gain::Nothing;
        }
        let (binding, through, place) = (bind.binding, bind.through, 0);
        let namespace = Some(namespace);
        let of = |rule| Grant { namespace, rule, place, role, binding, through };
        let grants: Vec<Grant<'_>> = role.rules.iter().map(of).collect();
        let certain = |grant: &Grant<'_>| {
            let all = grant.rule.names.is_empty();
            all && (grant.holds("create", "", "pods")
                || grant.holds("create", "", "serviceaccounts/token")
                || grant.holds("impersonate", "", "serviceaccounts"))
        };
        if grants.iter().any(certain) {
            return Gain::Accounts;
        }
        let oldest = self.ground.oldest;
        let leads = |grant: &Grant<'_>| {
            let rights = Right::ALL.into_iter().any(|right| grant.gives(right, oldest));
            rights || grant.holds("create", RBAC, "rolebindings") || grant.has_wildcard()
        };
        if grants.iter().any(leads) { MAYBE } else { Gain::Nothing }
    }

    /// What a subject gains that writes a new binding in a namespace.
    pub(super) fn bound_anew(
        &self,
        held: &Held<'_>,
        bind: &Grant<'_>,
        kind: &str,
        namespace: &str,
    ) -> Gain {
        let names = &bind.rule.names;
        if kind == "clusterroles" {
            if names.is_empty() {
                return Gain::Accounts;
            }
            let of = |name: &String| self.gives(bind, self.cluster_role(name), name, namespace);
            return names.iter().map(of).max().unwrap_or(Gain::Nothing);
        }
        // A new Role may hold more than its author.
        let place = Some(namespace);
        let mut escalate = held.all(&["escalate"], RBAC, "roles", place);
        if escalate.any(|grant| grant.rule.names_hold(""))
            && held.find(&["create"], RBAC, "roles", place).is_some()
        {
            return Gain::Accounts;
        }
        let here = self
            .roles
            .values()
            .filter(|role| role.namespace.as_deref() == place && bind.rule.names_hold(&role.name));
        match here.map(|role| self.gives(bind, Some(role), &role.name, namespace)).max() {
            None | Some(Gain::Nothing) if !self.whole => {
                Gain::Maybe("a Role of the namespace controls pods")
            }
            best => best.unwrap_or(Gain::Nothing),
        }
    }

    /// What a subject gains that adds itself to a binding of a namespace.
    pub(super) fn bound_already(
        &self,
        bind: &Grant<'_>,
        change: &Grant<'_>,
        kind: &str,
        namespace: &str,
    ) -> Gain {
        let found = self.existing(Some(namespace)).filter_map(|(name, role)| {
            let role = role.name(kind)?;
            (change.rule.names_hold(name) && bind.rule.names_hold(role)).then_some(role)
        });
        let of = |name: &str| {
            let place = (kind == "roles").then(|| namespace.to_owned());
            self.gives(bind, self.roles.get(&(place, name.to_owned())), name, namespace)
        };
        match found.map(of).max() {
            None | Some(Gain::Nothing) if !self.whole => {
                Gain::Maybe("a RoleBinding of the namespace grants a role that controls pods")
            }
            best => best.unwrap_or(Gain::Nothing),
        }
    }
}
