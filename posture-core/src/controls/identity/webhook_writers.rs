//! `identity.webhook-writers`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.webhook-writers",
    life: since("0.1.0"),
    title: "Only subjects that need it change admission webhooks",
    finding: "A subject changes admission webhooks",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "admission",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    ],
    severity: High,
    rationale: "A mutating webhook reads and changes every object that it matches, Secrets included. \
                Without its validating webhook a policy engine enforces nothing.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#control-admission-webhooks",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("CCC-04", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.12", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.11", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.11", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.webhook_writes, "no permission to change admission webhooks"),
};
