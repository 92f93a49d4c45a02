//! `storage.trusted-services`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.trusted-services",
    life: since("0.1.0"),
    title: "Trusted Azure services can bypass storage account firewalls",
    finding: "Firewall has no exception for trusted Azure services",
    keywords: &[
        "storage account",
        "firewall",
        "trusted Microsoft services",
        "AzureServices",
        "bypass",
        "network rules",
    ],
    severity: Low,
    rationale: "If the firewall blocks Azure Backup, logging and other Azure services, they fail \
                without notice.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow trusted Microsoft services to bypass the firewall.",
            console: "Storage accounts → the account → Security + networking → Networking → \
                      Exceptions",
            command: Change("az storage account update --name <account> --bypass AzureServices"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-network-security-trusted-azure-services",
    ],
    satisfies: &[cis_azure6("9.3.5", Full), mcsb1("NS-2", Supporting)],
    test: is_true!(
        Bucket.trusted_services_allowed,
        "no exception for trusted services",
        "an exception for trusted services (AzureServices)"
    ),
};
