//! What runs in pods.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// What runs in pods under one template: a Deployment, a StatefulSet, a DaemonSet, a Job, a CronJob, another controller of pods,
    /// or a pod without a controller. Pods and replica sets that a controller manages belong to its workload.
    Workload {
        /// Its privileged containers.
        [Kubernetes] privileged_containers: Entries,
        /// Its containers with the image of the retired ingress controller ingress-nginx.
        [Kubernetes] retired_ingress: Entries,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
