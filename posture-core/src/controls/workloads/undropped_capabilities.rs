//! `workloads.undropped-capabilities`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container has capabilities that its author did not choose";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.undropped-capabilities",
    life: since("0.1.0"),
    title: "Containers drop all capabilities",
    finding: "A container keeps capabilities",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "capabilities",
        "drop ALL",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "Container runtimes give about a dozen capabilities to every container. Most applications use \
                none of them, and an attacker in the container has them all.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `capabilities.drop: [\"ALL\"]` for each container, and add at most `NET_BIND_SERVICE`. \
                   `ALL` is written in upper case. The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.capabilities.drop",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Set `cap_drop: [ALL]`, and add only what the container needs. The command shows the settings of the container.",
                console: "services.<name>.cap_drop",
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
        cis_docker18("5.4", Supporting),
    ],
    test: no_entries!(
        Workload.undropped_capabilities,
        "drop has ALL, and add has at most NET_BIND_SERVICE"
    ),
};
