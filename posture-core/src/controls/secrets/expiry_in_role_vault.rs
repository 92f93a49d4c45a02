//! `secrets.expiry-in-role-vault`

use crate::checks::vault::left_out;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "secrets.expiry-in-role-vault",
    life: since("0.1.0"),
    title: "Secrets in RBAC vaults have an expiration date",
    finding: "Secret in an RBAC vault has no expiration date",
    keywords: &["Key Vault", "secret", "expiration date", "Azure RBAC", "RBAC vault"],
    severity: Medium,
    rationale: "A leaked secret without an expiration date can be used long after the people who \
                knew about it have left.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set an expiration date on the secret, and plan who replaces it before then.",
            console: "Key vaults → the vault → Objects → Secrets → the secret → the version → Set \
                      expiration date",
            command: Change(
                "az keyvault secret set-attributes --vault-name <vault> --name \
                             <secret> --expires <date>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-attributes",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial),
        ccm41("CEK-17", Partial),
        cis_azure6("8.3.3", Full),
        mcsb1("IM-8", Partial),
    ],
    test: Test {
        reads: &[Secret::ENABLED, Secret::VAULT_ACCESS, Secret::EXPIRES],
        params: &[],
        check: Check::Secret(check),
        examples: Examples {
            pass: |scope| scope.secrets.items.push(example(Known(Some(EXAMPLE_TIME())))),
            fail: |scope| scope.secrets.items.push(example(Known(None))),
        },
    },
};

fn check(secret: &Secret, _: &Context<'_>) -> Judged {
    let enabled = secret.enabled.clone();
    if let Some(why) = left_out(&enabled, &secret.vault_access, VaultAccess::Roles)? {
        return not_applicable(why);
    }
    match secret.expires.known()? {
        Some(_) => pass(),
        None => fail(Secret::EXPIRES, "never", "a date"),
    }
}

fn example(expires: Fact<Option<Time>>) -> Secret {
    Secret::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.KeyVault/vaults/main/secrets/own",
        "own",
        Some("westeurope"),
    )
    .enabled(Known(true))
    .vault_access(Known(VaultAccess::Roles))
    .expires(expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.secrets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(EXAMPLE_TIME()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn other_vaults_and_what_is_switched_off_are_left_out() {
        let put = |secret: Secret| move |scope: &mut Scope| scope.secrets.items.push(secret);
        let endless = || example(Known(None));
        assert_not_applicable(&CONTROL, put(endless().enabled(Known(false))));
        let other = || endless().vault_access(Known(VaultAccess::AccessPolicies));
        assert_not_applicable(&CONTROL, put(other()));
        // One certain reason will do.
        assert_not_applicable(&CONTROL, put(other().enabled(denied())));
        assert_not_applicable(
            &CONTROL,
            put(endless().enabled(Known(false)).vault_access(denied())),
        );
        assert_unknown(&CONTROL, put(endless().enabled(denied())));
        assert_unknown(&CONTROL, put(endless().vault_access(denied())));
    }
}
