//! `identity.organization-delegated-administrators`

use crate::checks::organization;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.organization-delegated-administrators",
    life: since("0.1.0"),
    title: "A delegated administrator manages organization services",
    finding: "No delegated administrator is registered",
    keywords: &["AWS Organizations", "delegated administrator", "management account"],
    severity: Low,
    rationale: "A person who works in the management account can do everything in every account.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Register a delegated administrator for each integrated service.",
            console: "AWS Organizations → Services",
            command: Change(
                "aws organizations register-delegated-administrator --account-id \
                             <account> --service-principal <service>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html",
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListDelegatedAdministrators.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-04", Supporting),
        ccm41("IAM-09", Supporting),
        cis_aws7("2.1.6", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::DELEGATED_ADMINISTRATORS, Account::ORGANIZATION],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.delegated_administrators = Known(1),
            fail: |scope| scope.account.delegated_administrators = Known(0),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    organization::setting(account, &account.delegated_administrators, |value| {
        if *value > 0 {
            return pass();
        }
        fail(Account::DELEGATED_ADMINISTRATORS, "none", "at least one")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.delegated_administrators = Known(1));
        assert_fails(&CONTROL, |scope| scope.account.delegated_administrators = Known(0));
        assert_unknown(&CONTROL, |scope| scope.account.delegated_administrators = denied());
        assert_not_applicable(&CONTROL, |scope| {
            scope.account.delegated_administrators = NotOffered
        });
    }
}
