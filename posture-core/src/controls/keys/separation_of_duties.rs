//! `keys.separation-of-duties`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str =
    "one principal administers the key and decrypts with it, so that these duties are not separate";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.separation-of-duties",
    life: since("0.2.0"),
    title: "Key administrators cannot decrypt",
    finding: "Key administrator can decrypt",
    keywords: &[
        "KMS",
        "key policy",
        "key administrator",
        "key user",
        "separation of duties",
        "kms:PutKeyPolicy",
        "kms:Decrypt",
    ],
    severity: Medium,
    rationale: "A principal that decrypts with a key and also changes its policy can let anyone \
                else decrypt, unnoticed by the people who use the key. With separate roles, that \
                takes two people.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Grant administration and use of the key to different roles: remove \
                   kms:PutKeyPolicy and kms:ScheduleKeyDeletion from the one, kms:Decrypt from \
                   the other.",
            console: "KMS → Customer managed keys → the key → Key policy → Key administrators and \
                      Key users",
            command: Change(
                "aws kms put-key-policy --key-id <key> --policy-name default \
                             --policy file://<policy-with-two-roles.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://docs.aws.amazon.com/prescriptive-guidance/latest/aws-kms-best-practices/access-control.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("CEK-02", Supporting),
        ccm41("IAM-04", Partial(SHOWS)),
        ccm41("IAM-09", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Key::ADMINISTRATORS_WHO_DECRYPT],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(key(Known(Entries::none()))),
            fail: |scope| scope.keys.items.push(key(Known(Entries::from([ALICE])))),
        },
    },
};

const ALICE: &str = "arn:aws:iam::123456789012:role/alice";

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    key.administrators_who_decrypt
        .must_be_empty(Key::ADMINISTRATORS_WHO_DECRYPT, "either to administer or to decrypt")
}

fn key(both: Fact<Entries>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .administrators_who_decrypt(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(both: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key(both))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from([ALICE]))));
        assert_unknown(&CONTROL, with(denied()));
        assert_unknown(&CONTROL, with(Known(Entries::new(vec![], Some(DENIED)))));
    }
}
