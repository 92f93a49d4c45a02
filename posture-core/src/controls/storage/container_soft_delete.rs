//! `storage.container-soft-delete`

use crate::checks::shows;
use crate::checks::soft_delete;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.container-soft-delete",
    life: since("0.1.0"),
    title: "Deleted blob containers can be restored",
    finding: "Container soft delete is off or too short",
    keywords: &[
        "storage account",
        "Blob Storage",
        "container soft delete",
        "data protection",
        "ransomware",
    ],
    severity: Medium,
    rationale: "Deleting a container deletes every blob in it, even if the blobs are protected \
                individually.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on soft delete for containers, for seven days or more.",
            console: "Storage accounts → the account → Data management → Data protection → \
                      Recovery",
            command: Change(
                "az storage account blob-service-properties update --account-name \
                             <account> --enable-container-delete-retention true \
                             --container-delete-retention-days 7",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/blobs/soft-delete-container-overview",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("BCR-08", Supporting),
        ccm41("CCC-09", Supporting),
        // How many days are enough it leaves to the organization: none is not met, and one may be
        // too few.
        cis_azure6("9.2.2", Partial(shows::STEP)).with(soft_delete::LEAST.asked(1)),
        mcsb1("BR-2", Supporting),
    ],
    test: soft_delete::restorable!(container_soft_delete_days),
};
