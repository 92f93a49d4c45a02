//! `logging.key-events`

use crate::checks::trail;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the calls to KMS are in no trail and no event data store, so that the provider deletes them after 90 days";

/// The source of the events of KMS, as trails exclude it.
const KMS: &str = "kms.amazonaws.com";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.key-events",
    life: since("0.2.0"),
    title: "The use and management of KMS keys are recorded",
    finding: "The use and management of KMS keys are not recorded",
    keywords: &[
        "CloudTrail",
        "KMS",
        "Exclude AWS KMS events",
        "excludeManagementEventSources",
        "trail",
        "management events",
    ],
    severity: High,
    rationale: "Each decryption is a call to KMS. Trails can exclude these calls to save costs; \
                then no record shows who read encrypted data, or who disabled a key.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Let a multi-region trail record read and write management events without \
                   excluding AWS KMS events.",
            console: "CloudTrail → Trails → the trail → Management events → Edit",
            command: Change(
                "aws cloudtrail put-event-selectors --trail-name <trail> --event-selectors \
                             '[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true,\"ExcludeManagementEventSources\":[]}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Partial(SHOWS)),
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("LOG-12", Partial(SHOWS)),
        ccm41("CEK-21", Supporting),
    ],
    test: Test {
        reads: &[
            AuditTrail::MULTI_REGION,
            AuditTrail::RECORDING,
            AuditTrail::MANAGEMENT_READS,
            AuditTrail::MANAGEMENT_WRITES,
            AuditTrail::EXCLUDED_SOURCES,
            EventStore::MULTI_REGION,
            EventStore::RECORDING,
            EventStore::MANAGEMENT_READS,
            EventStore::MANAGEMENT_WRITES,
        ],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.audit_trails.items.push(excluding(&["rdsdata.amazonaws.com"])),
            fail: |scope| scope.audit_trails.items.push(excluding(&[KMS])),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let included = |trail: &AuditTrail| {
        trail.excluded_sources.map(|all| !all.iter().any(|one| one.eq_ignore_ascii_case(KMS)))
    };
    if *trail::together(context.scope, included).known()? {
        return pass();
    }
    let mut trails = context.scope.audit_trails.items.iter();
    let found = if trails.any(|trail| included(trail) == Known(false)) {
        "a trail excludes AWS KMS events, and no other trail or event data store records them"
    } else {
        "no multi-region trail or event data store records both read and write events"
    };
    fail(AuditTrail::EXCLUDED_SOURCES, found, "recording of every call to KMS in every region")
}

fn excluding(sources: &[&str]) -> AuditTrail {
    let sources = sources.iter().map(|&source| source.to_owned()).collect();
    trail::trail().excluded_sources(Known(sources))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(trails: Vec<AuditTrail>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.audit_trails.items.extend(trails)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(vec![trail::trail()]));
        assert_passes(&CONTROL, with(vec![excluding(&["rdsdata.amazonaws.com"])]));
        assert_passes(&CONTROL, with(vec![excluding(&[KMS]), trail::trail()]));
        assert_passes(&CONTROL, |scope| {
            with(vec![excluding(&[KMS])])(scope);
            scope.event_stores.items.push(trail::store());
        });
        assert_fails(&CONTROL, with(vec![]));
        assert_fails(&CONTROL, with(vec![excluding(&["KMS.amazonaws.com"])]));
        assert_fails(&CONTROL, with(vec![trail::trail().multi_region(Known(false))]));
        // Decrypt is a read event.
        assert_fails(&CONTROL, with(vec![trail::trail().management_reads(Known(false))]));
        assert_unknown(&CONTROL, with(vec![trail::trail().excluded_sources(denied())]));
        assert_unknown(&CONTROL, |scope| scope.audit_trails.gaps.push(DENIED));
    }

    #[test]
    fn trails_complement_each_other() {
        let reads = trail::trail().management_writes(Known(false));
        let writes = trail::trail().management_reads(Known(false));
        assert_passes(&CONTROL, with(vec![reads.clone(), writes]));
        let excluded = excluding(&[KMS]).management_reads(Known(false));
        assert_fails(&CONTROL, with(vec![reads, excluded]));
    }
}
