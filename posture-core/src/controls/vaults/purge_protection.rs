//! `vaults.purge-protection`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.purge-protection",
    life: since("0.1.0"),
    title: "Key vaults have purge protection",
    finding: "Key vault has no effective purge protection",
    keywords: &["Key Vault", "purge protection", "soft delete", "ransomware"],
    severity: Medium,
    rationale: "Without purge protection, an attacker who takes over an account can delete keys \
                for good, and with them everything that they protect.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Enable purge protection. It cannot be disabled again.",
            console: "Key vaults → the vault → Settings → Properties → Purge protection",
            command: Change("az keyvault update --name <vault> --enable-purge-protection true"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview#purge-protection",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-14", Supporting),
        ccm41("BCR-08", Supporting),
        cis_azure6("8.3.5", Full),
        mcsb1("DP-8", Partial(shows::NAMED_SETTING)),
    ],
    test: is_true!(Vault.purge_protection, "off, or without effect since soft delete is off", "on"),
};
