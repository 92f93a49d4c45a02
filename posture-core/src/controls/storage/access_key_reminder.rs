//! `storage.access-key-reminder`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-key-reminder",
    life: since("0.1.0"),
    title: "Storage accounts have a key rotation reminder",
    finding: "Storage account has no key rotation reminder",
    keywords: &[
        "storage account",
        "access key",
        "key rotation reminder",
        "key expiration policy",
        "Azure Storage",
    ],
    severity: Low,
    rationale: "Without a reminder, key rotation is forgotten.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set a rotation reminder of 90 days or less. The option in the command is in \
                   preview.",
            console: "Storage accounts → the account → Security + networking → Access keys → Set \
                      rotation reminder",
            command: Change("az storage account update --name <account> --key-exp-days 90"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage#create-a-key-expiration-policy",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-14", Supporting),
        ccm41("CEK-12", Supporting),
        cis_azure6("9.3.1.1", Full),
        mcsb1("DP-6", Supporting),
    ],
    test: Test {
        reads: &[Bucket::ACCESS_KEY_REMINDER_DAYS],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(Some(90)))),
            fail: |scope| scope.buckets.items.push(example(Known(None))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    match *bucket.access_key_reminder_days.known()? {
        Some(days) if days > 0 => pass(),
        _ => fail(Bucket::ACCESS_KEY_REMINDER_DAYS, "nobody is reminded", "a reminder"),
    }
}

fn example(access_key_reminder_days: Fact<Option<u32>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .access_key_reminder_days(access_key_reminder_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<u32>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(90))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_fails(&CONTROL, with(Known(Some(0))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
