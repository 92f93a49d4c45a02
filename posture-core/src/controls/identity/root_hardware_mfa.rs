//! `identity.root-hardware-mfa`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-hardware-mfa",
    life: since("0.1.0"),
    title: "The root user uses only hardware MFA devices",
    finding: "Root user has a virtual MFA device or no MFA",
    keywords: &["root user", "MFA", "hardware MFA", "security key", "IAM"],
    severity: Medium,
    rationale: "An authenticator app shares the phone with everything else that runs on it. A \
                hardware device has a single purpose.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Register a security key or a hardware token for the root user, and remove \
                   virtual MFA devices. The command lists the virtual devices in use.",
            console: "Root user sign-in → Security credentials → Multi-factor authentication",
            command: Inspect("aws iam list-virtual-mfa-devices --assignment-status Assigned"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-13", Supporting),
        ccm41("IAM-10", Supporting),
        // It asks for MFA only where the root user has a password.
        cis_aws7("2.6", Full).by(Check::Account(with_password)),
        fsbp("IAM.6", Full),
    ],
    test: Test {
        reads: &[Account::ROOT_CREDENTIALS, Account::ROOT_PASSWORD, Account::ROOT_HARDWARE_MFA],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = Known(true);
                scope.account.root_hardware_mfa = Known(true);
            },
            fail: |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = Known(true);
                scope.account.root_hardware_mfa = Known(false);
            },
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    // Who has no credentials cannot sign in, with MFA or without.
    if account.root_credentials == Known(false) || account.root_hardware_mfa == Known(true) {
        return pass();
    }
    account.root_credentials.known()?;
    account.root_hardware_mfa.known()?;
    fail(
        Account::ROOT_HARDWARE_MFA,
        "no MFA, or a virtual MFA device",
        "MFA, or no credentials at all",
    )
}

/// Whether it has MFA where it has a password; keys and certificates do not count.
fn with_password(account: &Account, _: &Context<'_>) -> CheckResult {
    if account.root_password == Known(false) || account.root_hardware_mfa == Known(true) {
        return pass();
    }
    account.root_password.known()?;
    account.root_hardware_mfa.known()?;
    fail(Account::ROOT_HARDWARE_MFA, "no MFA, or a virtual MFA device", "MFA, or no password")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(credentials: Fact<bool>, mfa: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.root_credentials = credentials;
            scope.account.root_hardware_mfa = mfa;
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
            row_of(&CONTROL, "cis-aws-7.0:2.6", |scope| {
                scope.account.root_credentials = Known(true);
                scope.account.root_password = password;
                scope.account.root_hardware_mfa = mfa;
            })
        };
        assert_eq!(row(Known(false), Known(false)), [Ok(Verdict::Pass)]);
        assert_eq!(row(denied(), Known(true)), [Ok(Verdict::Pass)]);
        assert!(matches!(row(Known(true), Known(false))[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(denied(), Known(false))[..], [Err(_)]));
    }
}
