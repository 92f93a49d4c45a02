//! `storage.geo-redundancy`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.geo-redundancy",
    title: "A second region holds a copy of what is stored",
    severity: Low,
    rationale: "A copy in another region survives the loss of the first.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Choose a redundancy with a second region, such as GRS or GZRS.",
            console: "Storage accounts → the account → Data management → Redundancy",
            command: "az storage account update --name <account> --sku Standard_GRS",
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/storage/common/storage-redundancy"],
    satisfies: &[
        csf20("PR.IR-03", Supporting),
        csf20("PR.DS-11", Supporting),
        ccm41("BCR-08", Supporting),
        ccm41("BCR-11", Supporting),
        // Not decided: it asks it of critical accounts, and which are critical no interface shows.
        cis_azure6("9.3.11", Supporting),
        mcsb1("BR-1", Supporting),
    ],
    reads: &[Bucket::GEO_REDUNDANT],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(example(Known(true))),
        fail: |scope| scope.buckets.items.push(example(Known(false))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if *bucket.geo_redundant.known()? {
        return pass();
    }
    fail(Bucket::GEO_REDUNDANT, "one region only", "GRS, RA-GRS, GZRS or RA-GZRS")
}

fn example(geo_redundant: Fact<bool>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .geo_redundant(geo_redundant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
