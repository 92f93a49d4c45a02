//! `control-plane.rbac-authorizer`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the guide asks for RBAC by name, and it is off";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.rbac-authorizer",
    life: since("0.1.0"),
    title: "The API server authorizes by RBAC",
    finding: "RBAC authorization is off",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "authorization-mode",
        "RBAC",
    ],
    severity: High,
    rationale: "Without RBAC no role and no binding is in effect, and permissions are where no audit \
                of the cluster sees them.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Add `RBAC` to `--authorization-mode`. The evidence names the pod and the flag. The \
                   command shows the pods of the control plane.",
            console: "kube-apiserver: --authorization-mode",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/reference/access-authn-authz/rbac/"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-15", Supporting),
        cis_kubernetes2("1.2.8", Full),
        nsa_kubernetes12("A2", Partial(SHOWS)),
    ],
    test: control_plane::no_settings!(
        rbac_authorizer_off,
        "RBAC among the authorization modes",
        ["kube-apiserver: --authorization-mode=Node"]
    ),
};
