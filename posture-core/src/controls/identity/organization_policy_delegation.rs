//! `identity.organization-policy-delegation`

use crate::checks::organization;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.organization-policy-delegation",
    life: since("0.1.0"),
    title: "Organization policy management is delegated to a member account",
    finding: "Organization policy management is not delegated",
    keywords: &[
        "AWS Organizations",
        "delegated administrator",
        "resource policy",
        "management account",
        "SCP",
    ],
    severity: Low,
    rationale: "A person who works in the management account can do everything in every account.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delegate policy management to a member account with a resource policy of the \
                   organization.",
            console: "AWS Organizations → Settings → Delegated administrator for AWS Organizations",
            command: Change(
                "aws organizations put-resource-policy --content \
                             file://<delegation.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-04", Supporting),
        ccm41("IAM-09", Supporting),
        // It also asks whom the policy is for and how little it lets them do, which no one but a
        // person judges.
        cis_aws7("2.1.5", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::POLICY_DELEGATION, Account::ORGANIZATION],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.policy_delegation = Known(true),
            fail: |scope| scope.account.policy_delegation = Known(false),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    organization::setting(account, &account.policy_delegation, |value| {
        if *value {
            return pass();
        }
        fail(Account::POLICY_DELEGATION, "no delegation policy", "a delegation policy")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.policy_delegation = Known(true));
        assert_fails(&CONTROL, |scope| scope.account.policy_delegation = Known(false));
        assert_unknown(&CONTROL, |scope| scope.account.policy_delegation = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.policy_delegation = NotOffered);
    }
}
