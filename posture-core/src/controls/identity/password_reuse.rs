//! `identity.password-reuse`

use crate::checks::password;
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
    test: password::policy!([Param::Count(&MIN_REMEMBERED)], judge, remembered: 23),
};

static MIN_REMEMBERED: Count = Count {
    name: "min-remembered",
    doc: "The minimum number of previous passwords that cannot be reused. Fewer fail.",
    default: 24,
};

fn judge(policy: &PasswordPolicy, context: &Context<'_>) -> CheckResult {
    let least = context.count(&MIN_REMEMBERED);
    if policy.remembered >= least {
        return pass();
    }
    fail(
        Account::PASSWORD_POLICY,
        format!("{} passwords remembered", policy.remembered),
        format!("at least {least}"),
    )
}
