//! `workloads.privilege-escalation`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a process of the container can get more privileges than it was started with";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.privilege-escalation",
    life: since("0.1.0"),
    title: "Processes in containers cannot gain privileges",
    finding: "A container allows privilege escalation",
    keywords: &[
        "Kubernetes",
        "pod",
        "allowPrivilegeEscalation",
        "no_new_privs",
        "setuid",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "Unless `allowPrivilegeEscalation` is false, a program with the setuid bit makes any user of \
                the container root.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `allowPrivilegeEscalation: false` for each container. The pod has no such field. The \
                   command shows the pods with their settings.",
            console: "spec.template.spec.containers[*].securityContext.allowPrivilegeEscalation",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        cis_kubernetes2("5.2.6", Partial(shows::STEP)),
        cis_eks18("4.2.5", Partial(shows::STEP)),
        cis_aks18("4.2.5", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.privilege_escalation, "allowPrivilegeEscalation is false"),
};
