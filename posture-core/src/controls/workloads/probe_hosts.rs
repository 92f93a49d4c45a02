//! `workloads.probe-hosts`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the workload makes the kubelet send requests to a host of its choice, which the baseline of \
                     the Pod Security Standards forbids";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.probe-hosts",
    life: since("0.1.0"),
    title: "Probes and lifecycle hooks name no host",
    finding: "A probe or lifecycle hook names a host",
    keywords: &[
        "Kubernetes",
        "pod",
        "liveness probe",
        "readiness probe",
        "lifecycle hook",
        "server-side request forgery",
        "Pod Security Standards",
    ],
    severity: Low,
    rationale: "The kubelet sends the request, from the network of the node. A user who may create pods can \
                make it reach addresses that the user cannot.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Remove `host` from the probe or hook: without it the request goes to the pod. The command \
                   shows the pods with their settings.",
            console: "spec.template.spec.containers[*].livenessProbe.httpGet.host",
            command: Inspect("kubectl get pods --namespace <namespace> --output yaml"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-04", Partial(SHOWS)),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: no_entries!(Workload.probe_hosts, "host absent or empty"),
};
