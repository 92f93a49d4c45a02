//! `keys.pending-deletion`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.pending-deletion",
    life: since("0.1.0"),
    title: "No KMS key is scheduled for deletion",
    finding: "KMS key is scheduled for deletion",
    keywords: &[
        "KMS",
        "customer managed key",
        "key deletion",
        "pending deletion",
        "ScheduleKeyDeletion",
    ],
    severity: High,
    rationale: "Data that is encrypted with a deleted key is lost for good. Until the waiting \
                period ends, the deletion can be canceled.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Find out who scheduled the deletion and what the key still protects. Cancel \
                   the deletion unless it is intended; if it is, add an exception. A key whose \
                   deletion was canceled stays disabled until you enable it.",
            console: "KMS → Customer managed keys → the key → Key actions → Cancel key deletion",
            command: Change(
                "aws kms cancel-key-deletion --key-id <key> && aws kms enable-key \
                             --key-id <key>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
    ],
    satisfies: &[csf20("PR.DS-01", Supporting), fsbp("KMS.3", Full)],
    test: Test {
        reads: &[Key::STATE],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(key(Known(KeyState::Enabled))),
            fail: |scope| scope.keys.items.push(key(Known(KeyState::PendingDeletion))),
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    match key.state.known()? {
        KeyState::PendingDeletion => {
            fail(Key::STATE, "pending deletion", "not scheduled for deletion")
        }
        KeyState::Enabled | KeyState::Disabled | KeyState::Unavailable => pass(),
    }
}

fn key(state: Fact<KeyState>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1")).state(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(state: Fact<KeyState>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key(state))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(KeyState::Enabled)));
        assert_passes(&CONTROL, with(Known(KeyState::Disabled)));
        assert_fails(&CONTROL, with(Known(KeyState::PendingDeletion)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
