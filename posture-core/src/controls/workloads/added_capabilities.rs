//! `workloads.added-capabilities`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container has a privilege of root that the baseline of the Pod Security Standards \
                     withholds from every application";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.added-capabilities",
    life: since("0.1.0"),
    title: "Containers add no dangerous capabilities",
    finding: "A container adds a dangerous capability",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "capabilities",
        "NET_RAW",
        "SYS_ADMIN",
        "Pod Security Standards",
    ],
    severity: High,
    rationale: "Each Linux capability is a part of what root may do. Some, such as `SYS_ADMIN`, are as good as all of root, and `NET_RAW` allows a container to forge traffic of others.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove the capability from `add`. The evidence names those that the level `baseline` of the \
                   Pod Security Standards does not allow. The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.capabilities.add",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove the capability from `cap_add` or `--cap-add`. The evidence names those that are more than a container gets by default. The command shows the settings of the container.",
                console: "services.<name>.cap_add",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://docs.docker.com/engine/security/#linux-kernel-capabilities",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        cis_kubernetes2("5.2.8", Partial(shows::STEP)),
        cis_kubernetes2("5.2.9", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
        cis_docker18("5.4", Partial(shows::STEP)),
    ],
    test: no_entries!(Workload.added_capabilities, "only capabilities of the level baseline"),
};
