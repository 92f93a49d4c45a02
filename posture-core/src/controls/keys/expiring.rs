//! `keys.expiring`

use crate::checks::vault;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.expiring",
    life: since("0.1.0"),
    title: "Key Vault keys are replaced before they expire",
    finding: "Key Vault key has expired or expires soon",
    keywords: &["Key Vault", "key", "expiration date", "key rotation"],
    severity: Medium,
    rationale: "Everything that needs the key fails on the day it expires, and then has to be \
                fixed in a hurry.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a new version of the key, or disable the key if it is not used anymore.",
            console: "Key vaults → the vault → Objects → Keys → the key → New version",
            command: Change("az keyvault key rotate --vault-name <vault> --name <key>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details#key-attributes",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-17", Supporting),
        mcsb1("DP-6", Supporting),
    ],
    test: vault::valid_for!(Key.state, MIN_LEFT),
};

static MIN_LEFT: Days = Days {
    name: "min-days-left",
    doc: "The minimum number of days that the key must still be valid. Fewer days fail; exactly this many pass. The default is the latest time before expiration at which a rotation policy rotates.",
    default: 7,
};
