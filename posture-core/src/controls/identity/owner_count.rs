//! `identity.owner-count`

use crate::checks::access::people;
use crate::checks::{directory, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.owner-count",
    life: since("0.1.0"),
    title: "The number of subscription owners is within limits",
    finding: "Too few or too many subscription owners",
    keywords: &["Azure RBAC", "Owner role", "role assignment", "subscription owner", "PIM"],
    severity: Medium,
    rationale: "With a single owner, a replacement is missing when that owner is unavailable. \
                With many owners, it is likely that one of them is taken over.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the Owner role to a second person, or remove it from those who need \
                   fewer permissions. The command lists the active Owner assignments.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments \
                      → Owner",
            command: Inspect(
                "az role assignment list --role Owner --scope /subscriptions/<id> \
                              --include-inherited",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/recommendations-reference-identity-access",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Supporting),
        // Not decided: it counts assignments that are active, where a group is one, and not people.
        cis_azure6("5.7", Supporting),
        mcsb1("PA-1", Partial(shows::NAMED_SETTING)),
    ],
    test: Test {
        reads: &[Account::OWNERS, Account::CERTAIN_OWNERS],
        params: &[Param::Count(&LEAST), Param::Count(&MOST)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| fill(scope, Known(2)),
            fail: |scope| fill(scope, Known(9)),
        },
    },
};

static LEAST: Count = Count {
    name: "min-owners",
    doc: "The minimum number of owners. Fewer fail; exactly this many pass.",
    default: 2,
};

static MOST: Count = Count {
    name: "max-owners",
    doc: "The maximum number of owners. More fail; exactly this many pass.",
    default: 3,
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let (least, most) = (context.count(&LEAST), context.count(&MOST));
    let all = directory::all_or_too_many(&account.owners, &account.certain_owners, most)?;
    directory::as_many_as(Account::OWNERS, all, least, most)
}

/// A world with so many.
fn fill(scope: &mut Scope, count: Fact<usize>) {
    let names = |count: &usize| people(*count);
    scope.account.owners = count.map(names);
    scope.account.certain_owners = count.map(names);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(count: Fact<usize>) -> impl FnOnce(&mut Scope) {
        move |scope| fill(scope, count)
    }

    #[test]
    fn verdicts() {
        for count in [2, 3] {
            assert_passes(&CONTROL, with(Known(count)));
        }
        for count in [0, 1, 4] {
            assert_fails(&CONTROL, with(Known(count)));
        }
        assert_unknown(&CONTROL, with(denied()));
    }
}
