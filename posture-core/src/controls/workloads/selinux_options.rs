//! `workloads.selinux-options`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container sets a label that the baseline of the Pod Security Standards does not allow, \
                     because it weakens the separation from the node";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.selinux-options",
    life: since("0.1.0"),
    title: "Containers keep a confined SELinux type",
    finding: "A container changes or disables its SELinux label",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "SELinux",
        "seLinuxOptions",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "With a type such as `spc_t`, or with another user or role, SELinux does not separate the container from its host.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Remove `user` and `role`, and set `type` to one that the Pod Security Standards allow, such \
                   as `container_t`. The command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.seLinuxOptions",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `label:disable`, and labels with another user, role or type, from `security_opt`. The command shows the settings of the container.",
                console: "services.<name>.security_opt",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.3", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P6", Supporting),
        cis_docker18("5.3", Partial(shows::STEP)),
    ],
    test: no_entries!(
        Workload.se_linux_overrides,
        "a type for containers, and neither user nor role"
    ),
};
