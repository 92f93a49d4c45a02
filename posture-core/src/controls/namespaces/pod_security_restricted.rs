//! `namespaces.pod-security-restricted`

use crate::checks::{kubernetes, shows};
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the namespace accepts pods that are not hardened, and no other admission control was found \
                     that may reject them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "namespaces.pod-security-restricted",
    life: since("0.1.0"),
    title: "Namespaces enforce Pod Security level restricted",
    finding: "Namespace does not enforce Pod Security restricted",
    keywords: &[
        "Kubernetes",
        "Pod Security admission",
        "namespace label",
        "pod-security.kubernetes.io/enforce",
    ],
    severity: Medium,
    rationale: "The level `baseline` still accepts pods that run as root and keep all capabilities of the \
                runtime. `restricted` does not.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Make the workloads comply, then label the namespace. The command shows what would be \
                   rejected if `--dry-run=server` is added.",
            console: "metadata.labels",
            command: Change(
                "kubectl label namespace <namespace> pod-security.kubernetes.io/enforce=restricted --overwrite",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
        "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    ],
    satisfies: &[
        csf20("PR.PS-01", Partial(SHOWS)),
        ccm41("I&S-04", Partial(SHOWS)),
        ccm41("CCC-06", Partial(SHOWS)),
        cis_kubernetes2("5.2.1", Supporting),
        cis_kubernetes2("5.2.6", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.7", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.8", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_kubernetes2("5.2.9", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_eks18("4.2.5", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        cis_aks18("4.2.5", Partial(shows::STEP)).with(kubernetes::OF_USERS),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: kubernetes::of_namespace!(
        enforces_restricted,
        "no label that enforces restricted",
        "pod-security.kubernetes.io/enforce is restricted"
    ),
};
