//! `control-plane.node-restriction`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "a kubelet may change nodes and pods that are not its own";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.node-restriction",
    life: since("0.1.0"),
    title: "The admission plugin NodeRestriction is on",
    finding: "NodeRestriction is off",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "admission",
        "NodeRestriction",
    ],
    severity: Medium,
    rationale: "NodeRestriction keeps a kubelet from changing other nodes and their pods, and from \
                labels that attract workloads. Without it, one node can act for all.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Add `NodeRestriction` to `--enable-admission-plugins`. The evidence names the pod \
                   and the flag. The command shows the pods of the control plane.",
            console: "kube-apiserver: --enable-admission-plugins",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        cis_kubernetes2("1.2.14", Full),
        nsa_kubernetes12("A2", Supporting),
    ],
    test: control_plane::no_settings!(
        node_restriction_off,
        "NodeRestriction among the plugins",
        ["kube-apiserver: --enable-admission-plugins is without NodeRestriction"]
    ),
};
