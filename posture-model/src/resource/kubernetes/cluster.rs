//! The cluster itself, and its nodes.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A Kubernetes cluster: the settings of its control plane. Each list of settings names the component, the flag and its value, from
    /// the mirror pods of the control plane. A managed control plane has none, so that its settings are not known.
    Cluster {
        /// The version of the API server, as in `v1.33.2`.
        [Kubernetes] version: String,
        /// Who manages it: `eks`, `aks`, `gke`, or `other` for everyone else.
        [Kubernetes] platform: String,
        /// The settings by which the API server accepts anonymous requests.
        [Kubernetes] anonymous_requests: Entries,
        /// The settings of a file of static tokens.
        [Kubernetes] static_tokens: Entries,
        /// The settings that authorize every request.
        [Kubernetes] always_allow: Entries,
        /// The settings that leave out the Node authorizer.
        [Kubernetes] node_authorizer_off: Entries,
        /// The settings that leave out the RBAC authorizer.
        [Kubernetes] rbac_authorizer_off: Entries,
        /// The settings that leave out the admission plugin NodeRestriction.
        [Kubernetes] node_restriction_off: Entries,
        /// The admission plugins that should be on and are off, and the other way round.
        [Kubernetes] admission_plugins: Entries,
        /// The API servers that write no audit log to a file.
        [Kubernetes] audit_log_off: Entries,
        /// The API servers that record no request: without an audit policy, or without anywhere to write to.
        [Kubernetes] audit_off: Entries,
        /// The limits that delete audit log files early.
        [Kubernetes] audit_log_short: Entries,
        /// The API servers without a configuration of encryption at rest.
        [Kubernetes] encryption_off: Entries,
        /// The certificates and authorities that are missing between components.
        [Kubernetes] tls_missing: Entries,
        /// The cipher suites that are weak, or not limited.
        [Kubernetes] weak_ciphers: Entries,
        /// The settings of service account tokens that are not as they should be.
        [Kubernetes] token_settings: Entries,
        /// The components that answer profiling requests.
        [Kubernetes] profiling: Entries,
        /// The components that listen beyond loopback.
        [Kubernetes] open_ports: Entries,
        /// The settings that turn off garbage collection, request timeouts or the rotation of kubelet certificates.
        [Kubernetes] housekeeping_off: Entries,
        /// What rejects pods by policy: namespaces that enforce a Pod Security level, policies with Deny, webhooks that see pods.
        /// One is enough: where there is one, no other is missing.
        [Kubernetes] enforcing: Entries,
        /// What verifies signatures of the images of pods. One is enough: where there is one, no other is missing.
        [Kubernetes] signature_checks: Entries,
    }
}

resource! {
    /// A node of a cluster.
    Node {
        /// The version of its kubelet, as in `v1.33.2`.
        [Kubernetes] kubelet_version: String,
        /// Its addresses that the internet may reach. Without a cloud provider that fills them, others are not known.
        [Kubernetes] public_addresses: Entries,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
