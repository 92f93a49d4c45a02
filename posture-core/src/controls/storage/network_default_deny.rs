//! `storage.network-default-deny`

use crate::checks::{firewall, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.network-default-deny",
    life: since("0.1.0"),
    title: "Storage account firewalls deny by default",
    finding: "Storage account firewall allows by default",
    keywords: &[
        "storage account",
        "firewall",
        "network rules",
        "default action",
        "virtual network",
    ],
    severity: High,
    rationale: "Where the default action is to allow, the network rules have no effect: the \
                networks that they list get in anyway.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the default action of the firewall to Deny, and list the networks that \
                   need access.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Public network access scope",
            command: Change("az storage account update --name <account> --default-action Deny"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security-set-default-access",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(shows::EVERY_NETWORK)),
        ccm41("I&S-03", Partial(shows::EVERY_NETWORK)),
        cis_azure6("9.3.2.3", Full),
        mcsb1("NS-2", Partial(shows::EVERY_NETWORK)),
    ],
    test: firewall::denies_by_default!(Bucket),
};
