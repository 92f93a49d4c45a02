//! `workloads.memory-limits`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing bounds what the container takes from the others on its host";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.memory-limits",
    life: since("0.1.0"),
    title: "Containers have a memory limit",
    finding: "A container has no memory limit",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "resources",
        "limits",
        "memory",
        "out of memory",
    ],
    severity: Low,
    rationale: "Without a limit, one container uses up the memory of its host, and the kernel ends others.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `resources.limits.memory`, or a LimitRange in the namespace that does. The command sets \
                   it for all containers of a deployment.",
                console: "spec.template.spec.containers[*].resources.limits.memory",
                command: Change(
                    "kubectl set resources deployment <name> --namespace <namespace> --limits memory=<quantity>",
                ),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Set `mem_limit`, or `deploy.resources.limits.memory`. The command sets it for a running container.",
                console: "services.<name>.mem_limit",
                command: Change("docker update --memory <size> --memory-swap <size> <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
        "https://docs.docker.com/engine/containers/resource_constraints/#memory",
    ],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        nsa_kubernetes12("N3", Partial(SHOWS)),
        cis_docker18("5.11", Full),
    ],
    test: no_entries!(Workload.without_memory_limit, "a memory limit"),
};
