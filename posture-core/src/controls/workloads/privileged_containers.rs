//! `workloads.privileged-containers`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a privileged container has all rights of root on its node, so that nothing separates it from the node and from \
                     the other pods there";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.privileged-containers",
    life: since("0.1.0"),
    title: "Containers are not privileged",
    finding: "A container is privileged",
    keywords: &["Kubernetes", "pod", "securityContext", "privileged", "Pod Security Standards"],
    severity: Critical,
    rationale: "A privileged container sees every device and every process right of its node. Whoever \
                takes it over has the node, and the credentials of every pod on it.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `privileged: true` from the container. Where it needs a right, add that capability \
                   alone. The command shows the workload's pods with their settings.",
            console: "spec.template.spec.containers[*].securityContext.privileged",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/security/linux-kernel-security-constraints/#privileged-containers",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
    ],
    test: no_entries!(Workload.privileged_containers, "no privileged container"),
};
