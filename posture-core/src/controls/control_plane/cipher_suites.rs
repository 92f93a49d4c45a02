//! `control-plane.cipher-suites`

use crate::checks::control_plane;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.cipher-suites",
    life: since("0.1.0"),
    title: "The API server limits TLS to strong cipher suites",
    finding: "TLS cipher suites are weak or not limited",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "TLS",
        "tls-cipher-suites",
    ],
    severity: Low,
    rationale: "Suites without authenticated encryption or forward secrecy allow an attacker who \
                records traffic to read it later, when a key leaks.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--tls-cipher-suites` to suites with ECDHE and GCM or ChaCha20-Poly1305, or \
                   set `--tls-min-version=VersionTLS13`. The evidence names the pod and the flag. The \
                   command shows the pods of the control plane.",
            console: "kube-apiserver: --tls-cipher-suites",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/",
    ],
    satisfies: &[
        csf20("PR.DS-02", Supporting),
        ccm41("CEK-04", Supporting),
        cis_kubernetes2("1.2.29", Partial(shows::STEP)),
        nsa_kubernetes12("N6", Supporting),
    ],
    test: control_plane::no_settings!(
        weak_ciphers,
        "strong suites only",
        ["kube-apiserver: --tls-cipher-suites is absent"]
    ),
};
