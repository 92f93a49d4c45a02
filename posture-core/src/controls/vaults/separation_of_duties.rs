//! `vaults.separation-of-duties`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "one principal can delete the keys of the vault and decrypt with them, so that these duties are not \
                     separate";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.separation-of-duties",
    life: since("0.2.0"),
    title: "Permissions separate deleting keys from decrypting",
    finding: "Principal can both delete keys and decrypt",
    keywords: &[
        "Key Vault",
        "access policy",
        "vault access policy",
        "Azure RBAC",
        "Key Vault Crypto Officer",
        "Key Vault Administrator",
        "key permissions",
        "separation of duties",
        "purge",
        "unwrapKey",
    ],
    severity: Medium,
    rationale: "An application decrypts; it has no need to delete keys. With both permissions, one \
                stolen credential suffices to copy the data and to make it unreadable for its \
                owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove delete and purge from the access policies of the principals that \
                   decrypt. With Azure RBAC, assign them Key Vault Crypto User or Key Vault Crypto \
                   Service Encryption User, and delete their assignments of Key Vault Crypto \
                   Officer and Key Vault Administrator.",
            console: "Key vaults → the vault → Access policies, or Access control (IAM)",
            command: Inspect("az keyvault show --name <vault>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/general/assign-access-policy",
        "https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-guide",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("CEK-02", Supporting),
        ccm41("IAM-04", Partial(SHOWS)),
        ccm41("IAM-09", Partial(SHOWS)),
        mcsb1("DP-8", Supporting),
    ],
    test: Test {
        reads: &[Vault::ACCESS, Vault::ADMINISTRATORS_WHO_DECRYPT, Vault::ROLE_HOLDERS_WHO_DECRYPT],
        params: &[],
        check: Check::Vault(check),
        examples: Examples {
            pass: |scope| scope.vaults.items.push(vault(&[])),
            fail: |scope| scope.vaults.items.push(vault(&["22222222-2222-4222-8222-222222222222"])),
        },
    },
};

fn check(vault: &Vault, _: &Context<'_>) -> CheckResult {
    if *vault.access.known()? == VaultAccess::Roles {
        return vault
            .role_holders_who_decrypt
            .must_be_empty(Vault::ROLE_HOLDERS_WHO_DECRYPT, EXPECTED);
    }
    let both = vault.administrators_who_decrypt.known()?;
    if both.is_empty() {
        return pass();
    }
    fail(Vault::ADMINISTRATORS_WHO_DECRYPT, both.join(", "), EXPECTED)
}

const EXPECTED: &str = "either to delete keys or to decrypt";

fn vault(both: &[&str]) -> Vault {
    Vault::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main",
        "main",
        Some("westeurope"),
    )
    .access(Known(VaultAccess::AccessPolicies))
    .administrators_who_decrypt(Known(both.iter().map(|&one| one.to_owned()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(vault: Vault) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vaults.items.push(vault)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(vault(&[])));
        assert_fails(&CONTROL, with(vault(&["a"])));
        assert_unknown(&CONTROL, with(vault(&[]).administrators_who_decrypt(denied())));
        assert_unknown(&CONTROL, with(vault(&["a"]).access(denied())));
    }

    #[test]
    fn with_azure_rbac_the_roles_decide() {
        let by_roles = |holders: Fact<Entries>| {
            let vault = vault(&["a"]).access(Known(VaultAccess::Roles));
            with(vault.administrators_who_decrypt(NotOffered).role_holders_who_decrypt(holders))
        };
        assert_passes(&CONTROL, by_roles(Known(Entries::none())));
        assert_fails(&CONTROL, by_roles(Known(Entries::from(["a"]))));
        assert_fails(&CONTROL, by_roles(Known(Entries::new(vec!["a".to_owned()], Some(DENIED)))));
        assert_unknown(&CONTROL, by_roles(Known(Entries::new(vec![], Some(DENIED)))));
        assert_unknown(&CONTROL, by_roles(denied()));
    }
}
