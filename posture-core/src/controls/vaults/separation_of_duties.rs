//! `vaults.separation-of-duties`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "one principal can delete the keys of the vault and decrypt with them, so that these duties are not \
                     separate";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.separation-of-duties",
    life: since("0.2.0"),
    title: "Access policies separate deleting keys from decrypting",
    finding: "Access policy permits both deleting keys and decrypting",
    keywords: &[
        "Key Vault",
        "access policy",
        "vault access policy",
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
                   decrypt. Or change the vault to Azure RBAC, where Key Vault Crypto User and \
                   Key Vault Crypto Officer are separate roles.",
            console: "Key vaults → the vault → Access policies",
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
        reads: &[Vault::ACCESS, Vault::ADMINISTRATORS_WHO_DECRYPT],
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
        return not_applicable("Azure RBAC decides, not its access policies");
    }
    let both = vault.administrators_who_decrypt.known()?;
    if both.is_empty() {
        return pass();
    }
    fail(Vault::ADMINISTRATORS_WHO_DECRYPT, both.join(", "), "either to delete keys or to decrypt")
}

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
        assert_not_applicable(&CONTROL, with(vault(&["a"]).access(Known(VaultAccess::Roles))));
    }
}
