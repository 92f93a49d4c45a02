//! `control-plane.always-allow`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "every request is authorized, from anyone who signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.always-allow",
    life: since("0.1.0"),
    title: "The API server does not authorize every request",
    finding: "The API server authorizes every request",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "authorization-mode",
        "AlwaysAllow",
    ],
    severity: Critical,
    rationale: "With AlwaysAllow every request is authorized, whatever the roles grant. It is also \
                the mode of an API server that is given none.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--authorization-mode=Node,RBAC`. The evidence names the pod and the flag. The \
                   command shows the pods of the control plane.",
            console: "kube-apiserver: --authorization-mode",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/reference/access-authn-authz/authorization/"],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        cis_kubernetes2("1.2.6", Full),
        nsa_kubernetes12("A2", Partial(SHOWS)),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        always_allow,
        "no AlwaysAllow",
        ["kube-apiserver: --authorization-mode=AlwaysAllow"]
    ),
};
