//! `keys.expiry-in-role-vault`

use crate::checks::shows;
use crate::checks::vault;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        ccm41("CEK-17", Partial(shows::NO_END)),
        cis_azure6("8.3.1", Full),
        mcsb1("DP-6", Partial(shows::NO_END)),
    ],
    test: vault::expires!(Key.state, Roles),
};
