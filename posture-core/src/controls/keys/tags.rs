//! `keys.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "keys.tags",
    life: since("0.1.0"),
    title: "Keys have the required tags",
    finding: "Key lacks a required tag",
    keywords: &["KMS", "Key Vault", "key", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the encrypted \
                data is.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the key.",
                console: "KMS → Customer managed keys → the key → Tags",
                command: Change(
                    "aws kms tag-resource --key-id <key> --tags TagKey=<tag>,TagValue=<value>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the key. The command replaces all its tags: \
                    include the present ones as well.",
                console: "Key vaults → the vault → Keys → the key → the version → Tags",
                command: Change(
                    "az keyvault key set-attributes --vault-name <vault> --name <key> --tags \
                    <tag>=<value>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        ccm41("CEK-21", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(Key),
};
