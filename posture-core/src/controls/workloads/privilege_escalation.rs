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
        "Docker",
        "Compose",
        "pod",
        "allowPrivilegeEscalation",
        "no_new_privs",
        "setuid",
        "Pod Security Standards",
    ],
    severity: Medium,
    rationale: "Unless that is forbidden, a program with the setuid bit makes any user of the container root.",
    remediation: &[
        (
            Kubernetes,
            Remedy {
                text: "Set `allowPrivilegeEscalation: false` for each container. The pod has no such field. The \
                   command shows the pods with their settings.",
                console: "spec.template.spec.containers[*].securityContext.allowPrivilegeEscalation",
                command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
            },
        ),
        (
            Docker,
            Remedy {
                text: "Add `no-new-privileges:true` to `security_opt`, or set `no-new-privileges` in `daemon.json`. The command shows the settings of the container.",
                console: "services.<name>.security_opt",
                command: Inspect("docker inspect <container>"),
            },
        ),
    ],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://docs.docker.com/reference/cli/docker/container/run/#security-opt",
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
        cis_docker18("5.26", Full),
    ],
    test: no_entries!(Workload.privilege_escalation, "no process can gain privileges"),
};
