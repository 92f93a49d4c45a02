//! `identity.password-length`

use crate::checks::{password, shows};
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
    test: password::policy!([Param::Count(&MIN_LENGTH)], judge, minimum_length: 13),
};

static MIN_LENGTH: Count = Count {
    name: "min-length",
    doc: "The minimum password length in characters. Fewer characters fail; exactly this many pass.",
    default: 14,
};

fn judge(policy: &PasswordPolicy, context: &Context<'_>) -> CheckResult {
    let least = context.count(&MIN_LENGTH);
    if policy.minimum_length >= least {
        return pass();
    }
    let whose = if policy.provider_default { " (the provider's default)" } else { "" };
    fail(
        Account::PASSWORD_POLICY,
        format!("{}{whose}", counted(policy.minimum_length, "character", "characters")),
        format!("at least {}", counted(least, "character", "characters")),
    )
}
