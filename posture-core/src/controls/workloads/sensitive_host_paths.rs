//! `workloads.sensitive-host-paths`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "with the path the container reads the credentials of its host or controls its containers, so that nothing separates it from them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.sensitive-host-paths",
    life: since("0.1.0"),
    title: "Containers mount no sensitive paths of their host",
    finding: "A container mounts a sensitive path of its host",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "hostPath",
        "docker.sock",
        "containerd.sock",
        "container escape",
    ],
    severity: Critical,
    rationale: "`/etc`, `/proc`, the directories of the container runtime and the like give an attacker the host, its credentials and those of all that runs there. A read-only mount does not prevent that.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove the volume. Where an agent needs data of the node, mount only the file or directory \
                   that it reads. The command shows the pods with their settings.",
                console: "spec.template.spec.volumes[*].hostPath.path",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove the mount. Where a container needs data of the host, mount only the file or directory that it reads, and read-only. The command shows the settings of the container.",
                console: "services.<name>.volumes",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://docs.docker.com/engine/storage/bind-mounts/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-06", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.2.11", Supporting),
        nsa_kubernetes12("P4", Supporting),
        cis_docker18("5.6", Full).by(Check::Workload(system_directories)),
    ],
    test: no_entries!(Workload.sensitive_host_paths, "no path that gives access to the host"),
};

/// The directories that the row of CIS Docker names.
const SYSTEM: [&str; 7] = ["/boot", "/dev", "/etc", "/lib", "/proc", "/sys", "/usr"];

/// The row is about system directories. Entries begin with the path.
fn system_directories(workload: &Workload, _: &Context<'_>) -> CheckResult {
    let is_below = |path: &str, directory: &str| {
        path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let others = workload.sensitive_host_paths.known()?.without(|entry| {
        let path = entry.split_once(" mounted at ").map_or(entry, |(path, _)| path);
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        // Where `..` leads depends on links.
        if !path.starts_with('/') || parts.is_empty() || parts.contains(&"..") {
            return false;
        }
        let path = format!("/{}", parts.join("/"));
        !SYSTEM.iter().any(|one| is_below(&path, one))
    });
    others.must_be_empty(Workload::SENSITIVE_HOST_PATHS, "no system directory of the host")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_of_docker_is_about_system_directories() {
        let judged = |path: &str| {
            let entries: Entries = [path].into();
            let workload = Workload::unread("container/web", "web", None);
            let workload = workload.sensitive_host_paths(Known(entries));
            let scope = world(|scope| scope.add(workload.clone()));
            system_directories(&workload, &Context::new(&scope, &[]))
        };
        for path in [
            "/ mounted at /host",
            "/etc mounted at /etc",
            "/usr/bin mounted at /x",
            "/./etc mounted at /x",
            "//etc mounted at /x",
            "/.. mounted at /x",
            "/home/../etc mounted at /x",
            "/. mounted at /x",
        ] {
            assert!(matches!(judged(path), Ok(Verdict::Fail(_))), "{path}");
        }
        for path in ["/root/.ssh mounted at /ssh", "/libexec mounted at /x"] {
            assert_eq!(judged(path), pass(), "{path}");
        }
    }
}
