//! `identity.user-unrestricted-decrypt`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.user-unrestricted-decrypt",
    life: since("0.1.0"),
    title: "Inline policies of users do not allow decryption with every key",
    finding: "User inline policy allows decryption with every KMS key",
    keywords: &[
        "IAM",
        "IAM user",
        "inline policy",
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
            text: "List the keys that are needed in the inline policy.",
            console: "IAM → Users → the user → Permissions",
            command: Change(
                "aws iam put-user-policy --user-name <user> --policy-name <policy> \
                             --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial),
        ccm41("CEK-11", Partial),
        // Not decided: AWS accepts every key of one region, and ignores conditions and Deny.
        fsbp("KMS.2", Supporting),
    ],
    test: Test {
        reads: &[User::DECRYPTS_ANY_KEY],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(good()),
            fail: |scope| {
                scope
                    .users
                    .items
                    .push(good().decrypts_any_key(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> Judged {
    let found = user.decrypts_any_key.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(User::DECRYPTS_ANY_KEY, found.join(", "), "decryption with named keys only")
}

fn good() -> User {
    User::unread("arn:aws:iam::123456789012:user/example", "example", None)
        .decrypts_any_key(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(user: User) -> impl FnOnce(&mut Scope) {
        move |scope| scope.users.items.push(user)
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
}
