//! `keys.policy-service-source`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.policy-service-source",
    life: since("0.1.0"),
    title: "KMS key policies restrict services to a source",
    finding: "KMS key policy allows a service without a source condition",
    keywords: &[
        "KMS",
        "key policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Medium,
    rationale: "A service acts for all its customers. Without a condition on the source, any of \
                them can have the service use the key on their behalf.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on aws:SourceAccount or aws:SourceArn to each statement of \
                   the key policy that allows a service.",
            console: "KMS → Customer managed keys → the key → Key policy",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-with-SourceAccount.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("CEK-11", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: Test {
        reads: &[Key::SERVICES_WITHOUT_SOURCE],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(policy_lets_in(Known(Entries::none()))),
            fail: |scope| {
                scope.keys.items.push(policy_lets_in(Known(Entries::from(["sns.amazonaws.com"]))))
            },
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    key.services_without_source.must_be_empty(
        Key::SERVICES_WITHOUT_SOURCE,
        "a condition on the source account or ARN for every service",
    )
}

fn policy_lets_in(found: Fact<Entries>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .services_without_source(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(found: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(policy_lets_in(found))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from(["sns.amazonaws.com"]))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
