//! `logging.object-read-events`

use crate::checks::shows;
use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.object-read-events",
    life: since("0.1.0"),
    title: "S3 object reads are recorded in every bucket",
    finding: "No trail or event data store records all S3 object reads",
    keywords: &[
        "CloudTrail",
        "trail",
        "data events",
        "S3",
        "CloudTrail Lake",
        "event data store",
        "GetObject",
    ],
    severity: Low,
    rationale: "Management events show who changed a bucket, but not who read its contents.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Configure a multi-region trail to record read data events of all S3 buckets.",
            console: "CloudTrail → Trails → the trail → Data events → Edit",
            command: Change(
                "aws cloudtrail put-event-selectors --trail-name <trail> \
                             --advanced-event-selectors file://<selectors.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-07", Supporting),
        ccm41("LOG-09", Supporting),
        // It asks it of each trail of all regions, and of no event data store.
        cis_aws7("4.9", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[
            AuditTrail::MULTI_REGION,
            AuditTrail::RECORDING,
            AuditTrail::OBJECT_READS,
            EventStore::MULTI_REGION,
            EventStore::RECORDING,
            EventStore::OBJECT_READS,
        ],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.audit_trails.items.push(trail::trail().object_reads(Known(true))),
            fail: |scope| scope.audit_trails.items.push(trail::trail().object_reads(Known(false))),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let by_trail = context.scope.audit_trails.any(|trail| {
        trail.multi_region.clone() & trail.recording.clone() & trail.object_reads.clone()
    });
    let by_store = context.scope.event_stores.any(|store| {
        store.multi_region.clone() & store.recording.clone() & store.object_reads.clone()
    });
    if *(by_trail | by_store).known()? {
        return pass();
    }
    fail(
        AuditTrail::OBJECT_READS,
        "no trail and no event data store records them in every bucket",
        "a multi-region trail that is recording them in every bucket",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(trail: AuditTrail) -> impl FnOnce(&mut Scope) {
        move |scope| scope.audit_trails.items.push(trail)
    }

    fn good() -> AuditTrail {
        trail::trail().object_reads(Known(true))
    }

    #[test]
    fn only_a_trail_that_records_counts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, |_| ());
        assert_fails(&CONTROL, with(good().object_reads(Known(false))));
        assert_fails(&CONTROL, with(good().recording(Known(false))));
        assert_fails(&CONTROL, with(good().multi_region(Known(false))));
        assert_unknown(&CONTROL, with(good().object_reads(denied())));
        assert_unknown(&CONTROL, with(good().recording(denied())));
        assert_passes(&CONTROL, |scope| {
            scope.audit_trails.gaps.push(DENIED);
            scope.event_stores.items.push(trail::store().object_reads(Known(true)));
        });
        assert_unknown(&CONTROL, |scope| scope.event_stores.gaps.push(DENIED));
    }

    #[test]
    fn only_an_event_store_that_records_counts() {
        let store = || trail::store().object_reads(Known(true));
        let with =
            |store: EventStore| move |scope: &mut Scope| scope.event_stores.items.push(store);
        assert_passes(&CONTROL, with(store()));
        assert_fails(&CONTROL, with(store().object_reads(Known(false))));
        assert_fails(&CONTROL, with(store().recording(Known(false))));
        assert_fails(&CONTROL, with(store().multi_region(Known(false))));
        assert_unknown(&CONTROL, with(store().object_reads(denied())));
        assert_unknown(&CONTROL, with(store().recording(denied())));
        assert_unknown(&CONTROL, with(store().multi_region(denied())));
    }
}
