//! How pods are reached: network policies, services, ingresses and gateways.

use std::collections::BTreeMap;

use crate::resource::declared::resource;

resource! {
    /// A NetworkPolicy.
    NetworkPolicy {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A Service of Kubernetes.
    Service {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What publishes host names: an Ingress, or a Gateway of the Gateway API.
    Ingress {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
