//! `storage.access-key-age`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-key-age",
    life: since("0.1.0"),
    title: "Storage account keys are rotated in time",
    finding: "Storage account key is overdue for rotation",
    keywords: &["storage account", "access key", "account key", "key rotation", "Azure Storage"],
    severity: Medium,
    rationale: "A key that leaked unnoticed gives access to the storage account until it is \
                rotated.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Rotate both keys, one after the other, and distribute the new keys to the \
                   clients that need them.",
            console: "Storage accounts → the account → Security + networking → Access keys → \
                      Rotate key",
            command: Change("az storage account keys renew --account-name <account> --key primary"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage#manually-rotate-access-keys",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
        ccm41("IAM-14", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
        ccm41("CEK-12", Supporting),
        cis_azure6("9.3.1.2", Full).with(MAX_AGE.asked(90)),
        mcsb1("IM-8", Partial(shows::OLD_ACCOUNT_KEY)).any_of(shows::ACCOUNT_KEYS),
        mcsb1("DP-6", Supporting),
    ],
    test: Test {
        reads: &[Bucket::ACCESS_KEYS_MADE],
        params: &[Param::Days(&MAX_AGE)],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(example(Known(vec![EXAMPLE_TIME()]))),
            fail: |scope| {
                scope.buckets.items.push(example(Known(vec![Time::from_unix(0), EXAMPLE_TIME()])))
            },
        },
    },
};

static MAX_AGE: Days = Days {
    name: "max-age-days",
    doc: "The maximum age of a key in days. An older key fails; a key of exactly this age passes.",
    default: 90,
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let (made, days) = (bucket.access_keys_made.known()?, context.days(&MAX_AGE));
    let now = context.now()?;
    if let Some(oldest) = made.iter().min().filter(|made| made.is_older_than_days(days, now)) {
        return fail(
            Bucket::ACCESS_KEYS_MADE,
            format!("{} ({} days ago)", oldest.day(), oldest.days_before(now)),
            format!("within the last {days} days"),
        );
    }
    for made in made {
        context.past(*made)?;
    }
    pass()
}

fn example(access_keys_made: Fact<Vec<Time>>) -> Bucket {
    Bucket::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records",
        "records",
        Some("westeurope"),
    )
    .access_keys_made(access_keys_made)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<Time>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec![EXAMPLE_TIME()])));
        assert_fails(&CONTROL, with(Known(vec![Time::from_unix(0), EXAMPLE_TIME()])));
        assert_unknown(&CONTROL, with(denied()));
        let tomorrow = Time::from_unix(EXAMPLE_TIME().unix() + 86_400);
        assert_unknown(&CONTROL, with(Known(vec![EXAMPLE_TIME(), tomorrow])));
        assert_fails(&CONTROL, with(Known(vec![Time::from_unix(0), tomorrow])));
    }
}
