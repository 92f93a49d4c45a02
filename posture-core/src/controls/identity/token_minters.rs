//! `identity.token-minters`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.token-minters",
    life: since("0.1.0"),
    title: "Only subjects that need it create service account tokens",
    finding: "A subject creates tokens of service accounts",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "serviceaccounts/token",
        "TokenRequest",
    ],
    severity: High,
    rationale: "Anyone who may create a token of a service account can act as it, from anywhere, \
                until the token expires.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#token-request",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-14", Supporting),
        cis_kubernetes2("5.1.13", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.12", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.12", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.token_creation, "no permission to create tokens"),
};
