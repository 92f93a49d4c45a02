//! `storage.delete-lock`

use crate::checks::shows;
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
    test: Test {
        reads: &[Bucket::DELETE_LOCKS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(vec!["keep".to_owned()]))),
            fail: |scope| scope.buckets.items.push(example(Known(vec![]))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if !bucket.delete_locks.known()?.is_empty() {
        return pass();
    }
    fail(
        Bucket::DELETE_LOCKS,
        "none",
        "a delete or read-only lock on the storage account or a level above",
    )
}

fn example(delete_locks: Fact<Vec<String>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .delete_locks(delete_locks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec!["keep".to_owned()])));
        assert_fails(&CONTROL, with(Known(vec![])));
        assert_unknown(&CONTROL, with(denied()));
    }
}
