//! `identity.pod-creators`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.pod-creators",
    life: since("0.1.0"),
    title: "Only subjects that need it create or change pods",
    finding: "A subject creates or changes pods or workloads",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "pods",
        "Deployment",
        "Job",
    ],
    severity: Medium,
    rationale: "A pod runs as any service account of its namespace and mounts any Secret there. Where \
                admission allows it, the pod also reaches the node. Who changes the image of a pod, or the \
                template of a workload, decides as much.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding that the evidence names, or bind a role without the permission. \
                   The command shows all bindings of the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.4", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.4", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.4", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(
        RbacSubject.pod_creation,
        "no permission to create or change pods or workloads"
    ),
};
