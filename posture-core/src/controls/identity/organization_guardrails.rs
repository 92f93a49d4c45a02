//! `identity.organization-guardrails`

use crate::checks::organization;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.organization-guardrails",
    life: since("0.1.0"),
    title: "Service or resource control policies limit member accounts",
    finding: "No SCP or RCP of the organization is attached",
    keywords: &[
        "AWS Organizations",
        "SCP",
        "service control policy",
        "RCP",
        "resource control policy",
        "guardrail",
    ],
    severity: Medium,
    rationale: "An action that is never allowed in any account should be denied centrally, not \
                in each account separately.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Write service control policies or resource control policies, and attach them \
                   to the root or to organizational units.",
            console: "AWS Organizations → Policies",
            command: Change(
                "aws organizations attach-policy --policy-id <policy> --target-id \
                             <root-or-unit>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-04", Supporting),
        ccm41("IAM-05", Supporting),
        cis_aws7("2.1.2", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::GUARDRAIL_POLICIES, Account::ORGANIZATION],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.guardrail_policies = Known(1),
            fail: |scope| scope.account.guardrail_policies = Known(0),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    organization::setting(account, &account.guardrail_policies, |value| {
        if *value > 0 {
            return pass();
        }
        fail(
            Account::GUARDRAIL_POLICIES,
            "none besides the AWS managed policies",
            "an attached policy",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.guardrail_policies = Known(1));
        assert_fails(&CONTROL, |scope| scope.account.guardrail_policies = Known(0));
        assert_unknown(&CONTROL, |scope| scope.account.guardrail_policies = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.guardrail_policies = NotOffered);
    }
}
