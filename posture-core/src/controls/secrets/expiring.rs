//! `secrets.expiring`

use crate::checks::vault;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "secrets.expiring",
    life: since("0.1.0"),
    title: "Key Vault secrets are replaced before they expire",
    finding: "Key Vault secret has expired or expires soon",
    keywords: &["Key Vault", "secret", "expiration date", "secret rotation"],
    severity: Medium,
    rationale: "Everything that needs the secret fails on the day it expires, and then has to be \
                fixed in a hurry.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a new version of the secret, or disable the secret if it is not used \
                   anymore.",
            console: "Key vaults → the vault → Objects → Secrets → the secret → New version",
            command: Change(
                "az keyvault secret set --vault-name <vault> --name <secret> --file \
                             <file> --expires <date>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/secrets/about-secrets#secret-attributes",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("CEK-17", Supporting),
        mcsb1("IM-8", Supporting),
    ],
    test: vault::valid_for!(Secret.enabled, MIN_LEFT),
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that the secret must still be valid. Fewer days fail; exactly this many pass.",
    default: 30,
};
