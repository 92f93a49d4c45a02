//! `identity.disabled-user-grants`

use crate::checks::lists;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the user is disabled and the role is still assigned, so that it was not \
                     removed with the access";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.disabled-user-grants",
    life: since("0.1.0"),
    title: "Disabled users hold no Azure roles",
    finding: "Disabled user still holds an Azure role",
    keywords: &["Azure RBAC", "role assignment", "disabled user", "Entra ID", "access review"],
    severity: Medium,
    rationale: "If the account is enabled again, it has all its permissions at once, without a \
                review.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the role assignment of the user, or remove the user from the group \
                   that holds it.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
            command: Change("az role assignment delete --ids <assignment-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/role-assignments-remove",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/recommendations-reference-identity-access",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-07", Partial(SHOWS)),
        ccm41("IAM-08", Supporting),
        cis_azure6("5.3.5", Full),
        mcsb1("PA-3", Partial(SHOWS)),
        mcsb1("PA-4", Partial(SHOWS)),
    ],
    test: lists::names_none!(Grant.disabled_users, "carl@contoso.example", "no disabled user"),
};
