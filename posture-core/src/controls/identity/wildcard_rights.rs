//! `identity.wildcard-rights`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.wildcard-rights",
    life: since("0.1.0"),
    title: "Roles of subjects name their verbs and resources",
    finding: "A subject has a role with a wildcard",
    keywords: &["Kubernetes", "RBAC", "RoleBinding", "ClusterRoleBinding", "wildcard", "*"],
    severity: High,
    rationale: "A wildcard also grants what later versions and extensions add. As a verb it includes \
                `escalate`, `bind` and `impersonate`, and as a resource all subresources.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Replace `*` in the role that the evidence names by the verbs, API groups and \
                   resources that its subjects need. The command shows all bindings of the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.3", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.3", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.3", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.wildcards, "named verbs, API groups and resources"),
};
