//! `identity.volume-creators`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.volume-creators",
    life: since("0.1.0"),
    title: "Only subjects that need it create persistent volumes",
    finding: "A subject creates persistent volumes",
    keywords: &[
        "Kubernetes",
        "RBAC",
        "RoleBinding",
        "ClusterRoleBinding",
        "PersistentVolume",
        "hostPath",
    ],
    severity: Medium,
    rationale: "A persistent volume can be a directory of a node. Pod Security does not see it, \
                because the pod shows only its claim.",
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
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#persistent-volume-creation",
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNDECLARED_PERMISSION)),
        ccm41("IAM-05", Partial(shows::UNDECLARED_PERMISSION)),
        cis_kubernetes2("5.1.9", Partial(shows::UNDECLARED_PERMISSION)),
        cis_eks18("4.1.9", Partial(shows::UNDECLARED_PERMISSION)),
        cis_aks18("4.1.8", Partial(shows::UNDECLARED_PERMISSION)),
        nsa_kubernetes12("A2", Partial(shows::UNDECLARED_PERMISSION)),
    ],
    test: no_entries!(RbacSubject.volume_creation, "no permission to create persistent volumes"),
};
