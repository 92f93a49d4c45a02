//! `identity.password-reuse`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.password-reuse",
    life: since("0.1.0"),
    title: "The password policy prevents password reuse",
    finding: "Password policy remembers too few passwords",
    keywords: &["IAM", "password policy", "password reuse", "password history"],
    severity: Low,
    rationale: "Attackers keep trying a leaked password for years.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Set a password policy that remembers the last 24 passwords.",
            console: "IAM → Account settings → Password policy → Edit",
            command: Change(
                "aws iam update-account-password-policy --password-reuse-prevention \
                             24 <other-settings>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-02", Supporting),
        ccm41("IAM-14", Supporting),
        cis_aws7("2.9", Full).with(MIN_REMEMBERED.asked(24)),
    ],
    test: Test {
        reads: &[Account::PASSWORD_POLICY],
        params: &[Param::Count(&MIN_REMEMBERED)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.password_policy = Known(policy()),
            fail: |scope| {
                scope.account.password_policy = Known(PasswordPolicy { remembered: 23, ..policy() })
            },
        },
    },
};

static MIN_REMEMBERED: Count = Count {
    name: "min-remembered",
    doc: "The minimum number of previous passwords that cannot be reused. Fewer fail.",
    default: 24,
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let (policy, least) = (account.password_policy.known()?, context.count(&MIN_REMEMBERED));
    if policy.remembered >= least {
        return pass();
    }
    fail(
        Account::PASSWORD_POLICY,
        format!("{} passwords remembered", policy.remembered),
        format!("at least {least}"),
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
        assert_fails(&CONTROL, with(Known(PasswordPolicy { remembered: 23, ..policy() })));
        assert_unknown(&CONTROL, with(denied()));
    }
}
