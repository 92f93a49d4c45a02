//! `identity.password-complexity`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.password-complexity",
    life: since("0.1.0"),
    title: "The password policy requires every character type",
    finding: "Password policy does not require every character type",
    keywords: &["IAM", "password policy", "password complexity"],
    severity: Low,
    rationale: "Words and dates are guessed first.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set a password policy that requires uppercase letters, lowercase letters, \
                   numbers and symbols.",
            console: "IAM → Account settings → Password policy → Edit",
            command: Change(
                "aws iam update-account-password-policy --require-symbols \
                             --require-numbers --require-uppercase-characters \
                             --require-lowercase-characters <other-settings>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-02", Supporting),
        ccm41("IAM-14", Supporting),
        fsbp("IAM.7", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::PASSWORD_POLICY],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.password_policy = Known(policy()),
            fail: |scope| {
                scope.account.password_policy = Known(PasswordPolicy { symbols: false, ..policy() })
            },
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let policy = account.password_policy.known()?;
    let classes = [
        ("uppercase letters", policy.upper_case),
        ("lowercase letters", policy.lower_case),
        ("numbers", policy.digits),
        ("symbols", policy.symbols),
    ];
    let missing: Vec<&str> =
        classes.iter().filter(|(_, needed)| !needed).map(|(name, _)| *name).collect();
    if missing.is_empty() {
        return pass();
    }
    fail(
        Account::PASSWORD_POLICY,
        format!("not required: {}", missing.join(", ")),
        "all four character types",
    )
}

fn policy() -> PasswordPolicy {
    PasswordPolicy {
        provider_default: false,
        minimum_length: 14,
        upper_case: true,
        lower_case: true,
        digits: true,
        symbols: true,
        expires_after_days: None,
        remembered: 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: Fact<PasswordPolicy>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.password_policy = policy
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(policy())));
        for bad in [
            PasswordPolicy { upper_case: false, ..policy() },
            PasswordPolicy { lower_case: false, ..policy() },
            PasswordPolicy { digits: false, ..policy() },
            PasswordPolicy { symbols: false, ..policy() },
        ] {
            assert_fails(&CONTROL, with(Known(bad)));
        }
        assert_unknown(&CONTROL, with(denied()));
    }
}
