//! `keys.expiry-in-role-vault`

use crate::checks::vault::left_out;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "keys.expiry-in-role-vault",
    life: since("0.1.0"),
    title: "Keys in RBAC vaults have an expiration date",
    finding: "Key in an RBAC vault has no expiration date",
    keywords: &["Key Vault", "key", "expiration date", "Azure RBAC", "RBAC vault"],
    severity: Medium,
    rationale: "A key without an expiration date stays in use long after the people who knew \
                about it have left.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set an expiration date on the key, and plan who replaces it before then.",
            console: "Key vaults → the vault → Objects → Keys → the key → the version → Set \
                      expiration date",
            command: Change(
                "az keyvault key set-attributes --vault-name <vault> --name <key> \
                             --expires <date>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details#key-attributes",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-17", Partial),
        cis_azure6("8.3.1", Full),
        mcsb1("DP-6", Partial),
    ],
    test: Test {
        reads: &[Key::STATE, Key::VAULT_ACCESS, Key::EXPIRES],
        params: &[],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(example(Known(Some(EXAMPLE_TIME())))),
            fail: |scope| scope.keys.items.push(example(Known(None))),
        },
    },
};

fn check(key: &Key, _: &Context<'_>) -> Judged {
    let enabled = key.state.map(|state| *state == KeyState::Enabled);
    if let Some(why) = left_out(&enabled, &key.vault_access, VaultAccess::Roles)? {
        return not_applicable(why);
    }
    match key.expires.known()? {
        Some(_) => pass(),
        None => fail(Key::EXPIRES, "never", "a date"),
    }
}

fn example(expires: Fact<Option<Time>>) -> Key {
    Key::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/keys/own",
        "own",
        Some("westeurope"),
    )
    .state(Known(KeyState::Enabled))
    .vault_access(Known(VaultAccess::Roles))
    .expires(expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(EXAMPLE_TIME()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn other_vaults_and_what_is_switched_off_are_left_out() {
        let put = |key: Key| move |scope: &mut Scope| scope.keys.items.push(key);
        let endless = || example(Known(None));
        assert_not_applicable(&CONTROL, put(endless().state(Known(KeyState::Disabled))));
        let other = || endless().vault_access(Known(VaultAccess::AccessPolicies));
        assert_not_applicable(&CONTROL, put(other()));
        // One certain reason will do.
        assert_not_applicable(&CONTROL, put(other().state(denied())));
        assert_not_applicable(
            &CONTROL,
            put(endless().state(Known(KeyState::Disabled)).vault_access(denied())),
        );
        assert_unknown(&CONTROL, put(endless().state(denied())));
        assert_unknown(&CONTROL, put(endless().vault_access(denied())));
    }
}
