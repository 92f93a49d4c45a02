//! `workloads.sensitive-host-paths`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "with the path the pod reads the credentials of its node or controls its containers, so that \
                     nothing separates it from them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.sensitive-host-paths",
    life: since("0.1.0"),
    title: "Pods mount no sensitive paths of their node",
    finding: "Pods mount a sensitive path of their node",
    keywords: &[
        "Kubernetes",
        "pod",
        "hostPath",
        "docker.sock",
        "containerd.sock",
        "container escape",
    ],
    severity: Critical,
    rationale: "The socket of a container runtime, `/etc`, `/proc`, `/var/lib/kubelet` and the like give an \
                attacker the node, its credentials and the tokens of all its pods. A read-only mount does \
                not prevent that.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove the volume. Where an agent needs data of the node, mount only the file or directory \
                   that it reads. The command shows the pods with their settings.",
            console: "spec.template.spec.volumes[*].hostPath.path",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-06", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        cis_kubernetes2("5.2.11", Supporting),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.sensitive_host_paths, "no path that gives access to the node"),
};
