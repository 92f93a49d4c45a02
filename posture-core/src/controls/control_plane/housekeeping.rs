//! `control-plane.housekeeping`

use crate::checks::control_plane;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.housekeeping",
    life: since("0.1.0"),
    title: "Garbage collection, timeouts and kubelet certificate rotation are on",
    finding: "A protection of the control plane is off",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "terminated-pod-gc-threshold",
        "request-timeout",
        "RotateKubeletServerCertificate",
    ],
    severity: Low,
    rationale: "Without them, ended pods, hanging requests and old certificates remain until they \
                cause an outage.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove the flag, or set it to a value that leaves the protection on. The evidence \
                   names the pod and the flag. The command shows the pods of the control plane.",
            console: "kube-apiserver, kube-controller-manager",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-04", Supporting),
        cis_kubernetes2("1.2.20", Partial(shows::STEP)).by(control_plane::row!(
            housekeeping_off,
            "kube-apiserver",
            "--request-timeout"
        )),
        cis_kubernetes2("1.3.1", Partial(shows::STEP)).by(control_plane::row!(
            housekeeping_off,
            "kube-controller-manager",
            "--terminated-pod-gc-threshold"
        )),
        cis_kubernetes2("1.3.6", Full).by(control_plane::row!(
            housekeeping_off,
            "kube-controller-manager",
            "RotateKubeletServerCertificate"
        )),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        housekeeping_off,
        "the protections on",
        [
            "kube-apiserver: --request-timeout=0s",
            "kube-controller-manager: --terminated-pod-gc-threshold=0",
            "kube-controller-manager: --feature-gates=RotateKubeletServerCertificate=false"
        ]
    ),
};
