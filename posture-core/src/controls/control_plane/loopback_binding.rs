//! `control-plane.loopback-binding`

use crate::checks::control_plane;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.loopback-binding",
    life: since("0.1.0"),
    title: "Controller manager and scheduler listen on loopback only",
    finding: "A component listens beyond loopback",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-controller-manager",
        "kube-scheduler",
        "bind-address",
    ],
    severity: Medium,
    rationale: "Both serve health and metrics, which only the node and its monitoring need. A flag \
                that is absent means all addresses.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--bind-address=127.0.0.1`. The evidence names the pod and the flag. The \
                   command shows the pods of the control plane.",
            console: "kube-controller-manager, kube-scheduler: --bind-address",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/",
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-scheduler/",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_kubernetes2("1.3.7", Partial(shows::STEP)).by(control_plane::row!(
            open_ports,
            "kube-controller-manager",
            "--bind-address="
        )),
        cis_kubernetes2("1.4.2", Partial(shows::STEP)).by(control_plane::row!(
            open_ports,
            "kube-scheduler",
            "--bind-address="
        )),
        nsa_kubernetes12("N4", Supporting),
    ],
    test: control_plane::no_settings!(
        open_ports,
        "`--bind-address=127.0.0.1`",
        [
            "kube-controller-manager: --bind-address=0.0.0.0",
            "kube-scheduler: --bind-address=0.0.0.0"
        ]
    ),
};
