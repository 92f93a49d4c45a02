//! What is mounted into a container, and what it gives access to.

use posture_collect::host_paths::{is_sensitive, is_system_directory, plain};

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// The path on the host; none for a volume, a temporary file system or an image.
    pub(crate) source: Option<String>,
    /// The path in the container.
    pub(crate) target: String,
    /// The propagation, where it is given.
    pub(crate) propagation: Option<String>,
}

/// The names of the sockets of container runtimes.
const SOCKETS: [&str; 8] = [
    "containerd.sock",
    "cri-dockerd.sock",
    "crio.sock",
    "docker.raw.sock",
    "docker.sock",
    "docker.sock.raw",
    "dockershim.sock",
    "podman.sock",
];

/// Where they are; a mounted folder above one of these holds it.
const FOLDERS: [&str; 8] = [
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/run/podman/podman.sock",
    "/run/user",
    "/var/run/docker.sock",
];

/// Whether a path is a socket of a container runtime.
fn is_socket(path: &str) -> bool {
    let path = normal(path);
    let name = path.rsplit(['/', '\\']).find(|part| !matches!(*part, "" | "."));
    let name = name.unwrap_or_default();
    SOCKETS.contains(&name) || matches!(name, "docker_engine" | "dockerDesktopLinuxEngine")
}

/// The plain form of a path of the host; what is not one stays as it is.
fn normal(path: &str) -> String {
    if path.starts_with('/') { plain(path) } else { path.to_owned() }
}

/// Whether a folder is one of a user that holds a socket: of a rootless engine or Podman, or of Docker Desktop.
fn is_folder_of_user(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    matches!(parts.as_slice(), ["run", "user"] | ["run", "user", _] | ["run", "user", _, "podman"])
        || matches!(parts.as_slice(), [.., ".docker", "run"])
}

impl Mount {
    /// Words for a mount that has a path of the host.
    fn words(&self, source: &str) -> String {
        format!("{source} mounted at {}", self.target)
    }

    /// That it gives a container the socket of a runtime.
    pub(crate) fn socket(&self) -> Option<String> {
        let source = self.source.as_deref()?;
        if is_socket(source) {
            return Some(self.words(source));
        }
        if !source.starts_with(['/', '~']) {
            return None;
        }
        let path = normal(source);
        if is_folder_of_user(path.trim_end_matches('/')) {
            return Some(format!("{}, which holds the socket of a user", self.words(source)));
        }
        if path.starts_with('~') {
            return None;
        }
        let holds = |socket: &str| {
            path == "/"
                || socket.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        let held = FOLDERS.iter().find(|socket| holds(&plain(socket)))?;
        Some(format!("{}, which holds {held}", self.words(source)))
    }

    /// That it gives a container access to the host.
    pub(crate) fn sensitive(&self) -> Option<String> {
        let source = self.source.as_deref()?;
        if source.starts_with('~') && !is_socket(source) {
            return Some(format!("{}: a home directory", self.words(source)));
        }
        if is_socket(source) || !source.starts_with('/') {
            return None;
        }
        (is_sensitive(source) || is_system_directory(source)).then(|| self.words(source))
    }

    /// That what is mounted in the container appears on the host.
    pub(crate) fn shared(&self) -> Option<String> {
        let propagation = self.propagation.as_deref()?;
        let what = self.source.as_deref().unwrap_or("a volume");
        matches!(propagation, "shared" | "rshared")
            .then(|| format!("{} with propagation {propagation}", self.words(what)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(source: &str) -> Mount {
        let source = Some(source.to_owned());
        Mount { source, target: "/x".to_owned(), propagation: None }
    }

    #[test]
    fn the_socket_is_found_under_each_of_its_names_and_in_folders() {
        for path in [
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/run/user/1000/docker.sock",
            "/home/me/.docker/run/docker.sock",
            "/run/containerd/containerd.sock",
            r"\\.\pipe\docker_engine",
            "/",
            "/run",
            "/var/run/",
            "/var/../var/run",
            "/run/containerd",
            "/./run",
            "/var/run/docker.sock/",
            "/var/run/docker.sock/.",
            "/srv//docker.sock/./",
            "./docker.sock/",
            "/run/user",
            "/run/user/1000",
            "/var/run/user/1000/podman/",
            "/home/me/.docker/run",
            "~/.docker/run/",
        ] {
            assert!(mount(path).socket().is_some(), "{path}");
        }
        for path in [
            "/data",
            "/run/xtables.lock",
            "/runner",
            "/var/lib",
            "/srv/docker.sock.txt",
            "/docker.sock/x",
            "/run/user/1000/bus",
            "~",
        ] {
            assert_eq!(mount(path).socket(), None, "{path}");
        }
        let volume = Mount { source: None, ..mount("/") };
        assert_eq!((volume.socket(), volume.sensitive()), (None, None));
    }

    #[test]
    fn system_directories_are_sensitive_and_data_is_not() {
        for path in ["/", "/etc", "/etc/shadow", "/usr", "/lib", "/proc", "/root/.ssh", "/var"] {
            assert!(mount(path).sensitive().is_some(), "{path}");
        }
        for path in ["/srv/data", "/etc/localtime", "/usr/share/zoneinfo", "/var/run/docker.sock"] {
            assert_eq!(mount(path).sensitive(), None, "{path}");
        }
    }

    #[test]
    fn a_home_is_sensitive_and_a_folder_beside_the_file_is_not() {
        assert!(mount("~/.ssh").sensitive().is_some() && mount("~").sensitive().is_some());
        assert_eq!((mount("./etc").sensitive(), mount("./run").socket()), (None, None));
    }

    #[test]
    fn shared_propagation_is_what_reaches_the_host() {
        for (propagation, shared) in
            [("shared", true), ("rshared", true), ("rslave", false), ("rprivate", false)]
        {
            let mount = Mount { propagation: Some(propagation.to_owned()), ..mount("/data") };
            assert_eq!(mount.shared().is_some(), shared, "{propagation}");
        }
        assert_eq!(mount("/data").shared(), None);
    }
}
