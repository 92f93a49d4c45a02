//! `workloads.unsafe-sysctls`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the pod changes a parameter of the kernel that the baseline of the Pod Security Standards \
                     does not allow";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.unsafe-sysctls",
    life: since("0.1.0"),
    title: "Pods set only safe kernel parameters",
    finding: "Pods set an unsafe kernel parameter",
    keywords: &["Kubernetes", "pod", "sysctl", "kernel parameter", "Pod Security Standards"],
    severity: Medium,
    rationale: "A kernel parameter that is not separated by namespaces changes the node for every pod on it.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove the parameter from `sysctls`, or set it on the node. The command shows the pods with \
                   their settings.",
            console: "spec.template.spec.securityContext.sysctls",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.unsafe_sysctls, "only parameters of the list of the version"),
};
