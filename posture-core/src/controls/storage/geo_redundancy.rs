//! `storage.geo-redundancy`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.geo-redundancy",
    life: since("0.1.0"),
    title: "Storage accounts are geo-redundant",
    finding: "Storage account is not geo-redundant",
    keywords: &[
        "storage account",
        "redundancy",
        "geo-redundant storage",
        "GRS",
        "GZRS",
        "secondary region",
    ],
    severity: Low,
    rationale: "A copy in a second region survives the loss of the first region.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Choose a redundancy option with a second region, such as GRS or GZRS.",
            console: "Storage accounts → the account → Data management → Redundancy",
            command: Change("az storage account update --name <account> --sku Standard_GRS"),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy"],
    satisfies: &[
        csf20("PR.IR-03", Supporting),
        ccm41("BCR-11", Supporting),
        // Not decided: it asks it of critical accounts, and which are critical no interface shows.
        cis_azure6("9.3.11", Supporting),
        mcsb1("BR-1", Supporting),
    ],
    test: is_true!(Bucket.geo_redundant, "only one region", "GRS, RA-GRS, GZRS or RA-GZRS"),
};
