//! `secrets.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "secrets.tags",
    life: since("0.1.0"),
    title: "Secrets have the required tags",
    finding: "Secret lacks a required tag",
    keywords: &["Key Vault", "secret", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the access is.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add the missing tags to the secret. The command replaces all its tags: \
                    include the present ones as well.",
            console: "Key vaults → the vault → Secrets → the secret → the version → Tags",
            command: Change(
                "az keyvault secret set-attributes --vault-name <vault> --name <secret> \
                    --tags <tag>=<value>",
            ),
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
    test: tags::required!(Secret, reads: [Secret::CERTIFICATE], |secret| Ok(secret.certificate.known()?.then_some("it belongs to a certificate"))),
};
