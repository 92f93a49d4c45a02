//! `identity.central-root-credentials`

use crate::checks::organization;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.central-root-credentials",
    life: since("0.1.0"),
    title: "Root credentials of member accounts are centrally managed",
    finding: "Root credentials are not centrally managed",
    keywords: &[
        "root user",
        "centralized root access",
        "IAM",
        "AWS Organizations",
        "member account",
    ],
    severity: Medium,
    rationale: "A root user without credentials cannot be taken over.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Enable centralized root access and delete the root user credentials of member \
                   accounts.",
            console: "IAM → Root access management → Enable",
            command: Change("aws iam enable-organizations-root-credentials-management"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-10", Supporting),
        cis_aws7("2.1.1", Full),
    ],
    test: Test {
        reads: &[Account::CENTRAL_ROOT_CREDENTIALS, Account::ORGANIZATION],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.central_root_credentials = Known(true),
            fail: |scope| scope.account.central_root_credentials = Known(false),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    organization::setting(account, &account.central_root_credentials, |value| {
        if *value {
            return pass();
        }
        fail(Account::CENTRAL_ROOT_CREDENTIALS, "off", "on")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.central_root_credentials = Known(true));
        assert_fails(&CONTROL, |scope| scope.account.central_root_credentials = Known(false));
        assert_unknown(&CONTROL, |scope| scope.account.central_root_credentials = denied());
        assert_not_applicable(&CONTROL, |scope| {
            scope.account.central_root_credentials = NotOffered
        });
    }
}
