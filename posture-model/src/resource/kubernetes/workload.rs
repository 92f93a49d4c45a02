//! What runs in pods.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::network::PodGroup;
use crate::resource::declared::resource;

resource! {
    /// What runs in pods under one template: a Deployment, a StatefulSet, a DaemonSet, a Job, a CronJob, another controller of pods,
    /// or a pod without a controller. Pods and replica sets that a controller manages belong to its workload. In Docker, a container, or
    /// a service of a Compose file.
    ///
    /// A list of what its containers set counts init containers, sidecars and ephemeral containers, too. The static pods of a node have
    /// none of these facts: no object of the API changes them.
    Workload {
        /// Its privileged containers.
        [Kubernetes, Docker] privileged_containers: Entries,
        /// Its containers with the image of the retired ingress controller ingress-nginx.
        [Kubernetes] retired_ingress: Entries,
        /// Where its pods share the processes of their node, or its container those of the host.
        [Kubernetes, Docker] host_process_namespace: Entries,
        /// Where its pods share the inter-process communication of their node, or its container that of the host.
        [Kubernetes, Docker] host_ipc_namespace: Entries,
        /// Where its pods use the network of their node, or its container that of the host.
        [Kubernetes, Docker] host_network: Entries,
        /// The capabilities that its containers add and that the level `baseline` of the Pod Security Standards does not allow. It allows
        /// those that Docker gives every container, except for `NET_RAW`.
        [Kubernetes, Docker] added_capabilities: Entries,
        /// The containers that do not drop all capabilities, and what they add but `NET_BIND_SERVICE`.
        [Kubernetes, Docker] undropped_capabilities: Entries,
        /// Its volumes that are paths of the node.
        [Kubernetes] host_path_volumes: Entries,
        /// The mounted paths of the node or host that give access to it, such as `/` and `/etc`; in Kubernetes also the socket of a
        /// container runtime.
        [Kubernetes, Docker] sensitive_host_paths: Entries,
        /// The ports of the node that its containers open.
        [Kubernetes] host_ports: Entries,
        /// The hosts that probes and lifecycle hooks name.
        [Kubernetes] probe_hosts: Entries,
        /// The AppArmor profiles that are neither the runtime's default nor a file of the node; in Docker, that AppArmor is off.
        [Kubernetes, Docker] app_armor_overrides: Entries,
        /// The SELinux users, roles and types that the Pod Security Standards do not allow; in Docker also that labels are off.
        [Kubernetes, Docker] se_linux_overrides: Entries,
        /// The containers whose `/proc` is not masked, unless the pod has its own user namespace and the version of the Pod Security
        /// Standards allows that.
        [Kubernetes, Docker] unmasked_proc: Entries,
        /// The seccomp profiles that are neither the runtime's default nor a file of the node; in Docker, that seccomp is off.
        [Kubernetes, Docker] seccomp_overrides: Entries,
        /// The containers without a seccomp profile of the pod or of their own.
        [Kubernetes] seccomp_missing: Entries,
        /// The kernel parameters that the Pod Security Standards do not allow.
        [Kubernetes] unsafe_sysctls: Entries,
        /// The containers that are host processes of Windows.
        [Kubernetes] windows_host_processes: Entries,
        /// Its volumes of a type that the level `restricted` of the Pod Security Standards does not allow.
        [Kubernetes] restricted_volume_types: Entries,
        /// The containers whose processes can gain privileges.
        [Kubernetes, Docker] privilege_escalation: Entries,
        /// The containers that may run as user 0.
        [Kubernetes, Docker] root_containers: Entries,
        /// The containers whose root file system can be written.
        [Kubernetes, Docker] writable_root_filesystems: Entries,
        /// Where its pods share the user namespace of their node.
        [Kubernetes] host_user_namespace: Entries,
        /// The API tokens that are mounted because neither the pod nor its service account sets whether they are.
        [Kubernetes] unrequested_tokens: Entries,
        /// The Secrets that containers receive as environment variables.
        [Kubernetes] secrets_in_environment: Entries,
        /// Where a credential is part of the object: the place and the type of the credential, never its value.
        [Kubernetes] literal_credentials: Entries,
        /// The containers without a memory limit.
        [Kubernetes, Docker] without_memory_limit: Entries,
        /// The containers without a CPU request.
        [Kubernetes] without_cpu_request: Entries,
        /// The images of its containers, each after the name of the container: `app: registry.example/shop/web:1.2`.
        [Kubernetes, Docker] images: Entries,
        /// The images that its containers run, by the digests that the nodes report, each after the name of the container and with the
        /// platform of the node: `app: registry.example/shop/web@sha256:… (linux/amd64)`. A container that has not started, a node that
        /// reports no digest, and a node whose platform is not known leave the list open. Manifests run nothing.
        [Kubernetes] running_images: Entries,
        /// Whether it is a pod without a controller.
        [Kubernetes] bare: bool,
        /// Its namespace. A manifest that does not name one leaves it open.
        [Kubernetes] namespace: String,
        /// Whether network policies that are enforced select all its pods for ingress, so that only what a rule allows comes in.
        [Kubernetes] ingress_isolated: bool,
        /// Whether network policies that are enforced select all its pods for egress, so that only what a rule allows gets out.
        [Kubernetes] egress_isolated: bool,
        /// Whether network policies allow one of its pods to reach the metadata service of clouds.
        [Kubernetes] reaches_metadata: bool,
        /// Its pods, in groups that network policies distinguish by their addresses alone; the template while there is no pod.
        [Kubernetes] pods: Vec<PodGroup>,
        /// Where its container shares the UTS namespace of the host, and so its host name.
        [Docker] host_uts_namespace: Entries,
        /// Where its container leaves the user namespace of the daemon for that of the host.
        [Docker] user_namespace_overrides: Entries,
        /// The sockets of container runtimes that are mounted, and the mounted folders that hold one.
        [Docker] runtime_sockets: Entries,
        /// The published ports of the host below 1024.
        [Docker] privileged_ports: Entries,
        /// The ports that are published without the address of an interface, or on all addresses.
        [Docker] unbound_ports: Entries,
        /// The ports that are published on all addresses. Where none is given, the daemon's `ip` decides.
        [Docker] ports_on_all_addresses: Entries,
        /// The mounts whose propagation is shared with the host.
        [Docker] shared_mounts: Entries,
        /// The devices of the host that its container can use, by name or by a rule.
        [Docker] host_devices: Entries,
        /// The containers without a limit or share of CPU.
        [Docker] without_cpu_limit: Entries,
        /// The containers without a limit of processes.
        [Docker] without_pids_limit: Entries,
        /// Where its container is on the default bridge network.
        [Docker] default_bridge: Entries,
        /// How often the container is restarted at most after it failed; none where there is no limit.
        [Docker] restarts: Option<u32>,
        /// The setting that leaves its container in the cgroup namespace of the host.
        [Docker] host_cgroup_namespace: Entries,
        /// The parent cgroup that is set for its container instead of the daemon's.
        [Docker] cgroup_parents: Entries,
        /// The containers without a health check of their own or of their image.
        [Docker] without_health_check: Entries,
        /// The settings that rely on Docker Content Trust.
        [Docker] content_trust: Entries,
        /// Its labels.
        [Kubernetes, Docker] tags: BTreeMap<String, String>,
    }
}
