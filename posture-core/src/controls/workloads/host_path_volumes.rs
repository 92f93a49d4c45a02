//! `workloads.host-path-volumes`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the pod shares files with its node, so that it is not separated from the node and from other \
                     pods that mount them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.host-path-volumes",
    life: since("0.1.0"),
    title: "Pods mount no paths of their node",
    finding: "Pods mount a path of their node",
    keywords: &["Kubernetes", "pod", "hostPath", "volume", "Pod Security Standards"],
    severity: High,
    rationale: "A path of the node is shared with the node and with every pod that mounts it there. What a \
                container writes to it remains after the pod, and read-only mounts still show what is in it.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Replace the `hostPath` volume with an `emptyDir`, a ConfigMap or a persistent volume. The \
                   command shows the pods with their settings.",
            console: "spec.template.spec.volumes[*].hostPath",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.11", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.host_path_volumes, "no volume of type hostPath"),
};
