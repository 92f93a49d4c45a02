//! Paths of a host that give a container the host.

use posture_model::dated::Dated;

/// Paths of a host that give a container the host, its credentials or those of what runs there; so does everything below, except for
/// [`HARMLESS`], and every directory above.
static SENSITIVE: Dated<&str> = Dated::new(
    &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        "https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Writable%20hostPath%20mount/",
        "https://docs.docker.com/engine/security/rootless/tips/",
        "https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s14.html",
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html",
        "https://dbus.freedesktop.org/doc/dbus-specification.html",
    ],
    "2026-12-01",
    &[
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/lib/systemd",
        "/opt/cni/bin",
        "/proc",
        "/root",
        "/run/buildkit",
        "/run/containerd",
        "/run/cri-dockerd.sock",
        "/run/crio",
        "/run/dbus",
        "/run/docker",
        "/run/docker.sock",
        "/run/dockershim.sock",
        "/run/k3s",
        "/run/libvirt",
        "/run/podman",
        "/run/rke2",
        "/run/secrets",
        "/run/systemd",
        "/run/user",
        "/sys",
        "/usr/lib/systemd",
        "/usr/libexec",
        "/usr/local/bin",
        "/usr/local/lib/systemd",
        "/usr/local/sbin",
        "/var/lib/buildkit",
        "/var/lib/cloud",
        "/var/lib/cni",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/cri-dockerd",
        "/var/lib/crio",
        "/var/lib/docker",
        "/var/lib/etcd",
        "/var/lib/k0s",
        "/var/lib/kubelet",
        "/var/lib/libvirt",
        "/var/lib/lxd",
        "/var/lib/minikube",
        "/var/lib/rancher",
        "/var/snap",
        "/var/spool/at",
        "/var/spool/cron",
    ],
);

/// What is below them and gives nothing away.
static HARMLESS: Dated<&str> = Dated::new(
    &["https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s07.html"],
    "2026-11-30",
    &[
        "/dev/null",
        "/etc/ca-certificates",
        "/etc/localtime",
        "/etc/machine-id",
        "/etc/os-release",
        "/etc/pki/ca-trust",
        "/etc/ssl/certs",
        "/etc/timezone",
        // Configurations of resolvers.
        "/run/systemd/resolve",
    ],
);

/// The path without `.`, doubled `/` and a `/` at its end, and with `/run` for `/var/run`, which is a link to it. A `..` goes up.
pub fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    match parts.as_slice() {
        ["var", "run", rest @ ..] => [&["", "run"], rest].concat().join("/"),
        _ => format!("/{}", parts.join("/")),
    }
}

fn is_at_or_below(one: &str, other: &str) -> bool {
    other == "/"
        || one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path of a host gives a container access to the host. A path with `..` counts as one that does: where it leads depends on
/// links.
pub fn is_sensitive(path: &str) -> bool {
    if path.split('/').any(|part| part == "..") {
        return true;
    }
    let path = plain(path);
    if HARMLESS.iter().any(|one| is_at_or_below(&path, one)) {
        return false;
    }
    SENSITIVE.iter().any(|one| is_at_or_below(&path, one) || is_at_or_below(one, &path))
}

/// Whether a path of a host is a directory with the programs of the system.
pub fn is_system_directory(path: &str) -> bool {
    let path = plain(path);
    SYSTEM.contains(&path.as_str())
}

/// Where the programs and libraries of a system are.
static SYSTEM: Dated<&str> = Dated::new(
    &["https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html"],
    "2026-12-01",
    &["/bin", "/lib", "/lib32", "/lib64", "/sbin", "/usr", "/usr/bin", "/usr/lib", "/usr/sbin"],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_sensitive_with_all_that_is_above_and_below() {
        for path in [
            "/",
            "",
            "//",
            "/etc",
            "/etc/",
            "/etc/kubernetes/pki",
            "/./etc",
            "/var",
            "/var/lib",
            "/var/run",
            "/run",
            "/var/run/docker.sock",
            "/run/containerd/containerd.sock",
            "/proc",
            "/proc/1/root",
            "/dev/sda",
            "/home/me",
            "/var/lib/kubelet/pods",
            "/data/../etc",
            "/run/user/1000/docker.sock",
            "/run/dbus/system_bus_socket",
            "/var/run/dbus",
            "/run/systemd/private",
            "/var/spool/cron/crontabs",
            "/lib/systemd/system",
            "/usr/local/bin",
            "/usr/local",
            "/run/buildkit/buildkitd.sock",
            "/var/lib/docker/volumes",
        ] {
            assert!(is_sensitive(path), "{path}");
        }
        for path in [
            "/data",
            "/etcetera",
            "/var/log",
            "/var/runner",
            "/lib/modules",
            "/etc/localtime",
            "/etc/ssl/certs",
            "/run/systemd/resolve/resolv.conf",
            "/usr/local/share/data",
            "/run/xtables.lock",
            "/rooted",
        ] {
            assert!(!is_sensitive(path), "{path}");
        }
    }

    #[test]
    fn a_path_has_one_form() {
        for (path, form) in [
            ("", "/"),
            ("/", "/"),
            ("//etc/./passwd/", "/etc/passwd"),
            ("/var/run", "/run"),
            ("/var/run/docker.sock", "/run/docker.sock"),
            ("/var/runner", "/var/runner"),
            ("/a/../../etc", "/etc"),
        ] {
            assert_eq!(plain(path), form);
        }
        assert!(is_system_directory("/usr/") && !is_system_directory("/usr/share"));
    }
}
