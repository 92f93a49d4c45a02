//! `identity.lock-role`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.lock-role",
    life: since("0.1.0"),
    title: "A custom role is dedicated to managing resource locks",
    finding: "No custom role dedicated to managing resource locks",
    keywords: &[
        "Azure RBAC",
        "custom role",
        "resource lock",
        "Microsoft.Authorization/locks",
        "least privilege",
    ],
    severity: Low,
    rationale: "Where only owners can manage locks, a person who manages locks has to be made an \
                owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a custom role that allows Microsoft.Authorization/locks/* and only the \
                   other actions that this task needs.",
            console: "Subscriptions → the subscription → Access control (IAM) → Roles → Add \
                      custom role",
            command: Change("az role definition create --role-definition <role.json>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-04", Supporting),
        ccm41("IAM-05", Supporting),
        // Not decided: it asks that the role is assigned to the right people, and accepts one that
        // may do more.
        cis_azure6("5.5", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: Test {
        reads: &[Account::LOCK_ROLES],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.account.lock_roles = Known(vec!["Lock Keeper".to_owned()]);
            },
            fail: |scope| {
                scope.account.lock_roles = Known(vec![]);
            },
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    if !account.lock_roles.known()?.is_empty() {
        return pass();
    }
    fail(Account::LOCK_ROLES, "no role of the customer is for locks", "a role for locks")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.lock_roles = value
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec!["Lock Keeper".to_owned()])));
        assert_fails(&CONTROL, with(Known(vec![])));
        assert_unknown(&CONTROL, with(denied()));
    }
}
