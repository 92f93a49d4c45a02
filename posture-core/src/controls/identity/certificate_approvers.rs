//! `identity.certificate-approvers`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.certificate-approvers",
    life: since("0.1.0"),
    title: "Only subjects that need it approve client certificates",
    finding: "A subject approves client certificates",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "CertificateSigningRequest",
        "signers",
        "approve",
    ],
    severity: High,
    rationale: "A client certificate is a sign-in as the user and the groups that it names, and it \
                cannot be revoked. Anyone who approves requests can become almost any user.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        csf20("PR.AA-01", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-06", Supporting),
        cis_kubernetes2("5.1.11", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.10", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(
        RbacSubject.certificate_approval,
        "no permission to approve client certificates"
    ),
};
