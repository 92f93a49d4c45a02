//! `control-plane.encryption-at-rest`

use crate::checks::control_plane;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the API server encrypts nothing that it stores";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.encryption-at-rest",
    life: since("0.1.0"),
    title: "The API server has a configuration of encryption at rest",
    finding: "Secrets are stored without encryption",
    keywords: &[
        "Kubernetes",
        "control plane",
        "static pod",
        "kube-apiserver",
        "etcd",
        "EncryptionConfiguration",
        "Secret",
    ],
    severity: High,
    rationale: "Without a configuration the API server writes Secrets to etcd in plain text. A copy \
                of its disk, or a backup, is a copy of all of them.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Write an EncryptionConfiguration whose first provider for Secrets is not \
                   `identity`, set `--encryption-provider-config`, and write all Secrets again. The \
                   evidence names the pod and the flag. The command shows the pods of the control \
                   plane.",
            console: "kube-apiserver: --encryption-provider-config",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/"],
    satisfies: &[
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("CEK-03", Partial(SHOWS)),
        ccm41("DSP-17", Supporting),
        cis_kubernetes2("1.2.27", Full),
        cis_kubernetes2("1.2.28", Supporting),
        nsa_kubernetes12("N7", Partial(SHOWS)),
    ],
    test: control_plane::no_settings!(
        encryption_off,
        "`--encryption-provider-config` set",
        ["kube-apiserver: --encryption-provider-config is absent"]
    ),
};
