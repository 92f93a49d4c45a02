//! `identity.password-length`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.password-length",
    life: since("0.1.0"),
    title: "The password policy requires long passwords",
    finding: "Password policy allows passwords that are too short",
    keywords: &["IAM", "password policy", "password length"],
    severity: Medium,
    rationale: "Short passwords can be guessed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set a password policy with a minimum length of 14 or more.",
            console: "IAM → Account settings → Password policy → Edit",
            command: Change(
                "aws iam update-account-password-policy --minimum-password-length 14 \
                             <other-settings>",
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
        cis_aws7("2.8", Full).with(MIN_LENGTH.asked(14)),
        fsbp("IAM.7", Partial(shows::STEP)).with(MIN_LENGTH.asked(8)),
    ],
    test: Test {
        reads: &[Account::PASSWORD_POLICY],
        params: &[Param::Count(&MIN_LENGTH)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.password_policy = Known(policy()),
            fail: |scope| {
                scope.account.password_policy =
                    Known(PasswordPolicy { minimum_length: 13, ..policy() })
            },
        },
    },
};

static MIN_LENGTH: Count = Count {
    name: "min-length",
    doc: "The minimum password length in characters. Fewer characters fail; exactly this many pass.",
    default: 14,
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let (policy, least) = (account.password_policy.known()?, context.count(&MIN_LENGTH));
    if policy.minimum_length >= least {
        return pass();
    }
    let whose = if policy.provider_default { " (the provider's default)" } else { "" };
    fail(
        Account::PASSWORD_POLICY,
        format!("{} characters{whose}", policy.minimum_length),
        format!("at least {least} characters"),
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
        let short = PasswordPolicy { minimum_length: 13, ..policy() };
        assert_fails(&CONTROL, with(Known(short)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
