//! `identity.escalation-verbs`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.escalation-verbs",
    life: since("0.1.0"),
    title: "No subject may escalate, bind or impersonate",
    finding: "A subject may escalate, bind or impersonate",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "escalate",
        "bind",
        "impersonate",
    ],
    severity: Critical,
    rationale: "The API server keeps subjects from granting more than they have. These verbs exempt \
                the subject from that, or allow it to act as another user, group or service account.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-10", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.8", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.8", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.7", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(
        RbacSubject.escalation_verbs,
        "none of the verbs `escalate`, `bind` and `impersonate`"
    ),
};
