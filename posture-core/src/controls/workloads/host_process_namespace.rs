//! `workloads.host-process-namespace`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container sees the processes of its host and of all other containers there, so that it is not separated from them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-process-namespace",
    life: since("0.1.0"),
    title: "Containers do not share the processes of their host",
    finding: "A container shares the processes of its host",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "hostPID",
        "PID namespace",
        "Pod Security Standards",
    ],
    severity: High,
    rationale: "In the process namespace of the host, a container sees every process there, with its environment and its files under `/proc`. With root it can end or trace them.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `hostPID: true` from the pod template. The command shows the pods with their \
                   settings.",
                console: "spec.template.spec.hostPID",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `pid: host`, or start the container without `--pid host`. The command shows the settings of the container.",
                console: "services.<name>.pid",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/reference/cli/docker/container/run/#pid",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.3", Partial(shows::STEP)),
        cis_eks18("4.2.2", Partial(shows::STEP)),
        cis_aks18("4.2.2", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
        cis_docker18("5.16", Full),
    ],
    test: no_entries!(Workload.host_process_namespace, "a process namespace of its own"),
};
