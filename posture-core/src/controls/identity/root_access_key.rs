//! `identity.root-access-key`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a key of the root user works, and no policy of the account limits that user";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-access-key",
    life: since("0.1.0"),
    title: "The root user has no access key",
    finding: "Root user has an access key",
    keywords: &["root user", "access key", "IAM", "credentials"],
    severity: Critical,
    rationale: "A root user access key can do everything, from anywhere, without MFA.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the access keys of the root user, and let workloads assume roles \
                   instead.",
            console: "Root user sign-in → Security credentials → Access keys",
            command: Change("aws iam delete-access-key --access-key-id <key>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        ccm41("IAM-14", Partial(SHOWS)),
        ccm41("IAM-12", Partial(SHOWS)),
        cis_aws7("2.4", Full),
        fsbp("IAM.4", Full),
    ],
    test: Test {
        reads: &[Account::ROOT_ACCESS_KEY],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.root_access_key = Known(false),
            fail: |scope| scope.account.root_access_key = Known(true),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let value = account.root_access_key.known()?;
    if !*value {
        return pass();
    }
    fail(Account::ROOT_ACCESS_KEY, "an access key", "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.root_access_key = Known(false));
        assert_fails(&CONTROL, |scope| scope.account.root_access_key = Known(true));
        assert_unknown(&CONTROL, |scope| scope.account.root_access_key = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.root_access_key = NotOffered);
    }
}
