//! `logging.event-store-retention`

use crate::checks::{number, trail};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.event-store-retention",
    life: since("0.1.0"),
    title: "Event data stores retain events long enough",
    finding: "Event data store retention is too short",
    keywords: &["CloudTrail Lake", "event data store", "retention"],
    severity: Low,
    rationale: "An intrusion is often noticed months after it began.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Increase the retention of the event data store. CloudTrail Lake has been \
                   closed to new customers since 31 May 2026; existing customers keep it.",
            console: "CloudTrail → Lake → Event data stores → the store → Edit",
            command: Change(
                "aws cloudtrail update-event-data-store --event-data-store <store> \
                             --retention-period <days>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-lake-service-availability-change.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("DSP-16", Supporting),
    ],
    test: Test {
        reads: &[EventStore::RETENTION_DAYS],
        params: &[Param::Days(&MIN_RETENTION)],
        check: Check::EventStore(check),
        examples: Examples {
            pass: |scope| scope.event_stores.items.push(trail::store().retention_days(Known(365))),
            fail: |scope| scope.event_stores.items.push(trail::store().retention_days(Known(364))),
        },
    },
};

static MIN_RETENTION: Days = Days {
    name: "min-retention-days",
    doc: "The minimum retention of events in days. Fewer days fail; exactly this many pass.",
    default: 365,
};

fn check(store: &EventStore, context: &Context<'_>) -> CheckResult {
    let (days, least) = (*store.retention_days.known()?, context.days(&MIN_RETENTION));
    number::at_least(EventStore::RETENTION_DAYS, days, least, number::DAYS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |days| {
            move |scope: &mut Scope| {
                scope.event_stores.items.push(trail::store().retention_days(days));
            }
        };
        assert_passes(&CONTROL, with(Known(365)));
        assert_fails(&CONTROL, with(Known(364)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
