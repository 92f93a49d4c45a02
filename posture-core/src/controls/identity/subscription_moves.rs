//! `identity.subscription-moves`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.subscription-moves",
    life: since("0.1.0"),
    title: "Subscriptions cannot leave or enter the tenant",
    finding: "Subscriptions can leave or enter the tenant",
    keywords: &["subscription", "subscription policy", "tenant", "directory transfer", "Entra ID"],
    severity: Medium,
    rationale: "A subscription owner could move a subscription with all its data to another \
                tenant, or bring in one that has not been reviewed.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Block moving subscriptions out of the tenant and into it, and exempt the \
                   users who have to.",
            console: "Subscriptions → Advanced options → Manage policies",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\" \
                             --body '{\"blockSubscriptionsLeavingTenant\": true, \
                             \"blockSubscriptionsIntoTenant\": true}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/cost-management-billing/manage/manage-azure-subscription-policy",
        "https://learn.microsoft.com/en-us/rest/api/subscription/subscription-policy/get-policy-for-tenant",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-05", Supporting),
        cis_azure6("5.6", Full),
        mcsb1("PA-7", Supporting),
    ],
    test: is_true!(Directory.subscription_moves_blocked, "allowed", "blocked in both directions"),
};
