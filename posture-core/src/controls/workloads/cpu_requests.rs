//! `workloads.cpu-requests`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "no capacity is planned for the container";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.cpu-requests",
    life: since("0.1.0"),
    title: "Containers request CPU",
    finding: "A container requests no CPU",
    keywords: &["Kubernetes", "pod", "resources", "requests", "CPU", "scheduling"],
    severity: Low,
    rationale: "The scheduler places a container without a request on any node, and it gets the least CPU \
                when the node is busy.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `resources.requests.cpu`, or a LimitRange in the namespace that does. The command sets \
                   it for all containers of a deployment.",
            console: "spec.template.spec.containers[*].resources.requests.cpu",
            command: Change(
                "kubectl set resources deployment <name> --namespace <namespace> --requests cpu=<quantity>",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        nsa_kubernetes12("N3", Partial(SHOWS)),
    ],
    test: no_entries!(Workload.without_cpu_request, "resources.requests.cpu"),
};
