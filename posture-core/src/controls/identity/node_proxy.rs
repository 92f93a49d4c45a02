//! `identity.node-proxy`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.node-proxy",
    life: since("0.1.0"),
    title: "No subject reaches the kubelet through the node proxy",
    finding: "A subject has permissions on nodes/proxy",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "nodes/proxy",
        "kubelet",
    ],
    severity: High,
    rationale: "The kubelet runs commands in every pod of its node for anyone with `nodes/proxy`, \
                with any verb. Such requests pass neither admission nor the audit log.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Delete the binding that the evidence names. For metrics and logs, bind a role with \
                   `nodes/metrics`, `nodes/stats` or `nodes/log`. The command shows all bindings of \
                   the cluster.",
            console: "RoleBinding, ClusterRoleBinding",
            command: Inspect(
                "kubectl get rolebindings,clusterrolebindings --all-namespaces --output wide",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
        "https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.10", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.10", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.9", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.node_proxy, "no permission on `nodes/proxy`"),
};
