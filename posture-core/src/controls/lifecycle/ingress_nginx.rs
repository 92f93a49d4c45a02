//! `lifecycle.ingress-nginx`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "the software runs after its project ended, so that no vulnerability of it is fixed any more";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.ingress-nginx",
    life: since("0.1.0"),
    title: "No workload runs the retired ingress-nginx",
    finding: "A workload runs the retired ingress-nginx",
    keywords: &["Kubernetes", "ingress-nginx", "Ingress", "end of support"],
    severity: High,
    rationale: "The project ended in March 2026: no fix comes for what is found since. The controller \
                faces the internet and may read Secrets of all namespaces.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Move to the Gateway API, or to another ingress controller. The command lists the \
                   pods of the controller.",
            console: "spec.template.spec.containers[*].image",
            command: Inspect(
                "kubectl get pods --all-namespaces --selector app.kubernetes.io/name=ingress-nginx",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/",
        "https://kubernetes.io/blog/2026/01/29/ingress-nginx-statement/",
    ],
    satisfies: &[
        csf20("PR.PS-02", Partial(SHOWS)),
        csf20("ID.AM-08", Partial(SHOWS)),
        ccm41("TVM-08", Supporting),
        nsa_kubernetes12("U", Partial(SHOWS)),
    ],
    test: no_entries!(Workload.retired_ingress, "a maintained controller"),
};
