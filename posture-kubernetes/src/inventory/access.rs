//! Who may do what: roles and bindings, put together to the rights of subjects.

use posture_model::entries::Entries;
use posture_model::provider::Provider;
use posture_model::resource::RbacSubject;
use serde_json::Value;

use super::objects::id;
use super::{Missing, Origin};
use crate::rbac::{Binding, Rbac, Role, Subject};
use crate::read::Invalid;

/// The roles and the bindings.
#[derive(Debug, Default)]
pub(super) struct Access {
    roles: Vec<Role>,
    bindings: Vec<Binding>,
}

impl Access {
    pub(super) fn role(&mut self, object: &Value) -> Result<(), Invalid> {
        self.roles.push(Role::read(object)?);
        Ok(())
    }

    pub(super) fn binding(&mut self, object: &Value) -> Result<(), Invalid> {
        self.bindings.push(Binding::read(object)?);
        Ok(())
    }

    pub(super) fn extend(&mut self, other: Self) {
        let Self { roles, bindings } = other;
        self.roles.extend(roles);
        self.bindings.extend(bindings);
    }

    /// Each subject that a binding names, with its rights. A role or a binding that was not read may grant more.
    pub(super) fn subjects(self, origin: Origin, missing: &Missing) -> Vec<RbacSubject> {
        let rbac = match origin {
            Origin::Cluster => Rbac::of_cluster(self.roles, self.bindings),
            Origin::Manifests => Rbac::of_manifests(self.roles, self.bindings),
        };
        let open = missing.of(["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"]);
        let open = open.first().copied();
        let subject = |subject: &Subject| {
            let (namespace, name) = match subject {
                Subject::User(name) | Subject::Group(name) => (None, name.as_str()),
                Subject::ServiceAccount { namespace, name } => {
                    (Some(namespace.as_str()), name.as_str())
                }
            };
            let kind = match subject {
                Subject::User(_) => "User",
                Subject::Group(_) => "Group",
                Subject::ServiceAccount { .. } => "ServiceAccount",
            };
            let full = rbac
                .grants(subject)
                .into_iter()
                .filter(|grant| grant.namespace.is_none() && grant.rule.is_everything());
            let full = full.map(|grant| grant.to_string()).collect();
            RbacSubject::unread_on(Provider::Kubernetes, id(kind, namespace, name), name, namespace)
                .full_admin(Entries::new(full, open).into_fact())
        };
        rbac.subjects().into_iter().map(subject).collect()
    }
}
