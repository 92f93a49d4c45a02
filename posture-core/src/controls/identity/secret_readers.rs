//! `identity.secret-readers`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.secret-readers",
    life: since("0.1.0"),
    title: "Only subjects that need it read Secrets",
    finding: "A subject reads Secrets",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "Secret",
        "get",
        "list",
        "watch",
    ],
    severity: High,
    rationale: "Secrets hold credentials and tokens of service accounts. Lists and watches return \
                their contents, not only their names.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-14", Supporting),
        nsa_kubernetes12("N7", Supporting),
        cis_kubernetes2("5.1.2", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.2", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.2", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.secret_reads, "no permission to get, list or watch Secrets"),
};
