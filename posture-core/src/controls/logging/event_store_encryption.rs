//! `logging.event-store-encryption`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.event-store-encryption",
    life: since("0.1.0"),
    title: "Event data stores are encrypted with a customer-managed key",
    finding: "Event data store lacks a customer-managed KMS key",
    keywords: &["CloudTrail Lake", "event data store", "KMS", "customer managed key"],
    severity: Low,
    rationale: "The policy of a customer-managed key controls who can read the recorded events, \
                separately from the permission to query them.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Encrypt the event data store with a customer-managed KMS key. The key cannot \
                   be changed later.",
            console: "CloudTrail → Lake → Event data stores → Create",
            command: Change(
                "aws cloudtrail update-event-data-store --event-data-store <store> \
                             --kms-key-id <key>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-event-data-store-cloudtrail.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("LOG-02", Supporting),
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

fn check(store: &EventStore, _: &Context<'_>) -> CheckResult {
    match store.key.known()? {
        Some(_) => pass(),
        None => fail(EventStore::KEY, "a provider-managed key", "a customer-managed key"),
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
