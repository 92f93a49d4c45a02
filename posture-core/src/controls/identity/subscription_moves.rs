//! `identity.subscription-moves`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.subscription-moves",
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
    reads: &[Directory::SUBSCRIPTION_MOVES_BLOCKED],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(true))),
        fail: |scope| scope.directories.items.push(example(Known(false))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if *directory.subscription_moves_blocked.known()? {
        return pass();
    }
    fail(Directory::SUBSCRIPTION_MOVES_BLOCKED, "possible", "blocked both ways")
}

fn example(subscription_moves_blocked: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .subscription_moves_blocked(subscription_moves_blocked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
