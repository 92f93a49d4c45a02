//! `storage.delete-lock`

use crate::checks::{lists, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.delete-lock",
    life: since("0.1.0"),
    title: "A resource lock protects storage accounts from deletion",
    finding: "Storage account has no lock against deletion",
    keywords: &["storage account", "resource lock", "CanNotDelete", "delete lock"],
    severity: Low,
    rationale: "A lock prevents deletion by mistake, and makes deliberate deletion require a \
                second permission.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a delete lock to the storage account or its resource group.",
            console: "Storage accounts → the account → Settings → Locks",
            command: Change(
                "az lock create --name <name> --lock-type CanNotDelete --resource \
                             <account-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources",
    ],
    satisfies: &[
        csf20("PR.DS-11", Supporting),
        ccm41("CCC-04", Supporting),
        // It asks for a lock of type Delete on the account; one that makes it read-only, or one
        // from above, also keeps it.
        cis_azure6("9.3.9", Partial(shows::STEP)),
        mcsb1("AM-4", Supporting),
        mcsb1("BR-2", Supporting),
    ],
    test: lists::names_some!(
        Bucket.delete_locks,
        "keep",
        "none",
        "a delete or read-only lock on the storage account or a level above",
    ),
};
