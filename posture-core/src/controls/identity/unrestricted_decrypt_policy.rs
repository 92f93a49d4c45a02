//! `identity.unrestricted-decrypt-policy`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.unrestricted-decrypt-policy",
    life: since("0.1.0"),
    title: "Customer-managed policies do not allow decryption with every key",
    finding: "Customer-managed policy allows decryption with every KMS key",
    keywords: &[
        "IAM",
        "customer managed policy",
        "KMS",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "least privilege",
    ],
    severity: Medium,
    rationale: "An identity that can decrypt with every key can read all encrypted data that it \
                gets hold of.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the keys that are needed in the policy.",
            console: "IAM → Policies → the policy → Permissions",
            command: Change(
                "aws iam create-policy-version --policy-arn <policy> \
                             --policy-document file://<policy.json> --set-as-default",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html"],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial),
        ccm41("CEK-11", Partial),
        // Not decided: AWS accepts every key of one region, ignores conditions and Deny, and leaves
        // out policies that only bound others.
        fsbp("KMS.1", Supporting),
    ],
    test: Test {
        reads: &[Policy::CUSTOMER_MANAGED, Policy::DECRYPTS_ANY_KEY],
        params: &[],
        check: Check::Policy(check),
        examples: Examples {
            pass: |scope| scope.policies.items.push(good()),
            fail: |scope| {
                scope
                    .policies
                    .items
                    .push(good().decrypts_any_key(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(policy: &Policy, _: &Context<'_>) -> Judged {
    if !*policy.customer_managed.known()? {
        return not_applicable("the provider wrote it");
    }
    let found = policy.decrypts_any_key.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Policy::DECRYPTS_ANY_KEY, found.join(", "), "decryption with named keys only")
}

fn good() -> Policy {
    Policy::unread("arn:aws:iam::123456789012:policy/example", "example", None)
        .customer_managed(Known(true))
        .decrypts_any_key(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(policy: Policy) -> impl FnOnce(&mut Scope) {
        move |scope| scope.policies.items.push(policy)
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().decrypts_any_key(bad())));
        assert_unknown(&CONTROL, with(good().decrypts_any_key(denied())));
    }

    #[test]
    fn a_policy_of_the_provider_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().customer_managed(Known(false)).decrypts_any_key(bad())),
        );
        assert_unknown(&CONTROL, with(good().customer_managed(denied()).decrypts_any_key(bad())));
    }
}
