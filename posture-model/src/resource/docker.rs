//! The daemon that runs containers on a host.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A Docker daemon (`dockerd`), as `docker info` and its `daemon.json` show it.
    Daemon {
        /// The version of the engine, as in `29.1.2`, or with the suffix of who built it, as in `20.10.24+dfsg1`.
        [Docker] version: String,
        /// Whether it runs without root, in a user namespace of its own.
        [Docker] rootless: bool,
        /// Whether root in a container is another user on the host: by `userns-remap`, or as the daemon is rootless.
        [Docker] user_namespaces: bool,
        /// Whether containers on the default bridge network reach each other (`icc`).
        [Docker] inter_container_traffic: bool,
        /// The level at which it logs, such as `info`.
        [Docker] log_level: String,
        /// Whether it may change iptables.
        [Docker] manages_iptables: bool,
        /// The registries to which it connects without TLS, or without verifying the certificate. Those of the host itself are not
        /// among them.
        [Docker] insecure_registries: Entries,
        /// The storage driver, such as `overlay2`.
        [Docker] storage_driver: String,
        /// The TCP addresses of its API that accept clients without a verified certificate.
        [Docker] unprotected_addresses: Entries,
        /// Whether it sets default ulimits for containers.
        [Docker] default_ulimits: bool,
        /// The parent cgroup that is set for all containers.
        [Docker] cgroup_parents: Entries,
        /// The base device size that is set (`dm.basesize`).
        [Docker] base_device_sizes: Entries,
        /// The plugins that authorize requests to its API.
        [Docker] authorization_plugins: Vec<String>,
        /// The log driver of containers that set none, such as `json-file`.
        [Docker] log_driver: String,
        /// Whether it prevents processes in all containers from gaining privileges.
        [Docker] no_new_privileges: bool,
        /// Whether containers keep running while it does not (`live-restore`).
        [Docker] live_restore: bool,
        /// Whether it is a member of a swarm.
        [Docker] swarm: bool,
        /// Whether published ports go through a process of their own (`userland-proxy`).
        [Docker] userland_proxy: bool,
        /// The seccomp profile of containers that set none: `builtin`, a file, or `unconfined`; empty where the kernel has no seccomp.
        [Docker] seccomp_profile: String,
        /// The security modules that confine containers: `apparmor`, `selinux`.
        [Docker] security_modules: Vec<String>,
        /// Whether experimental features are on.
        [Docker] experimental: bool,
        /// The settings that rely on Docker Content Trust.
        [Docker] content_trust: Entries,
        /// Its labels.
        [Docker] tags: BTreeMap<String, String>,
    }
}
