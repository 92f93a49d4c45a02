//! `workloads.writable-root-filesystem`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container can change its own programs while it runs";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.writable-root-filesystem",
    life: since("0.1.0"),
    title: "Root file systems of containers are read-only",
    finding: "A container can write to its root file system",
    keywords: &["Kubernetes", "Docker", "Compose", "pod", "readOnlyRootFilesystem", "immutable"],
    severity: Medium,
    rationale: "An attacker in a container that can write to its own programs replaces them, or stores tools \
                there.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `readOnlyRootFilesystem: true` for each container, and mount an `emptyDir` where it \
                   writes. The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.readOnlyRootFilesystem",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Set `read_only: true`, or start the container with `--read-only`, and mount a `tmpfs` or a volume where it writes. The command shows the settings of the container.",
                console: "services.<name>.read_only",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://docs.docker.com/reference/cli/docker/container/run/#read-only",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.PS-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.3", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P2", Partial(SHOWS)),
        cis_docker18("5.13", Full),
    ],
    test: no_entries!(Workload.writable_root_filesystems, "a read-only root file system"),
};
