//! `storage.share-soft-delete`

use crate::checks::soft_delete;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.share-soft-delete",
    life: since("0.1.0"),
    title: "Deleted file shares can be restored",
    finding: "File share soft delete is off or too short",
    keywords: &[
        "storage account",
        "Azure Files",
        "file share",
        "soft delete",
        "data protection",
        "ransomware",
    ],
    severity: Medium,
    rationale: "Without soft delete, data that is deleted by mistake or by an attacker is gone \
                for good.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on soft delete for file shares, for seven days or more.",
            console: "Storage accounts → the account → Data storage → File shares → Soft delete",
            command: Change(
                "az storage account file-service-properties update --account-name \
                             <account> --enable-delete-retention true --delete-retention-days 7",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/files/storage-files-prevent-file-share-deletion",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("BCR-08", Supporting),
        ccm41("CCC-09", Supporting),
        cis_azure6("9.1.1", Full).with(soft_delete::LEAST.asked(1)),
        mcsb1("BR-2", Supporting),
    ],
    test: soft_delete::restorable!(share_soft_delete_days),
};
