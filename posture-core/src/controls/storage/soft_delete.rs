//! `storage.soft-delete`

use crate::checks::shows;
use crate::checks::soft_delete;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.soft-delete",
    life: since("0.1.0"),
    title: "Deleted blobs can be restored",
    finding: "Blob soft delete is off or too short",
    keywords: &[
        "storage account",
        "Blob Storage",
        "blob soft delete",
        "data protection",
        "ransomware",
    ],
    severity: Medium,
    rationale: "Without soft delete, data that is deleted by mistake or by an attacker is gone \
                for good.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on soft delete for blobs, for seven days or more.",
            console: "Storage accounts → the account → Data management → Data protection → \
                      Recovery",
            command: Change(
                "az storage account blob-service-properties update --account-name \
                             <account> --enable-delete-retention true --delete-retention-days 7",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/blobs/soft-delete-blob-overview",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("BCR-08", Supporting),
        ccm41("CCC-09", Supporting),
        // How many days are enough it leaves to the organization: none is not met, and one may be
        // too few.
        cis_azure6("9.2.1", Partial(shows::STEP)).with(soft_delete::LEAST.asked(1)),
        mcsb1("BR-2", Supporting),
    ],
    test: soft_delete::restorable!(soft_delete_days),
};
