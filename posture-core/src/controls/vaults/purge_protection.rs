//! `vaults.purge-protection`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "vaults.purge-protection",
    title: "Vaults keep what is deleted until its retention is over",
    severity: Medium,
    rationale: "Whoever takes over an account can delete keys for good, and with them everything \
                that they protect.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Enable purge protection. It cannot be disabled again.",
            console: "Key vaults → the vault → Settings → Properties → Purge protection",
            command: "az keyvault update --name <vault> --enable-purge-protection true",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview#purge-protection",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-14", Partial),
        ccm41("BCR-08", Supporting),
        cis_azure6("8.3.5", Full),
        mcsb1("DP-8", Partial),
    ],
    reads: &[Vault::PURGE_PROTECTION],
    params: &[],
    check: Check::Vault(check),
    examples: Examples {
        pass: |scope| scope.vaults.items.push(example(Known(true))),
        fail: |scope| scope.vaults.items.push(example(Known(false))),
    },
};

fn check(vault: &Vault, _: &Context<'_>) -> Judged {
    if *vault.purge_protection.known()? {
        return pass();
    }
    fail(Vault::PURGE_PROTECTION, "off", "on")
}

fn example(purge_protection: Fact<bool>) -> Vault {
    Vault::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main",
        "main",
        Some("westeurope"),
    )
    .purge_protection(purge_protection)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vaults.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
