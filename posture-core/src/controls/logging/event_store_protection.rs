//! `logging.event-store-protection`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.event-store-protection",
    title: "Event stores refuse to be deleted",
    severity: Low,
    rationale: "Who deletes the store deletes the record of what happened.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on termination protection of the event data store.",
            console: "CloudTrail → Lake → Event data stores → the store → Change termination protection",
            command: "aws cloudtrail update-event-data-store --event-data-store <store> --termination-protection-enabled",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/query-eds-termination-protection.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Partial),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-10", Partial),
        ccm41("LOG-02", Partial),
    ],
    reads: &[EventStore::DELETION_PROTECTION],
    params: &[],
    check: Check::EventStore(check),
    examples: Examples {
        pass: |scope| {
            scope.event_stores.items.push(trail::store().deletion_protection(Known(true)))
        },
        fail: |scope| {
            scope.event_stores.items.push(trail::store().deletion_protection(Known(false)))
        },
    },
};

fn check(store: &EventStore, _: &Context<'_>) -> Judged {
    if *store.deletion_protection.known()? {
        return pass();
    }
    fail(EventStore::DELETION_PROTECTION, "off", "on")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |protection| {
            move |scope: &mut Scope| {
                scope.event_stores.items.push(trail::store().deletion_protection(protection));
            }
        };
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
