//! `identity.role-giver-count`

use crate::checks::access::people;
use crate::checks::directory;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.role-giver-count",
    life: since("0.1.0"),
    title: "Few principals can assign roles in a subscription",
    finding: "Too many principals can assign roles in the subscription",
    keywords: &[
        "Azure RBAC",
        "role assignment",
        "User Access Administrator",
        "Owner role",
        "Role Based Access Control Administrator",
        "subscription",
    ],
    severity: Medium,
    rationale: "A principal that can assign roles can gain any permission, so each such \
                principal is another way to everything in the subscription.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete role assignments whose role can assign roles, or limit them to some \
                   resources by their scope, or to some roles by a condition. The command lists \
                   the active role assignments.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
            command: Inspect(
                "az role assignment list --scope /subscriptions/<id> \
                              --include-inherited",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/delegate-role-assignments-overview",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Supporting),
        mcsb1("PA-1", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: Test {
        reads: &[Account::ROLE_GIVERS, Account::CERTAIN_ROLE_GIVERS],
        params: &[Param::Count(&MOST)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| fill(scope, Known(1)),
            fail: |scope| fill(scope, Known(9)),
        },
    },
};

static MOST: Count = Count {
    name: "max-identities",
    doc: "The maximum number of users and service principals that can assign roles in the whole subscription. More fail; exactly this many pass. No source defines a value.",
    default: 5,
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let most = context.count(&MOST);
    let all = directory::all_or_too_many(&account.role_givers, &account.certain_role_givers, most)?;
    directory::as_many_as(Account::ROLE_GIVERS, all, 0, most)
}

/// A world with so many.
fn fill(scope: &mut Scope, count: Fact<usize>) {
    let names = |count: &usize| people(*count);
    scope.account.role_givers = count.map(names);
    scope.account.certain_role_givers = count.map(names);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(count: Fact<usize>) -> impl FnOnce(&mut Scope) {
        move |scope| fill(scope, count)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(0)));
        assert_passes(&CONTROL, with(Known(5)));
        assert_fails(&CONTROL, with(Known(6)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
