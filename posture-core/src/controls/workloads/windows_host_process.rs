//! `workloads.windows-host-process`

use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the container is a process of its node, so that nothing separates it from the node";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.windows-host-process",
    life: since("0.1.0"),
    title: "Containers are not host processes of Windows",
    finding: "A container is a host process of Windows",
    keywords: &[
        "Kubernetes",
        "pod",
        "Windows",
        "hostProcess",
        "HostProcess container",
        "Pod Security Standards",
    ],
    severity: High,
    rationale: "A host process container runs as a process of the Windows node, with its file system and its \
                network.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `windowsOptions.hostProcess: true`. The command shows the pods with their settings.",
            console: "spec.template.spec.containers[*].securityContext.windowsOptions.hostProcess",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("I&S-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.10", Partial(shows::STEP)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.windows_host_processes, "hostProcess absent or false"),
};
