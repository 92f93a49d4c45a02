//! The cluster itself, and its nodes. The interface of a cloud shows of a managed cluster what the cluster itself does not.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A Kubernetes cluster: the settings of its control plane. Each list of settings names the component, the flag and its value, from
    /// the mirror pods of the control plane. A managed control plane has none, so that its settings are not known there; some of them
    /// are settings of the cloud (AWS: an EKS cluster, Azure: an AKS cluster).
    Cluster {
        /// The version of the API server, as in `v1.33.2`; `1.33` in EKS, which chooses the patch itself.
        [Kubernetes, Aws, Azure] version: String,
        /// Who manages it: `eks`, `aks`, `gke`, or `other` for everyone else.
        [Kubernetes, Aws, Azure] platform: String,
        /// Whether its version has long-term support of the provider, which a cluster has to request.
        [Azure] long_term_support: bool,
        /// The hosts of its API server, each with its port if that is not 443; none while it is not yet there, and where an address
        /// may lead to several clusters. A cluster that is read through its API server is the one of the cloud that has this host. The
        /// issuer of its tokens, if the cloud chose it for this cluster alone, is among them: it identifies the cluster inside its pods.
        [Kubernetes, Aws, Azure] api_servers: Vec<String>,
        /// The ranges of addresses from which its API server accepts requests over the internet; empty if it has a private address
        /// only.
        [Aws, Azure] public_ranges: Entries,
        /// What signs users in beside the identities of the provider.
        [Aws, Azure] other_sign_ins: Entries,
        /// Whether role assignments of the provider authorize requests, beside the roles of the cluster.
        [Azure] provider_authorizes: bool,
        /// The customer-managed key that encrypts what the API server stores; none if that is a key of the provider.
        [Aws, Azure] secrets_key: Option<String>,
        /// What enforces network policies, of what the provider installs; none if it installs nothing for that.
        [Azure] policy_engine: Option<String>,
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
        /// The API servers that record no request: without an audit policy, or without anywhere to write to. In a managed cluster, that
        /// its audit log is not delivered.
        [Kubernetes, Aws, Azure] audit_off: Entries,
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
        /// What rejects pods by policy: namespaces that enforce a Pod Security level, and webhooks that do nothing but verify images.
        /// Of policies and of engines the contents are not read. One is enough: where there is one, no other is missing.
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

resource! {
    /// Nodes of a managed cluster that are configured together (AWS: a managed node group of EKS, Azure: an agent pool of AKS).
    NodePool {
        /// The version of its kubelets, as in `1.33.2`; `1.33` in EKS.
        [Aws, Azure] version: String,
        /// Whether this version has long-term support of the provider, which a cluster has to request.
        [Azure] long_term_support: bool,
        /// What its remote access opens to everyone, as `port 22 from 0.0.0.0/0`. A group with a launch template has no such
        /// setting.
        [Aws] open_remote_access: Entries,
        /// Whether each of its nodes has a public address.
        [Azure] public_addresses: bool,
    }
}
