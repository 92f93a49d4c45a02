//! `identity.password-complexity`

use crate::checks::{password, shows};
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
    test: password::policy!([], judge, symbols: false),
};

fn judge(policy: &PasswordPolicy, _: &Context<'_>) -> CheckResult {
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
