//! Service accounts, the subjects of role bindings, and what these let them do.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A service account of Kubernetes.
    ServiceAccount {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A user, a group or a service account that role bindings name, with the rights that they grant it.
    RbacSubject {
        /// The grants of every action on every resource of the cluster, each with its binding and role.
        [Kubernetes] full_admin: Entries,
    }
}

resource! {
    /// A RoleBinding or a ClusterRoleBinding.
    RoleBinding {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// The registration of an admission webhook: an item of a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.
    AdmissionWebhook {
        /// The labels of its configuration.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
