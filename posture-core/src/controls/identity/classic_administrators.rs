//! `identity.classic-administrators`

use crate::checks::lists;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a classic administrator holds all permissions outside of role assignments, \
                     where no review of these shows them";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.classic-administrators",
    life: since("0.1.0"),
    title: "No classic administrators remain",
    finding: "Subscription has classic administrators",
    keywords: &[
        "classic administrator",
        "co-administrator",
        "service administrator",
        "Azure RBAC",
        "subscription",
    ],
    severity: Medium,
    rationale: "Classic administrators do not appear in the list of role assignments, so access \
                reviews miss them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove each classic administrator, and assign an Azure role to those who need \
                   access. Azure retired classic administrators on 31 August 2024. The command \
                   lists them; if the subscription has none, Azure may answer that they are not \
                   found.",
            console: "Subscriptions → the subscription → Access control (IAM) → Classic \
                      administrators",
            command: Inspect(
                "az rest --method get --url \
                              \"https://management.azure.com/subscriptions/<id>/providers/Microsoft.Authorization/classicAdministrators?api-version=2015-07-01\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/classic-administrators",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Supporting),
        mcsb1("PA-1", Partial(SHOWS)),
    ],
    test: lists::names_none!(
        Account.classic_administrators,
        "old@contoso.example (CoAdministrator)",
        "no classic administrators",
    ),
};
