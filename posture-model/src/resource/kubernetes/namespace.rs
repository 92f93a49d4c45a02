//! Namespaces, and what is set for all that is in them.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::network::OtherPolicy;
use crate::resource::declared::resource;

resource! {
    /// A namespace of Kubernetes. One that objects are in and that was not read is listed as well.
    Namespace {
        /// Whether its labels enforce the level `baseline` of the Pod Security Standards, or `restricted`.
        [Kubernetes] enforces_baseline: bool,
        /// Whether its labels enforce the level `restricted` of the Pod Security Standards.
        [Kubernetes] enforces_restricted: bool,
        /// Whether it has a ResourceQuota.
        [Kubernetes] resource_quota: bool,
        /// Whether it has a LimitRange.
        [Kubernetes] limit_range: bool,
        /// Whether it has a workload that is not a static pod.
        [Kubernetes] has_workloads: bool,
        /// Whether it has a network policy.
        [Kubernetes] network_policy: bool,
        /// Whether the network plugin of the cluster enforces its network policies; not offered without any.
        [Kubernetes] policies_enforced: bool,
        /// Whether a network policy that is enforced selects every pod, also one to come, for ingress, and none of these allows everything in.
        [Kubernetes] default_deny_ingress: bool,
        /// Whether a network policy that is enforced selects every pod, also one to come, for egress, and none of these allows everything out.
        [Kubernetes] default_deny_egress: bool,
        /// What brings secrets from a store outside of the cluster: workloads that mount them or have them injected, and objects of
        /// operators. One is enough: where there is one, no other is missing.
        [Kubernetes] external_secrets: Entries,
        /// The policies that may act on connections of its pods and whose rules are not known: those of other kinds, and network
        /// policies that were not read.
        [Kubernetes] other_policies: Vec<OtherPolicy>,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
