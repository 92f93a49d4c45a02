//! `storage.read-only-lock`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.read-only-lock",
    life: since("0.1.0"),
    title: "A read-only lock protects the settings of storage accounts",
    finding: "Storage account has no read-only lock",
    keywords: &["storage account", "resource lock", "ReadOnly", "read-only lock"],
    severity: Low,
    rationale: "Where settings do not have to change, a read-only lock keeps them as they are \
                and prevents listing the keys. On accounts that serve files or tables, it \
                disrupts their use.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Consider a read-only lock on storage accounts that are set up once and hold \
                   only blobs. For all others, add an exception.",
            console: "Storage accounts → the account → Settings → Locks",
            command: Change(
                "az lock create --name <name> --lock-type ReadOnly --resource \
                             <account-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/lock-account-resource",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/lock-resources",
    ],
    // Only people who know the purpose of an account can decide whether it should have one.
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-04", Supporting),
        cis_azure6("9.3.10", Supporting),
        mcsb1("AM-4", Supporting),
    ],
    test: lists::names_some!(
        Bucket.read_only_locks,
        "still",
        "none",
        "a read-only lock on the storage account or a level above",
    ),
};
