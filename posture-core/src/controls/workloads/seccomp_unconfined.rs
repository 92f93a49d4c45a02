//! `workloads.seccomp-unconfined`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the container disables the filter of system calls";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.seccomp-unconfined",
    life: since("0.1.0"),
    title: "Containers do not disable seccomp",
    finding: "A container disables seccomp",
    keywords: &[
        "Kubernetes",
        "Docker",
        "Compose",
        "pod",
        "seccomp",
        "seccompProfile",
        "Unconfined",
        "Pod Security Standards",
    ],
    severity: High,
    rationale: "Seccomp blocks system calls that applications do not need. Unconfined, a container may make all of them, and most escapes from containers use one of these.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set the type of the profile to `RuntimeDefault` or `Localhost`. The command shows the pods \
                   with their settings.",
                console: "spec.template.spec.containers[*].securityContext.seccompProfile.type",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Remove `seccomp:unconfined` from `security_opt`, or name a profile of your own. A privileged container runs without seccomp too. The command shows the settings of the container.",
                console: "services.<name>.security_opt",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tutorials/security/seccomp/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/engine/security/seccomp/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.6.2", Partial(shows::STEP)),
        cis_aks18("4.6.2", Supporting),
        nsa_kubernetes12("P6", Supporting),
        cis_docker18("5.22", Full),
    ],
    test: no_entries!(
        Workload.seccomp_overrides,
        "the default of the runtime, or a profile of your own"
    ),
};
