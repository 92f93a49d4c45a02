//! `identity.root-mfa`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the root user has credentials, and a stolen one alone signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-mfa",
    life: since("0.1.0"),
    title: "The root user signs in with MFA",
    finding: "Root user has no MFA",
    keywords: &["root user", "MFA", "multifactor authentication", "IAM"],
    severity: Critical,
    rationale: "Without MFA, the password of the root user alone gives access to everything.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Register an MFA device for the root user, preferably two. This is only \
                   possible in the console. Or remove the root user credentials of a member \
                   account. The command shows whether the root user has MFA.",
            console: "Root user sign-in → Security credentials → Multi-factor authentication",
            command: Inspect("aws iam get-account-summary --query SummaryMap.AccountMFAEnabled"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-13", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        // It asks for MFA only where the root user has a password.
        cis_aws7("2.5", Full).by(Check::Account(with_password)),
        fsbp("IAM.6", Supporting),
    ],
    test: Test {
        reads: &[Account::ROOT_CREDENTIALS, Account::ROOT_PASSWORD, Account::ROOT_MFA],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = Known(true);
                scope.account.root_mfa = Known(true);
            },
            fail: |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = Known(true);
                scope.account.root_mfa = Known(false);
            },
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    // Who has no credentials cannot sign in, with MFA or without.
    if account.root_credentials == Known(false) || account.root_mfa == Known(true) {
        return pass();
    }
    account.root_credentials.known()?;
    account.root_mfa.known()?;
    fail(Account::ROOT_MFA, "no MFA", "MFA, or no credentials at all")
}

/// Whether it has MFA where it has a password; keys and certificates do not count.
fn with_password(account: &Account, _: &Context<'_>) -> CheckResult {
    if account.root_password == Known(false) || account.root_mfa == Known(true) {
        return pass();
    }
    account.root_password.known()?;
    account.root_mfa.known()?;
    fail(Account::ROOT_MFA, "no MFA", "MFA, or no password")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(credentials: Fact<bool>, mfa: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.root_credentials = credentials;
            scope.account.root_mfa = mfa;
        }
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true), Known(true)));
        assert_fails(&CONTROL, with(Known(true), Known(false)));
        assert_unknown(&CONTROL, with(Known(true), denied()));
        assert_unknown(&CONTROL, with(denied(), Known(false)));
        assert_passes(&CONTROL, with(denied(), Known(true)));
    }

    #[test]
    fn a_root_user_without_credentials_needs_no_mfa() {
        assert_passes(&CONTROL, with(Known(false), Known(false)));
        assert_passes(&CONTROL, with(Known(false), denied()));
    }

    #[test]
    fn the_benchmark_asks_for_it_where_there_is_a_password() {
        let row = |password: Fact<bool>, mfa: Fact<bool>| {
            row_of(&CONTROL, "cis-aws-7.0:2.5", |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = password;
                scope.account.root_mfa = mfa;
            })
        };
        assert_eq!(row(Known(false), Known(false)), [Ok(Verdict::Pass)]);
        assert_eq!(row(denied(), Known(true)), [Ok(Verdict::Pass)]);
        assert!(matches!(row(Known(true), Known(false))[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(denied(), Known(false))[..], [Err(_)]));
    }
}
