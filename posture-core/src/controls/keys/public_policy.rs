//! `keys.public-policy`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.public-policy",
    life: since("0.1.0"),
    title: "KMS key policies do not grant access to everyone",
    finding: "KMS key policy grants access to everyone",
    keywords: &["KMS", "key policy", "public access", "customer managed key", "principal"],
    severity: Critical,
    rationale: "Anyone who can use the key can decrypt what it protects, and anyone who can \
                manage it can lock its owner out.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the principals in the key policy, or restrict the statement to your \
                   account or organization with a condition.",
            console: "KMS → Customer managed keys → the key → Key policy",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-with-named-principals.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::EVERYONE)),
        csf20("PR.DS-01", Partial(shows::EVERYONE)),
        ccm41("IAM-15", Partial(shows::EVERYONE)),
        ccm41("CEK-11", Partial("anyone can use the key, for whatever purpose")),
        cis_aws7("2.21", Partial(shows::STEP)),
        // Not all of it: AWS counts any value with a wildcard as open to everyone, also the ARN of
        // any role of one account.
        fsbp("KMS.5", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Key::POLICY_PUBLIC],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(policy_lets_in(Known(Entries::none()))),
            fail: |scope| {
                scope
                    .keys
                    .items
                    .push(policy_lets_in(Known(Entries::from(["statement `Everyone`"]))))
            },
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    key.policy_public.must_be_empty(Key::POLICY_PUBLIC, "no grant to everyone")
}

fn policy_lets_in(found: Fact<Entries>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .policy_public(found)
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
        assert_fails(&CONTROL, with(Known(Entries::from(["statement `Everyone`"]))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
