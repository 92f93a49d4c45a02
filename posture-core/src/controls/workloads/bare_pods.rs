//! `workloads.bare-pods`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.bare-pods",
    life: since("0.1.0"),
    title: "Pods have a controller",
    finding: "A pod has no controller",
    keywords: &["Kubernetes", "pod", "bare pod", "Deployment", "replica"],
    severity: Low,
    rationale: "When its node fails or is drained, a pod without a controller is gone. Nothing starts \
                another one.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Make a Deployment, a StatefulSet or a Job of it. The command shows who owns the pods of a \
                   namespace.",
            console: "metadata.ownerReferences",
            command: Inspect(
                "kubectl get pods --namespace <namespace> --output custom-columns=NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].kind",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/configuration/overview/#naked-pods-vs-replicasets-deployments-and-jobs",
    ],
    satisfies: &[
        csf20("PR.IR-03", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
    ],
    test: is_false!(Workload.bare, "no controller", "a controller"),
};
