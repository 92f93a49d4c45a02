//! `storage.cross-tenant-replication`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.cross-tenant-replication",
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
    reads: &[Bucket::CROSS_TENANT_REPLICATION],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(example(Known(false))),
        fail: |scope| scope.buckets.items.push(example(Known(true))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if !*bucket.cross_tenant_replication.known()? {
        return pass();
    }
    fail(Bucket::CROSS_TENANT_REPLICATION, "allowed", "refused")
}

fn example(cross_tenant_replication: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .cross_tenant_replication(cross_tenant_replication)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(false)));
        assert_fails(&CONTROL, with(Known(true)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
