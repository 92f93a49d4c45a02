//! `workloads.host-ipc-namespace`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container uses the shared memory of processes of its host, so that it is not separated from them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-ipc-namespace",
    life: since("0.1.0"),
    title: "Containers do not share the IPC of their host",
    finding: "A container shares the IPC of its host",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "hostIPC",
        "shared memory",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "In the IPC namespace of the host, a container reads and writes the shared memory and the message queues of processes there.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `hostIPC: true` from the pod template. The command shows the pods with their \
                   settings.",
                console: "spec.template.spec.hostIPC",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `ipc: host`, or start the container without `--ipc host`. The command shows the settings of the container.",
                console: "services.<name>.ipc",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/reference/cli/docker/container/run/#ipc",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.4", Partial(shows::STEP)),
        cis_eks18("4.2.3", Partial(shows::STEP)),
        cis_aks18("4.2.3", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
        cis_docker18("5.17", Full),
    ],
    test: no_entries!(Workload.host_ipc_namespace, "an IPC namespace of its own"),
};
