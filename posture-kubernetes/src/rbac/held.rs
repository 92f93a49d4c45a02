//! The grants of one subject, as questions about them.

use std::collections::BTreeSet;

use super::{Grant, RBAC};

/// What a subject finds out about its grants: which one holds, in a namespace or in the whole cluster.
pub(super) struct Held<'r> {
    pub(super) grants: Vec<Grant<'r>>,
}

impl<'r> Held<'r> {
    pub(super) fn new(mut grants: Vec<Grant<'r>>) -> Self {
        // One without names holds more.
        grants.sort_by_key(|grant| !grant.rule.names.is_empty());
        Self { grants }
    }

    /// The grants of any of these verbs that hold in a place: a namespace, or the whole cluster for none.
    pub(super) fn all(
        &self,
        verbs: &[&str],
        group: &str,
        resource: &str,
        place: Option<&str>,
    ) -> impl Iterator<Item = &Grant<'r>> {
        self.grants.iter().filter(move |grant| {
            let here = grant.namespace.is_none() || (place.is_some() && grant.namespace == place);
            here && verbs.iter().any(|verb| grant.holds(verb, group, resource))
        })
    }

    /// The grants by which it creates ClusterRoles that hold more than it does. A name cannot limit creation, so that one which is limited
    /// to names does not allow it.
    /// [Source](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update), read on 2026-12-01.
    pub(super) fn widens(&self) -> Option<(&Grant<'r>, &Grant<'r>)> {
        let mut escalate = self.all(&["escalate"], RBAC, "clusterroles", None);
        let escalate = escalate.find(|grant| grant.rule.names_hold(""))?;
        Some((escalate, self.find(&["create"], RBAC, "clusterroles", None)?))
    }

    /// The first of these, which is one without names if there is one.
    pub(super) fn find(
        &self,
        verbs: &[&str],
        group: &str,
        resource: &str,
        place: Option<&str>,
    ) -> Option<&Grant<'r>> {
        self.all(verbs, group, resource, place).next()
    }
}

/// The names that a grant is limited to, of the accounts of a namespace.
pub(super) fn limited<'a>(grant: &Grant<'_>, accounts: &'a BTreeSet<String>) -> Vec<&'a String> {
    let names = &grant.rule.names;
    accounts.iter().filter(|name| names.is_empty() || names.contains(name)).collect()
}
