//! `workloads.selinux-options`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container sets a label that the baseline of the Pod Security Standards does not allow, \
                     because it weakens the separation from the node";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.selinux-options",
    life: since("0.1.0"),
    title: "Containers keep a confined SELinux type",
    finding: "A container sets SELinux options",
    keywords: &["Kubernetes", "pod", "SELinux", "seLinuxOptions", "Pod Security Standards"],
    severity: Medium,
    rationale: "With a type such as `spc_t`, or with another user or role, SELinux does not separate the \
                container from the node.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `user` and `role`, and set `type` to one that the Pod Security Standards allow, such \
                   as `container_t`. The command shows the pods with their settings.",
            console: "spec.template.spec.containers[*].securityContext.seLinuxOptions",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.3", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P6", Supporting),
    ],
    test: no_entries!(
        Workload.se_linux_overrides,
        "a type for containers, and neither user nor role"
    ),
};
