//! `storage.soft-delete`

use crate::checks::shows;
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
        cis_azure6("9.2.1", Partial(shows::STEP)).with(LEAST.asked(1)),
        mcsb1("BR-2", Supporting),
    ],
    test: Test {
        reads: &[Bucket::SOFT_DELETE_DAYS],
        params: &[Param::Days(&LEAST)],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(Some(7)))),
            fail: |scope| scope.buckets.items.push(example(Known(None))),
        },
    },
};

static LEAST: Days = Days {
    name: "min-days",
    doc: "The minimum soft delete retention in days. Fewer days fail; exactly this many pass.",
    default: 7,
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let least = context.days(&LEAST);
    match *bucket.soft_delete_days.known()? {
        Some(days) if days >= least => pass(),
        Some(days) => {
            fail(Bucket::SOFT_DELETE_DAYS, format!("{days} days"), format!("at least {least} days"))
        }
        None => fail(
            Bucket::SOFT_DELETE_DAYS,
            "not restorable",
            format!("restorable for at least {least} days"),
        ),
    }
}

fn example(soft_delete_days: Fact<Option<u32>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .soft_delete_days(soft_delete_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<u32>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(7))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_fails(&CONTROL, with(Known(Some(6))));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
