//! `secrets.expiry-in-role-vault`

use crate::checks::shows;
use crate::checks::vault;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("PR.AA-01", Supporting),
        ccm41("CEK-17", Supporting),
        cis_azure6("8.3.3", Full),
        mcsb1("IM-8", Partial(shows::NAMED_SETTING)),
    ],
    test: vault::expires!(Secret.enabled, Roles),
};
