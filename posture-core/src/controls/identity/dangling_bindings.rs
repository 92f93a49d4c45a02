//! `identity.dangling-bindings`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.dangling-bindings",
    life: since("0.1.0"),
    title: "Bindings name roles and service accounts that exist",
    finding: "A binding names what does not exist",
    keywords: &["Kubernetes", "RBAC", "RoleBinding", "ClusterRoleBinding"],
    severity: Low,
    rationale: "Anyone who creates the missing role or service account later decides what the binding \
                grants, and to which account.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding, or create what it names. A ClusterRoleBinding is deleted \
                   without a namespace.",
            console: "roleRef, subjects",
            command: Change("kubectl delete rolebinding <name> --namespace <namespace>"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#periodic-review",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-08", Supporting),
        ccm41("IAM-07", Supporting),
        nsa_kubernetes12("A2", Supporting),
    ],
    test: no_entries!(RoleBinding.missing, "its role and its service accounts exist"),
};
