//! `vaults.role-based-access`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.role-based-access",
    life: since("0.1.0"),
    title: "Access to vaults is granted by roles",
    severity: Medium,
    rationale: "A vault with a list of its own lets those who may change the list let themselves \
                in, and reviews of roles do not see it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Give the identities that need the vault a role on it, then change the \
                   permission model.",
            console: "Key vaults → the vault → Settings → Access configuration → Azure role-based \
                      access control",
            command: "az keyvault update --name <vault> --enable-rbac-authorization true",
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-access-policy"],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-15", Partial),
        cis_azure6("8.3.6", Full),
        mcsb1("PA-7", Supporting),
        mcsb1("DP-8", Partial),
    ],
    test: Test {
        reads: &[Vault::ACCESS],
        params: &[],
        check: Check::Vault(check),
        examples: Examples {
            pass: |scope| scope.vaults.items.push(example(Known(VaultAccess::Roles))),
            fail: |scope| scope.vaults.items.push(example(Known(VaultAccess::AccessPolicies))),
        },
    },
};

fn check(vault: &Vault, _: &Context<'_>) -> Judged {
    match vault.access.known()? {
        VaultAccess::Roles => pass(),
        VaultAccess::AccessPolicies => {
            fail(Vault::ACCESS, "by access policies of the vault", "by roles")
        }
    }
}

fn example(access: Fact<VaultAccess>) -> Vault {
    Vault::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main",
        "main",
        Some("westeurope"),
    )
    .access(access)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<VaultAccess>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vaults.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(VaultAccess::Roles)));
        assert_fails(&CONTROL, with(Known(VaultAccess::AccessPolicies)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
