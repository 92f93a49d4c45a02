//! `storage.private-endpoint`

use crate::checks::{lists, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.private-endpoint",
    life: since("0.1.0"),
    title: "Storage accounts have a private endpoint",
    finding: "Storage account has no approved private endpoint",
    keywords: &["storage account", "private endpoint", "Private Link", "virtual network"],
    severity: Low,
    rationale: "With a private endpoint, data stays in your own network, and the firewall needs \
                no opening for it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a private endpoint for each storage service that clients use, and approve \
                   it.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Private endpoint connections",
            command: Change(
                "az network private-endpoint create --name <name> --resource-group \
                             <group> --subnet <subnet-id> --private-connection-resource-id \
                             <account-id> --group-id blob --connection-name <name>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-private-endpoints",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        // It asks for one in each network that uses the account.
        cis_azure6("9.3.2.1", Partial(shows::STEP)),
        mcsb1("NS-2", Supporting),
    ],
    test: lists::names_some!(
        Bucket.private_endpoints,
        "endpoint",
        "no approved private endpoint",
        "at least one approved private endpoint",
    ),
};
