//! `storage.cross-tenant-replication`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.cross-tenant-replication",
    life: since("0.1.0"),
    title: "Objects cannot be replicated to another tenant",
    severity: Medium,
    rationale: "A replication rule sends every object away, quietly and for good, once somebody \
                has made one.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Disallow replication across tenants.",
            console: "Storage accounts → the account → Data management → Object replication → \
                      Advanced settings",
            command: "az storage account update --name <account> --allow-cross-tenant-replication \
                      false",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/blobs/object-replication-prevent-cross-tenant-policies",
    ],
    satisfies: &[
        csf20("PR.DS-01", Partial),
        ccm41("DSP-17", Partial),
        ccm41("DSP-10", Supporting),
        cis_azure6("9.3.7", Full),
        mcsb1("DP-2", Supporting),
    ],
    test: is_false!(Bucket.cross_tenant_replication, "allowed", "refused"),
};
