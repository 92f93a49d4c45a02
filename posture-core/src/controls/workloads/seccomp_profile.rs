//! `workloads.seccomp-profile`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "no profile is set for the container, so that it has none on a node whose kubelet does not \
                     add one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.seccomp-profile",
    life: since("0.1.0"),
    title: "Containers have a seccomp profile",
    finding: "A container has no seccomp profile",
    keywords: &[
        "Kubernetes",
        "pod",
        "seccomp",
        "seccompProfile",
        "RuntimeDefault",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "Without a profile, a container may use every system call of the kernel, unless the kubelet \
                of its node sets one. A manifest does not depend on that.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `securityContext.seccompProfile.type: RuntimeDefault` for the pod. The command shows the \
                   pods with their settings.",
            console: "spec.template.spec.securityContext.seccompProfile.type",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tutorials/security/seccomp/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.2", Partial(shows::STEP)),
        cis_kubernetes2("4.2.14", Supporting),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P6", Supporting),
    ],
    test: no_entries!(
        Workload.seccomp_missing,
        "RuntimeDefault or Localhost, for the pod or the container"
    ),
};
