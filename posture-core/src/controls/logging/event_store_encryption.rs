//! `logging.event-store-encryption`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.event-store-encryption",
    life: since("0.1.0"),
    title: "Event stores are encrypted with a key of the customer",
    severity: Low,
    rationale: "A key of one's own says who may read the recorded events, apart from who may query them.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Encrypt the event data store with a customer managed KMS key; it cannot be changed later.",
            console: "CloudTrail → Lake → Event data stores → Create",
            command: "aws cloudtrail update-event-data-store --event-data-store <store> --kms-key-id <key>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-cloudtrail.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Partial),
        ccm41("CEK-03", Partial),
        ccm41("LOG-02", Partial),
        ccm41("CEK-08", Supporting),
    ],
    test: Test {
        reads: &[EventStore::KEY],
        params: &[],
        check: Check::EventStore(check),
        examples: Examples {
            pass: |scope| {
                scope.event_stores.items.push(
                    trail::store()
                        .key(Known(Some("arn:aws:kms:us-east-1:123456789012:key/1".to_owned()))),
                )
            },
            fail: |scope| scope.event_stores.items.push(trail::store().key(Known(None))),
        },
    },
};

fn check(store: &EventStore, _: &Context<'_>) -> Judged {
    match store.key.known()? {
        Some(_) => pass(),
        None => fail(EventStore::KEY, "the provider's own key", "a key that the customer manages"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |key: Fact<Option<String>>| {
            move |scope: &mut Scope| scope.event_stores.items.push(trail::store().key(key))
        };
        assert_passes(&CONTROL, with(Known(Some("arn:aws:kms:us-east-1:1:key/1".to_owned()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
