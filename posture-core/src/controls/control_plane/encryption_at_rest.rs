//! `control-plane.encryption-at-rest`

use posture_model::verdict::Undecided;

use crate::checks::control_plane;
use crate::checks::kubernetes_version::minor;
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
    references: &[
        "https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/",
        "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
        "https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption",
    ],
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
        ["kube-apiserver: --encryption-provider-config is absent"],
        or the cloud by "control-plane.encryption-at-rest"
    ),
};

/// The first minor version whose API data EKS encrypts before it stores them, with a key of AWS where the user chose none.
/// [Default envelope encryption](https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html), read on 2026-12-01.
const EKS_ENCRYPTS: u16 = 28;

/// What the interface of the cloud shows of a managed cluster; nothing where it does not show whether the API server encrypts.
pub(crate) fn of_cloud(cluster: &Cluster, _: &Context<'_>) -> Option<CheckResult> {
    let by_default = || {
        let version = cluster.version.known().ok()?;
        let is_eks = cluster.platform.known().ok()? == "eks";
        Some(is_eks && minor(version)? >= EKS_ENCRYPTS)
    };
    match &cluster.secrets_key {
        Known(Some(_)) => Some(pass()),
        _ if by_default() == Some(true) => Some(pass()),
        Known(None) | NotOffered => None,
        Gap(gap) => Some(Err(Undecided::Unknown(*gap))),
    }
}
