//! What the standards allow, by version.

use posture_model::dated::Dated;

const SOURCES: &[&str] = &[
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    "https://github.com/kubernetes/kubernetes/tree/master/staging/src/k8s.io/pod-security-admission/policy",
];
const READ: &str = "2026-11-30";

/// Capabilities that the baseline allows to add. These and the lists below are those of the
/// [standards](https://kubernetes.io/docs/concepts/security/pod-security-standards/), which change with the version only.
pub(super) static CAPABILITIES: Dated<&str> = Dated::new(
    SOURCES,
    READ,
    &[
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ],
);

/// The types of SELinux, and the version from which each is allowed.
pub(super) static SE_LINUX_TYPES: Dated<(&str, u16)> = Dated::new(
    SOURCES,
    READ,
    &[
        ("", 0),
        ("container_t", 0),
        ("container_init_t", 0),
        ("container_kvm_t", 0),
        ("container_engine_t", 31),
    ],
);

/// Kernel parameters, and the version from which each is allowed.
pub(super) static SYSCTLS: Dated<(&str, u16)> = Dated::new(
    SOURCES,
    READ,
    &[
        ("kernel.shm_rmid_forced", 0),
        ("net.ipv4.ip_local_port_range", 0),
        ("net.ipv4.tcp_syncookies", 0),
        ("net.ipv4.ping_group_range", 0),
        ("net.ipv4.ip_unprivileged_port_start", 0),
        ("net.ipv4.ip_local_reserved_ports", 27),
        ("net.ipv4.tcp_keepalive_time", 29),
        ("net.ipv4.tcp_fin_timeout", 29),
        ("net.ipv4.tcp_keepalive_intvl", 29),
        ("net.ipv4.tcp_keepalive_probes", 29),
        ("net.ipv4.tcp_rmem", 32),
        ("net.ipv4.tcp_wmem", 32),
        ("net.ipv4.tcp_slow_start_after_idle", 37),
        ("net.ipv4.tcp_notsent_lowat", 37),
    ],
);

/// The types of volumes that the level `restricted` allows.
pub(super) static VOLUMES: Dated<&str> = Dated::new(
    SOURCES,
    READ,
    &[
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ],
);
