//! `vaults.role-based-access`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.role-based-access",
    life: since("0.1.0"),
    title: "Key vaults use Azure RBAC",
    finding: "Key vault uses access policies instead of Azure RBAC",
    keywords: &["Key Vault", "Azure RBAC", "access policy", "permission model"],
    severity: Medium,
    rationale: "A principal that can change the access policies of a vault can grant itself \
                access, and reviews of role assignments do not show it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the identities that need the vault a role on it, and then change the \
                   permission model to Azure role-based access control.",
            console: "Key vaults → the vault → Settings → Access configuration → Azure role-based \
                      access control",
            command: Change("az keyvault update --name <vault> --enable-rbac-authorization true"),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/rbac-access-policy"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-15", Supporting),
        cis_azure6("8.3.6", Full),
        mcsb1("PA-7", Supporting),
        mcsb1("DP-8", Supporting),
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

fn check(vault: &Vault, _: &Context<'_>) -> CheckResult {
    match vault.access.known()? {
        VaultAccess::Roles => pass(),
        VaultAccess::AccessPolicies => fail(Vault::ACCESS, "access policies", "Azure RBAC"),
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
