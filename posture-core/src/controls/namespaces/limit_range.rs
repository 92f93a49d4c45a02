//! `namespaces.limit-range`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing bounds a container of the namespace that sets no limits itself";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "namespaces.limit-range",
    life: since("0.1.0"),
    title: "Namespaces have a limit range",
    finding: "Namespace has no limit range",
    keywords: &["Kubernetes", "LimitRange"],
    severity: Low,
    rationale: "A LimitRange gives limits to containers that set none, and bounds what a single one may \
                request.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a LimitRange with defaults for CPU and memory. The command lists those of a \
                   namespace.",
            console: "LimitRange",
            command: Inspect("kubectl get limitranges --namespace <namespace>"),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/policy/limit-range/"],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        nsa_kubernetes12("N3", Partial(SHOWS)),
    ],
    test: kubernetes::of_namespace!(
        used limit_range,
        "no LimitRange",
        "a LimitRange"
    ),
};
