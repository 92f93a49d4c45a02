//! `workloads.root-containers`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing keeps the container from running as root";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.root-containers",
    life: since("0.1.0"),
    title: "Containers do not run as root",
    finding: "A container may run as root",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "runAsNonRoot",
        "runAsUser",
        "root",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "Root in a container is root of its host for every flaw of the kernel or the runtime, and it \
                can change every file of the container.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `runAsNonRoot: true` for the pod, and `runAsUser` to another user than 0 where the image \
                   does not name one. The command shows the pods with their settings.",
                console: "spec.template.spec.securityContext.runAsNonRoot",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Set `user` to a user ID other than 0, or `USER` in the Dockerfile. The command shows the settings of the container.",
                console: "services.<name>.user",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/reference/compose-file/services/#user",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        cis_kubernetes2("5.2.7", Partial(shows::STEP)),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P1", Partial(SHOWS)),
        cis_docker18("4.1", Partial(shows::STEP)),
    ],
    test: no_entries!(Workload.root_containers, "a user other than 0"),
};
