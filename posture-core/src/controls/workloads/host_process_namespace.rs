//! `workloads.host-process-namespace`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the pod sees the processes of its node and of all other pods there, so that it is not \
                     separated from them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-process-namespace",
    life: since("0.1.0"),
    title: "Pods do not share the processes of their node",
    finding: "Pods share the processes of their node",
    keywords: &["Kubernetes", "pod", "hostPID", "PID namespace", "Pod Security Standards"],
    severity: High,
    rationale: "With `hostPID`, a container sees every process of the node, with its environment and its \
                files under `/proc`. With root it can end or trace them.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `hostPID: true` from the pod template. The command shows the pods with their \
                   settings.",
            console: "spec.template.spec.hostPID",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.3", Partial(shows::STEP)),
        cis_eks18("4.2.2", Partial(shows::STEP)),
        cis_aks18("4.2.2", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.host_process_namespace, "hostPID absent or false"),
};
