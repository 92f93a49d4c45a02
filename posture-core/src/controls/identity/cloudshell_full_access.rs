//! `identity.cloudshell-full-access`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.cloudshell-full-access",
    life: since("0.1.0"),
    title: "AWSCloudShellFullAccess is not attached",
    finding: "AWSCloudShellFullAccess is attached",
    keywords: &[
        "CloudShell",
        "AWSCloudShellFullAccess",
        "IAM",
        "managed policy",
        "data exfiltration",
    ],
    severity: Medium,
    rationale: "CloudShell can transfer files out of the account, past any network inspection.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Detach AWSCloudShellFullAccess, and attach a policy without file transfer to \
                   those who need CloudShell. The command lists the identities that have it \
                   attached.",
            console: "IAM → Policies → AWSCloudShellFullAccess → Entities attached",
            command: Inspect(
                "aws iam list-entities-for-policy --policy-arn \
                              arn:aws:iam::aws:policy/AWSCloudShellFullAccess",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/cloudshell/latest/userguide/sec-auth-with-identities.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        cis_aws7("2.20", Full),
    ],
    test: Test {
        reads: &[Policy::CUSTOMER_MANAGED, Policy::ATTACHMENTS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.policies.items.push(policy(0)),
            fail: |scope| scope.policies.items.push(policy(1)),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let held = |policy: &Policy| {
        Known(policy.name == NAME)
            & !policy.customer_managed.clone()
            & policy.attachments.map(|attachments| *attachments > 0)
    };
    if !*context.scope.policies.any(held).known()? {
        return pass();
    }
    fail(Policy::ATTACHMENTS, "attached", "not attached")
}

/// The name that AWS gave its policy; a policy of the customer's of that name is another.
const NAME: &str = "AWSCloudShellFullAccess";

fn policy(attachments: u32) -> Policy {
    Policy::unread("arn:aws:iam::aws:policy/AWSCloudShellFullAccess", NAME, None)
        .customer_managed(Known(false))
        .attachments(Known(attachments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: Policy) -> impl FnOnce(&mut Scope) {
        move |scope| scope.policies.items.push(policy)
    }

    #[test]
    fn verdicts() {
        // Policies of the provider that nobody holds are not listed.
        assert_passes(&CONTROL, |_| ());
        assert_passes(&CONTROL, with(policy(0)));
        assert_fails(&CONTROL, with(policy(2)));
        assert_passes(&CONTROL, with(policy(2).customer_managed(Known(true))));
        assert_unknown(&CONTROL, with(policy(2).customer_managed(denied())));
        assert_unknown(&CONTROL, with(policy(2).attachments(denied())));
        assert_unknown(&CONTROL, |scope| scope.policies = Listing::unread(DENIED));
    }
}
