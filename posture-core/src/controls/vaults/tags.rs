//! `vaults.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "vaults.tags",
    life: since("0.1.0"),
    title: "Vaults have the required tags",
    finding: "Vault lacks a required tag",
    keywords: &["Key Vault", "vault", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the secrets are.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add the missing tags to the vault. The command shows its tags.",
            console: "Key vaults → the vault → Tags",
            command: Inspect("az resource show --ids <vault-id> --query tags"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(Vault),
};
