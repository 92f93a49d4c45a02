//! `keys.rotation-period`

use crate::checks::key::no_rotation;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the period after which the key rotates is longer than the limit";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.rotation-period",
    life: since("0.1.0"),
    title: "Encryption keys rotate often enough",
    finding: "Encryption key rotates too rarely",
    keywords: &[
        "KMS",
        "customer managed key",
        "Key Vault",
        "key rotation",
        "rotation period",
        "rotation policy",
    ],
    severity: Low,
    rationale: "The longer one version of a key is in use, the more data it exposes if it leaks.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Set a shorter rotation period for the key.",
                console: "KMS → Customer managed keys → the key → Key rotation → Edit → Rotation \
                          period",
                command: Change(
                    "aws kms enable-key-rotation --key-id <key> \
                                 --rotation-period-in-days <days>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Shorten the time after which the rotation policy rotates the key.",
                console: "Key vaults → the vault → Objects → Keys → the key → Rotation policy",
                command: Change(
                    "az keyvault key rotation-policy update --vault-name <vault> \
                                 --name <key> --value <policy.json>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html",
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/how-to-configure-key-rotation",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-12", Partial(SHOWS)),
        mcsb1("DP-6", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[
            Key::STATE,
            Key::ORIGIN,
            Key::SYMMETRIC,
            Key::REPLICA,
            Key::ROTATES,
            Key::ROTATION_DAYS,
        ],
        params: &[Param::Days(&MAX_DAYS)],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(every(Known(Some(365)))),
            fail: |scope| scope.keys.items.push(every(Known(Some(730)))),
        },
    },
};

static MAX_DAYS: Days = Days {
    name: "max-days",
    doc: "The maximum rotation period in days. A longer period fails; an equal period passes. The default is the provider's default.",
    default: 365,
};

fn check(key: &Key, context: &Context<'_>) -> CheckResult {
    if let Some(why) = no_rotation(key)? {
        return not_applicable(why);
    }
    if !*key.rotates.known()? {
        return not_applicable("it does not rotate at all");
    }
    let most = context.days(&MAX_DAYS);
    match *key.rotation_days.known()? {
        Some(days) if days > most => fail(
            Key::ROTATION_DAYS,
            format!("every {days} days"),
            format!("at least every {most} days"),
        ),
        Some(_) => pass(),
        None => not_applicable("the provider does not report the rotation period"),
    }
}

fn every(days: Fact<Option<u32>>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .state(Known(KeyState::Enabled))
        .origin(Known(KeyOrigin::Service))
        .symmetric(Known(true))
        .replica(Known(false))
        .rotates(Known(true))
        .rotation_days(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(key: Key) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(every(Known(Some(90)))));
        assert_unknown(&CONTROL, with(every(denied())));
        assert_unknown(&CONTROL, with(every(Known(Some(730))).rotates(denied())));
        assert_not_applicable(&CONTROL, with(every(Known(Some(730))).rotates(Known(false))));
        assert_not_applicable(&CONTROL, with(every(Known(None))));
    }

    #[test]
    fn exactly_as_many_days_will_do() {
        assert_passes(&CONTROL, with(every(Known(Some(365)))));
        assert_fails(&CONTROL, with(every(Known(Some(366)))));
        let scope = world(with(every(Known(Some(91)))));
        let all = judged_with(&CONTROL, &scope, &[("max-days", Value::Number(90))]);
        assert!(matches!(all[..], [Ok(Verdict::Fail(_))]), "{all:?}");
    }

    #[test]
    fn keys_that_cannot_rotate_are_left_out() {
        for other in [
            every(Known(Some(730))).origin(Known(KeyOrigin::Imported)),
            every(Known(Some(730))).origin(Known(KeyOrigin::CustomStore)),
            every(Known(Some(730))).origin(Known(KeyOrigin::Certificate)),
            every(Known(Some(730))).symmetric(Known(false)),
            every(Known(Some(730))).replica(Known(true)),
            every(Known(Some(730))).state(Known(KeyState::PendingDeletion)),
            every(Known(Some(730))).state(Known(KeyState::Disabled)),
            // One certain reason will do.
            every(Known(Some(730))).replica(Known(true)).state(denied()),
        ] {
            assert_not_applicable(&CONTROL, with(other));
        }
        assert_unknown(&CONTROL, with(every(Known(Some(730))).symmetric(denied())));
        assert_unknown(&CONTROL, with(every(Known(Some(730))).state(denied())));
    }
}
