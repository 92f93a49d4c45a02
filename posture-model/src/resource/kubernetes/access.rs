//! Service accounts, the subjects of role bindings, and what these let them do.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A service account of Kubernetes.
    ServiceAccount {
        /// Whether pods that run as it mount its token, unless they set otherwise.
        [Kubernetes] automounts_token: bool,
        /// The bindings that name it.
        [Kubernetes] bindings: Entries,
        /// The workloads that run as it and mount its token.
        [Kubernetes] used_by: Entries,
        /// The Secrets that hold a token of it without an end. Secrets that the account does not list are not known.
        [Kubernetes] token_secrets: Entries,
        /// The identity of a cloud that its annotations give to pods that run as it: the ARN of a role of AWS, the ID of a client of
        /// Entra ID, the email of an account of Google Cloud.
        [Kubernetes] cloud_identity: Option<String>,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A user, a group or a service account that role bindings name, with the permissions that they grant it. What they grant to a
    /// group is listed at the group, not at its members. What the bindings grant that Kubernetes makes itself is left out.
    RbacSubject {
        /// The grants of every action on every resource of the cluster, each with its binding and role.
        [Kubernetes] full_admin: Entries,
        /// The bindings that grant it anything, each with its role.
        [Kubernetes] grants: Entries,
        /// The grants with `*` as verb, as API group or as resource.
        [Kubernetes] wildcards: Entries,
        /// The grants to get, list or watch Secrets.
        [Kubernetes] secret_reads: Entries,
        /// The grants to create or change pods, or workloads that create pods.
        [Kubernetes] pod_creation: Entries,
        /// The grants of the verbs escalate, bind and impersonate.
        [Kubernetes] escalation_verbs: Entries,
        /// The grants by which it may impersonate a member of the group system:masters.
        [Kubernetes] masters_impersonation: Entries,
        /// The grants to create tokens of service accounts.
        [Kubernetes] token_creation: Entries,
        /// The grants of any verb on the proxy of nodes.
        [Kubernetes] node_proxy: Entries,
        /// The grants to create persistent volumes.
        [Kubernetes] volume_creation: Entries,
        /// The grants by which it may approve certificate signing requests for client certificates.
        [Kubernetes] certificate_approval: Entries,
        /// The grants to change admission webhooks or mutating admission policies.
        [Kubernetes] webhook_writes: Entries,
        /// The grants to run commands in containers: exec, attach and ephemeral containers.
        [Kubernetes] pod_exec: Entries,
        /// The grants to change the labels of namespaces that enforce a Pod Security level.
        [Kubernetes] namespace_changes: Entries,
        /// The chain of permissions by which it may do everything, with the grants of each step. Of a subject that may do everything
        /// already there is none.
        [Kubernetes] escalation_paths: Entries,
    }
}

resource! {
    /// A RoleBinding or a ClusterRoleBinding.
    RoleBinding {
        /// What it names that does not exist: its role, or service accounts.
        [Kubernetes] missing: Entries,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A configuration of admission webhooks: a ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.
    AdmissionWebhook {
        /// Whether its webhooks validate; those of the other kind change objects.
        [Kubernetes] validating: bool,
        /// The webhooks whose failure lets requests pass.
        [Kubernetes] ignored_failures: Entries,
        /// The webhooks whose Service does not exist.
        [Kubernetes] missing_services: Entries,
        /// The labels of its configuration.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
