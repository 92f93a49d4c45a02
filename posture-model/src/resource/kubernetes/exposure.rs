//! How pods are reached: network policies, services, ingresses and gateways.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::network::{Backend, Forwarding};
use crate::resource::declared::resource;

resource! {
    /// A NetworkPolicy.
    NetworkPolicy {
        /// The rules that allow every port from or to every address, or every pod of the cluster.
        [Kubernetes] open_rules: Entries,
        /// What selects nothing: the policy itself, or a peer of a rule.
        [Kubernetes] without_effect: Entries,
        /// Which pods it selects and what its rules allow: the `spec` of the object.
        [Kubernetes] spec: serde_json::Value,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A Service of Kubernetes.
    Service {
        /// What makes its load balancer reachable from every address.
        [Kubernetes] public_load_balancer: Entries,
        /// The ports that it opens on every node.
        [Kubernetes] node_ports: Entries,
        /// The external addresses whose traffic it takes.
        [Kubernetes] external_ips: Entries,
        /// The labels of the pods that it leads to; empty if it selects none itself.
        [Kubernetes] selector: BTreeMap<String, String>,
        /// Which ports of the pods its ports lead to.
        [Kubernetes] forwarding: Forwarding,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What publishes host names: an Ingress, or a Gateway of the Gateway API.
    Ingress {
        /// The hosts and listeners that are served without TLS.
        [Kubernetes] plain_hosts: Entries,
        /// The Services that it leads to. Routes lead from a Gateway to its Services, and they are not read.
        [Kubernetes] backends: Vec<Backend>,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
