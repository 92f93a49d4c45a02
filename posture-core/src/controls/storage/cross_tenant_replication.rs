//! `storage.cross-tenant-replication`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.cross-tenant-replication",
    life: since("0.1.0"),
    title: "Storage accounts deny cross-tenant replication",
    finding: "Storage account allows cross-tenant replication",
    keywords: &[
        "storage account",
        "Blob Storage",
        "object replication",
        "cross-tenant replication",
        "data exfiltration",
    ],
    severity: Medium,
    rationale: "Once a replication rule exists, it copies every object to another tenant, \
                continuously and without notice.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Disallow cross-tenant replication.",
            console: "Storage accounts → the account → Data management → Object replication → \
                      Advanced settings",
            command: Change(
                "az storage account update --name <account> \
                             --allow-cross-tenant-replication false",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/blobs/object-replication-prevent-cross-tenant-policies",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("DSP-17", Supporting),
        ccm41("DSP-10", Supporting),
        cis_azure6("9.3.7", Full),
        mcsb1("DP-2", Supporting),
    ],
    test: is_false!(Bucket.cross_tenant_replication, "allowed", "denied"),
};
