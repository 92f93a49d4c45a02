//! `workloads.privileged-containers`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a privileged container has all privileges of root on its node or host, so that nothing separates it from what else runs there";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.privileged-containers",
    life: since("0.1.0"),
    title: "Containers are not privileged",
    finding: "A container is privileged",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "securityContext",
        "privileged",
        "Pod Security Standards",
    ],
    severity: Critical,
    rationale: "A privileged container sees every device of its node or host and has all privileges of root there. An attacker who takes over the container has the node, and all that runs on it.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `privileged: true` from the container. If it needs one capability, add only that one. \
                   The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.privileged",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `privileged: true`, or start the container without `--privileged`. If it needs one capability or device, add only that one. The command shows the settings of the container.",
                console: "services.<name>.privileged",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/#privileged-containers",
        "https://docs.docker.com/reference/cli/docker/container/run/#privileged",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.2", Partial(shows::STEP)),
        cis_eks18("4.2.1", Partial(shows::STEP)),
        cis_aks18("4.2.1", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
        cis_docker18("5.5", Full),
    ],
    test: no_entries!(Workload.privileged_containers, "no privileged container"),
};
