//! The options of `dockerd`: their names in `daemon.json` and as flags, and their types.
//!
//! They are those of [moby](https://github.com/moby/moby/blob/v28.3.0/daemon/config/config.go) and of
//! [dockerd](https://docs.docker.com/reference/cli/dockerd/), read on 2026-12-01. A key that is not among them keeps the daemon from
//! starting.

use posture_model::dated::Dated;

/// What the value of an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Boolean,
    Integer,
    Text,
    /// A size, as a number of bytes or a text.
    Size,
    Texts,
    Object,
    Any,
}

/// An option.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) of: Type,
    /// The name of the flag where it is another one.
    pub(super) flag: &'static str,
}

const fn key(name: &'static str, of: Type) -> Key {
    Key { name, of, flag: name }
}

const fn flagged(name: &'static str, of: Type, flag: &'static str) -> Key {
    Key { name, of, flag }
}

use Type::{Any, Boolean, Integer, Object, Size, Text, Texts};

/// Every option.
pub(super) static KEYS: Dated<Key> = Dated::new(
    &[
        "https://github.com/moby/moby/blob/v28.3.0/daemon/config/config.go",
        "https://docs.docker.com/reference/cli/dockerd/",
    ],
    "2026-12-01",
    &[
        key("allow-direct-routing", Boolean),
        // Ignored, and accepted.
        flagged("allow-nondistributable-artifacts", Texts, "allow-nondistributable-artifacts"),
        flagged("authorization-plugins", Texts, "authorization-plugin"),
        key("bip", Text),
        key("bip6", Text),
        key("bridge", Text),
        key("bridge-accept-fwmark", Text),
        key("builder", Object),
        flagged("cdi-spec-dirs", Texts, "cdi-spec-dir"),
        key("cgroup-parent", Text),
        key("containerd", Text),
        key("containerd-namespace", Text),
        key("containerd-plugin-namespace", Text),
        key("containerd-plugins-namespace", Text),
        // Of Mirantis Container Runtime.
        key("content-trust", Object),
        key("cpu-rt-period", Integer),
        key("cpu-rt-runtime", Integer),
        key("cri-containerd", Boolean),
        key("data-root", Text),
        key("debug", Boolean),
        flagged("default-address-pools", Any, "default-address-pool"),
        key("default-cgroupns-mode", Text),
        key("default-gateway", Text),
        key("default-gateway-v6", Text),
        key("default-ipc-mode", Text),
        flagged("default-network-opts", Object, "default-network-opt"),
        key("default-runtime", Text),
        key("default-shm-size", Size),
        flagged("default-ulimits", Object, "default-ulimit"),
        key("deprecated-key-path", Text),
        key("dns", Texts),
        flagged("dns-opts", Texts, "dns-opt"),
        key("dns-search", Texts),
        flagged("exec-opts", Texts, "exec-opt"),
        key("exec-root", Text),
        key("experimental", Boolean),
        flagged("features", Object, "feature"),
        key("firewall-backend", Text),
        key("fixed-cidr", Text),
        key("fixed-cidr-v6", Text),
        key("group", Text),
        key("host-gateway-ip", Text),
        flagged("host-gateway-ips", Texts, "host-gateway-ip"),
        flagged("hosts", Texts, "host"),
        key("http-proxy", Text),
        key("https-proxy", Text),
        key("icc", Boolean),
        key("init", Boolean),
        key("init-path", Text),
        flagged("insecure-registries", Texts, "insecure-registry"),
        key("ip", Text),
        key("ip-forward", Boolean),
        key("ip-forward-no-drop", Boolean),
        key("ip-masq", Boolean),
        key("ip6tables", Boolean),
        key("iptables", Boolean),
        key("ipv6", Boolean),
        flagged("labels", Texts, "label"),
        key("live-restore", Boolean),
        key("log-driver", Text),
        key("log-format", Text),
        key("log-level", Text),
        flagged("log-opts", Object, "log-opt"),
        key("max-concurrent-downloads", Integer),
        key("max-concurrent-uploads", Integer),
        key("max-download-attempts", Integer),
        key("metrics-addr", Text),
        key("mtu", Integer),
        key("network-control-plane-mtu", Integer),
        key("network-diagnostic-port", Integer),
        key("no-new-privileges", Boolean),
        key("no-proxy", Text),
        flagged("node-generic-resources", Texts, "node-generic-resource"),
        key("pidfile", Text),
        key("proxies", Object),
        key("raw-logs", Boolean),
        flagged("registry-mirrors", Texts, "registry-mirror"),
        key("resolv-conf", Text),
        key("rootless", Boolean),
        flagged("runtimes", Object, "add-runtime"),
        key("seccomp-profile", Text),
        key("selinux-enabled", Boolean),
        key("shutdown-timeout", Integer),
        key("storage-driver", Text),
        flagged("storage-opts", Texts, "storage-opt"),
        key("swarm-default-advertise-addr", Text),
        key("swarm-raft-election-tick", Integer),
        key("swarm-raft-heartbeat-tick", Integer),
        key("tls", Boolean),
        key("tlscacert", Text),
        key("tlscert", Text),
        key("tlskey", Text),
        key("tlsverify", Boolean),
        key("userland-proxy", Boolean),
        key("userland-proxy-path", Text),
        key("userns-remap", Text),
        key("validate", Boolean),
    ],
);

/// Options that current engines do not have any more, with what to write instead.
pub(super) static REMOVED: Dated<(&str, &str)> = Dated::new(
    &["https://docs.docker.com/engine/deprecated/"],
    "2026-12-01",
    &[
        ("api-cors-header", "remove it, and use a reverse proxy"),
        ("cluster-advertise", "remove it"),
        ("cluster-store", "remove it"),
        ("cluster-store-opts", "remove it"),
        ("disable-legacy-registry", "remove it"),
        ("graph", "write `data-root`"),
        ("oom-score-adjust", "set `OOMScoreAdjust` in the unit of systemd"),
    ],
);

/// The flags of one letter.
const SHORT: [(char, &str); 7] = [
    ('D', "debug"),
    ('G', "group"),
    ('H', "host"),
    ('b', "bridge"),
    ('l', "log-level"),
    ('p', "pidfile"),
    ('s', "storage-driver"),
];

/// The option of a key.
pub(super) fn of_key(name: &str) -> Option<&'static Key> {
    KEYS.items().iter().find(|key| key.name == name)
}

/// The option of a flag of one letter.
pub(super) fn of_letter(letter: char) -> Option<&'static Key> {
    of_flag(SHORT.iter().find(|(short, _)| *short == letter)?.1)
}

/// The option of a flag, without its dashes.
pub(super) fn of_flag(name: &str) -> Option<&'static Key> {
    KEYS.items().iter().find(|key| key.flag == name)
}
