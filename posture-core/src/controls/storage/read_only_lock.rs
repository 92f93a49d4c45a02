//! `storage.read-only-lock`

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
    test: Test {
        reads: &[Bucket::READ_ONLY_LOCKS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(vec!["still".to_owned()]))),
            fail: |scope| scope.buckets.items.push(example(Known(vec![]))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if !bucket.read_only_locks.known()?.is_empty() {
        return pass();
    }
    fail(
        Bucket::READ_ONLY_LOCKS,
        "none",
        "a read-only lock on the storage account or a level above",
    )
}

fn example(read_only_locks: Fact<Vec<String>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .read_only_locks(read_only_locks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec!["still".to_owned()])));
        assert_fails(&CONTROL, with(Known(vec![])));
        assert_unknown(&CONTROL, with(denied()));
    }
}
