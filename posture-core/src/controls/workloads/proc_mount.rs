//! `workloads.proc-mount`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container reaches settings of the host's kernel that the runtime hides from every other \
                     one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.proc-mount",
    life: since("0.1.0"),
    title: "Containers have a masked /proc",
    finding: "A container has an unmasked /proc",
    keywords: &[
        "Kubernetes",
        "Docker",
        "pod",
        "procMount",
        "systempaths",
        "/proc",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "The runtime masks the parts of `/proc` that show or change the kernel of the host. A \
                container without the mask reaches them.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `procMount`. A pod that runs containers itself also needs `hostUsers: false`. The \
                       command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.procMount",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `systempaths=unconfined` from `security_opt`, or start the container without it. The command shows \
                       the settings of the container.",
                console: "services.<name>.security_opt",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
        "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Supporting),
        cis_kubernetes2("5.6.3", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.unmasked_proc, "a masked /proc"),
};
