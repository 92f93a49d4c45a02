//! `identity.namespace-relabeling`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.namespace-relabeling",
    life: since("0.1.0"),
    title: "Only subjects that need it change enforcing namespaces",
    finding: "A subject may change the labels of enforcing namespaces",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "Namespace",
        "Pod Security Admission",
        "labels",
    ],
    severity: Medium,
    rationale: "The labels of a namespace decide which Pod Security level it enforces. A subject that \
                changes them can turn it off for its own pods.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#namespace-modification",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("CCC-04", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.2.1", Supporting),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(
        RbacSubject.namespace_changes,
        "no permission to change namespaces that enforce a level"
    ),
};
