//! `keys.purpose`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str =
    "the key permits both encryption and signing, so that it was not provisioned for one purpose";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.purpose",
    life: since("0.2.0"),
    title: "Keys permit either encryption or signing",
    finding: "Key permits both encryption and signing",
    keywords: &["Key Vault", "key", "permitted operations", "key_ops", "sign", "unwrapKey"],
    severity: Low,
    rationale: "Used for two purposes, a key has to meet the needs of both: to be kept as long as \
                the data that it encrypted, and to be destroyed when it no longer signs. Signing \
                what others choose can also decrypt what they captured.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Permit only the operations that the users of the key need: those of encryption, \
                   or those of signing. For the other purpose, create another key.",
            console: "Key vaults → the vault → Objects → Keys → the key → the version → Permitted \
                      operations",
            command: Change(
                "az keyvault key set-attributes --vault-name <vault> --name <key> \
                             --ops <operations>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details#key-operations",
        "https://doi.org/10.6028/NIST.SP.800-57pt1r5",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-11", Partial(SHOWS)),
        mcsb1("DP-6", Supporting),
    ],
    test: Test {
        reads: &[Key::STATE, Key::PURPOSES],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(key(&[KeyPurpose::Signing])),
            fail: |scope| {
                scope.keys.items.push(key(&[KeyPurpose::Encryption, KeyPurpose::Signing]))
            },
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> CheckResult {
    match key.state.known()? {
        KeyState::Enabled | KeyState::Unavailable => {}
        KeyState::Disabled => return not_applicable("it is disabled"),
        KeyState::PendingDeletion => return not_applicable("it is pending deletion"),
    }
    if key.purposes.known()?.len() < 2 {
        return pass();
    }
    fail(Key::PURPOSES, "encryption and signing", "one of both")
}

fn key(purposes: &[KeyPurpose]) -> Key {
    Key::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/keys/own",
        "own",
        Some("westeurope"),
    )
    .state(Known(KeyState::Enabled))
    .purposes(Known(purposes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: Key) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key)
    }

    #[test]
    fn verdicts() {
        use KeyPurpose::{Encryption, Signing};
        assert_passes(&CONTROL, with(key(&[Encryption])));
        assert_passes(&CONTROL, with(key(&[Signing])));
        assert_passes(&CONTROL, with(key(&[])));
        assert_fails(&CONTROL, with(key(&[Encryption, Signing])));
        assert_unknown(&CONTROL, with(key(&[]).purposes(denied())));
        assert_unknown(&CONTROL, with(key(&[Encryption, Signing]).state(denied())));
        let off = key(&[Encryption, Signing]).state(Known(KeyState::Disabled));
        assert_not_applicable(&CONTROL, with(off));
    }
}
