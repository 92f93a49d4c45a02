//! `identity.subscription-moves`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.subscription-moves",
    life: since("0.1.0"),
    title: "Subscriptions can neither leave the tenant nor enter it",
    severity: Medium,
    rationale: "Whoever owns a subscription can take it, with all data in it, to a tenant of \
                their own, or bring in one that nobody examined.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Permit no one to move subscriptions out of the tenant or into it; exempt \
                   those who have to.",
            console: "Subscriptions → Advanced options → Manage policies",
            command: "az rest --method put --url \"https://management.azure.com/providers/Microsoft.Subscription/policies/default?api-version=2021-10-01\" --body '{\"blockSubscriptionsLeavingTenant\": true, \"blockSubscriptionsIntoTenant\": true}'",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/cost-management-billing/manage/manage-azure-subscription-policy",
        "https://learn.microsoft.com/en-us/rest/api/subscription/subscription-policy/get-policy-for-tenant",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-05", Supporting),
        cis_azure6("5.6", Full),
        mcsb1("PA-7", Supporting),
    ],
    test: is_true!(Directory.subscription_moves_blocked, "possible", "blocked both ways"),
};
