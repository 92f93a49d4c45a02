//! `identity.exec-rights`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.exec-rights",
    life: since("0.1.0"),
    title: "Only subjects that need it run commands in pods",
    finding: "A subject runs commands in pods",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "pods/exec",
        "pods/attach",
        "ephemeral containers",
    ],
    severity: Medium,
    rationale: "A command in a pod runs as its service account and sees its Secrets. Before version \
                1.35 the permission to get `pods/exec` is enough for it.",
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
    references: &["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.pod_exec, "no permission to run commands in pods"),
};
