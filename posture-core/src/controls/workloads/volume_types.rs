//! `workloads.volume-types`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the pod uses a type of volume that the level `restricted` of the Pod Security Standards does \
                     not allow";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.volume-types",
    life: since("0.1.0"),
    title: "Pods use only common types of volumes",
    finding: "Pods use an uncommon type of volume",
    keywords: &["Kubernetes", "pod", "volume", "nfs", "hostPath", "Pod Security Standards"],
    severity: Low,
    rationale: "Volumes such as `nfs` and `iscsi` that a pod names directly bypass the rules of persistent \
                volumes: the user who creates the pod selects the server.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Use a persistent volume claim instead. The command shows the pods with their settings.",
            console: "spec.template.spec.volumes",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/storage/volumes/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.2.11", Supporting),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.restricted_volume_types, "types of volumes of the level restricted"),
};
