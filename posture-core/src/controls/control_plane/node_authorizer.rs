//! `control-plane.node-authorizer`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing limits a kubelet to what its own node needs";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.node-authorizer",
    life: since("0.1.0"),
    title: "The API server authorizes kubelets by Node",
    finding: "Node authorization is off",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "authorization-mode",
        "Node",
    ],
    severity: Medium,
    rationale: "The Node authorizer limits each kubelet to the Secrets and pods of its own node. \
                Without it, kubelets need roles that cover all nodes.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Add `Node` to `--authorization-mode`. The evidence names the pod and the flag. The \
                   command shows the pods of the control plane.",
            console: "kube-apiserver: --authorization-mode",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/reference/access-authn-authz/node/"],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        cis_kubernetes2("1.2.7", Full),
        nsa_kubernetes12("A2", Supporting),
    ],
    test: control_plane::no_settings!(
        node_authorizer_off,
        "Node among the authorization modes",
        ["kube-apiserver: --authorization-mode=RBAC"]
    ),
};
