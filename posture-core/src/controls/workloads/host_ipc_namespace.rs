//! `workloads.host-ipc-namespace`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the pod uses the shared memory of processes of its node, so that it is not separated from \
                     them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-ipc-namespace",
    life: since("0.1.0"),
    title: "Pods do not share the IPC of their node",
    finding: "Pods share the IPC of their node",
    keywords: &["Kubernetes", "pod", "hostIPC", "shared memory", "Pod Security Standards"],
    severity: Medium,
    rationale: "With `hostIPC`, a container reads and writes the shared memory and the message queues of \
                processes on the node.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `hostIPC: true` from the pod template. The command shows the pods with their \
                   settings.",
            console: "spec.template.spec.hostIPC",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.4", Partial(shows::STEP)),
        cis_eks18("4.2.3", Partial(shows::STEP)),
        cis_aks18("4.2.3", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.host_ipc_namespace, "hostIPC absent or false"),
};
