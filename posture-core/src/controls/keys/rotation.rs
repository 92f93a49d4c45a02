//! `keys.rotation`

use crate::checks::key::no_rotation;
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the key is in use and nothing replaces its material";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.rotation",
    life: since("0.1.0"),
    title: "Encryption keys rotate automatically",
    finding: "Encryption key does not rotate automatically",
    keywords: &[
        "KMS",
        "customer managed key",
        "Key Vault",
        "key rotation",
        "rotation policy",
        "automatic rotation",
    ],
    severity: Medium,
    rationale: "Rotation limits how much data one leaked key exposes, and automatic rotation is \
                never forgotten.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on automatic rotation of the key.",
                console: "KMS → Customer managed keys → the key → Key rotation → Edit",
                command: Change("aws kms enable-key-rotation --key-id <key>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add a rotation policy to the key that rotates it a set time after its \
                       creation.",
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
        // It counts keys that are switched off, imported or in stores of the customer, which cannot
        // rotate.
        cis_aws7("4.6", Partial(shows::STEP)),
        cis_azure6("8.3.9", Full),
        mcsb1("DP-6", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Key::STATE, Key::ORIGIN, Key::SYMMETRIC, Key::REPLICA, Key::ROTATES],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(rotating(Known(true))),
            fail: |scope| scope.keys.items.push(rotating(Known(false))),
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    if let Some(why) = no_rotation(key)? {
        return not_applicable(why);
    }
    if *key.rotates.known()? {
        return pass();
    }
    fail(Key::ROTATES, "no automatic rotation", "automatic rotation")
}

fn rotating(rotates: Fact<bool>) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .state(Known(KeyState::Enabled))
        .origin(Known(KeyOrigin::Service))
        .symmetric(Known(true))
        .replica(Known(false))
        .rotates(rotates)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: Key) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(rotating(Known(true))));
        assert_fails(&CONTROL, with(rotating(Known(false))));
        assert_unknown(&CONTROL, with(rotating(denied())));
    }

    #[test]
    fn keys_that_cannot_rotate_are_left_out() {
        for other in [
            rotating(Known(false)).origin(Known(KeyOrigin::Imported)),
            rotating(Known(false)).origin(Known(KeyOrigin::CustomStore)),
            rotating(Known(false)).origin(Known(KeyOrigin::Certificate)),
            rotating(Known(false)).symmetric(Known(false)),
            rotating(Known(false)).replica(Known(true)),
            rotating(Known(false)).state(Known(KeyState::PendingDeletion)),
            rotating(Known(false)).state(Known(KeyState::Disabled)),
            // One certain reason will do.
            rotating(Known(false)).replica(Known(true)).state(denied()),
        ] {
            assert_not_applicable(&CONTROL, with(other));
        }
        assert_unknown(&CONTROL, with(rotating(Known(false)).symmetric(denied())));
        assert_unknown(&CONTROL, with(rotating(Known(false)).state(denied())));
    }
}
