//! The cluster itself, and its nodes.

use std::collections::BTreeMap;

use crate::resource::declared::resource;

resource! {
    /// A Kubernetes cluster: the settings of its control plane.
    Cluster {
        /// The version of the API server, as in `v1.33.2`.
        [Kubernetes] version: String,
    }
}

resource! {
    /// A node of a cluster.
    Node {
        /// The version of its kubelet, as in `v1.33.2`.
        [Kubernetes] kubelet_version: String,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
