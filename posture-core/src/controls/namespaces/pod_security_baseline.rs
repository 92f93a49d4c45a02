//! `namespaces.pod-security-baseline`

use crate::checks::{kubernetes, shows};
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the namespace accepts pods that take over their node, and no other admission control was \
                     found that may reject them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "namespaces.pod-security-baseline",
    life: since("0.1.0"),
    title: "Namespaces enforce Pod Security level baseline",
    finding: "Namespace does not enforce Pod Security baseline",
    keywords: &[
        "Kubernetes",
        "Pod Security admission",
        "namespace label",
        "pod-security.kubernetes.io/enforce",
    ],
    severity: High,
    rationale: "Without an enforced level, anyone who may create pods in the namespace can create one that \
                takes over a node.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Label the namespace. The command shows what would be rejected if `--dry-run=server` is \
                   added.",
            console: "metadata.labels",
            command: Change(
                "kubectl label namespace <namespace> pod-security.kubernetes.io/enforce=baseline --overwrite",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        "https://kubernetes.io/docs/tasks/configure-pod-container/enforce-standards-namespace-labels/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("CCC-06", Partial(SHOWS)),
        ccm41("CCC-04", Supporting),
        cis_kubernetes2("5.2.1", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.2", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.3", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.4", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.5", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.10", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.11", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.12", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_eks18("4.2.1", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_eks18("4.2.2", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_eks18("4.2.3", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_eks18("4.2.4", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_aks18("4.2.1", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_aks18("4.2.2", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_aks18("4.2.3", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_aks18("4.2.4", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        nsa_kubernetes12("P4", Partial(SHOWS)),
    ],
    test: kubernetes::of_namespace!(
        enforces_baseline,
        "no label that enforces baseline or restricted",
        "pod-security.kubernetes.io/enforce is baseline or restricted"
    ),
};
