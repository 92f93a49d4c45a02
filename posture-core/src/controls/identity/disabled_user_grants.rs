//! `identity.disabled-user-grants`

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
    test: Test {
        reads: &[Grant::DISABLED_USERS],
        params: &[],
        check: Check::Grant(check),
        examples: Examples {
            pass: |scope| scope.grants.items.push(example(Known(vec![]))),
            fail: |scope| {
                scope.grants.items.push(example(Known(vec!["carl@contoso.example".to_owned()])))
            },
        },
    },
};

fn check(grant: &Grant, _: &Context<'_>) -> CheckResult {
    let found = grant.disabled_users.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Grant::DISABLED_USERS, found.join(", "), "no disabled user")
}

fn example(disabled_users: Fact<Vec<String>>) -> Grant {
    Grant::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleAssignments/1",
        "Owner",
        None,
    )
    .disabled_users(disabled_users)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.grants.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec![])));
        assert_fails(&CONTROL, with(Known(vec!["carl@contoso.example".to_owned()])));
        assert_unknown(&CONTROL, with(denied()));
    }
}
