//! `namespaces.resource-quota`

use crate::checks::kubernetes;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "nothing bounds what the namespace takes from the others";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "namespaces.resource-quota",
    life: since("0.1.0"),
    title: "Namespaces have a resource quota",
    finding: "Namespace has no resource quota",
    keywords: &["Kubernetes", "ResourceQuota"],
    severity: Low,
    rationale: "Without a quota, one namespace can use up the cluster, by mistake or on purpose.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Create a ResourceQuota for CPU, memory and the number of objects. The command creates one.",
            console: "ResourceQuota",
            command: Change(
                "kubectl create quota <name> --namespace <namespace> --hard cpu=<quantity>,memory=<quantity>,pods=<number>",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
    satisfies: &[
        csf20("PR.IR-04", Partial(SHOWS)),
        ccm41("I&S-02", Partial(SHOWS)),
        nsa_kubernetes12("N3", Partial(SHOWS)),
    ],
    test: kubernetes::of_namespace!(
        used resource_quota,
        "no ResourceQuota",
        "a ResourceQuota"
    ),
};
