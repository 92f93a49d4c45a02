//! `identity.orphaned-grants`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the principal no longer exists and its role is still assigned, so that it was \
                     not removed with the principal";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.orphaned-grants",
    life: since("0.1.0"),
    title: "Role assignments of deleted principals are removed",
    finding: "Role assignment belongs to a deleted principal",
    keywords: &[
        "Azure RBAC",
        "role assignment",
        "Identity not found",
        "orphaned assignment",
        "access review",
    ],
    severity: Low,
    rationale: "Role assignments of deleted principals hide the ones that are in effect, and \
                make every access review longer.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the role assignment of the principal that no longer exists.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments \
                      → Identity not found",
            command: Change("az role assignment delete --ids <assignment-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/troubleshooting#symptom---role-assignments-with-identity-not-found",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/role-assignments-remove",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-07", Partial(SHOWS)),
        ccm41("IAM-08", Supporting),
        cis_azure6("5.3.4", Supporting),
        cis_azure6("5.3.7", Supporting),
        mcsb1("PA-3", Partial(SHOWS)),
        mcsb1("PA-4", Supporting),
    ],
    test: is_false!(Grant.orphaned, "its principal was deleted", "a principal that exists"),
};
