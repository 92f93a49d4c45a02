//! `logging.audit-trail-coverage`

use crate::checks::shows;
use crate::checks::trail;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "some management events are in no trail and in no export, so that the provider \
                     deletes them after 90 days";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-coverage",
    life: since("0.1.0"),
    title: "Every management event of the account is recorded",
    finding: "Some management events are not recorded",
    keywords: &[
        "CloudTrail",
        "trail",
        "multi-region trail",
        "management events",
        "CloudTrail Lake",
        "activity log",
        "Azure Monitor",
        "diagnostic setting",
    ],
    severity: High,
    rationale: "An event that is not recorded cannot be detected, or investigated after an \
                incident.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Create one multi-region trail that records read and write management \
                       events without exclusions, preferably for the whole organization.",
                console: "CloudTrail → Trails → Create trail",
                command: Change(
                    "aws cloudtrail create-trail --name <trail> --s3-bucket-name \
                                 <bucket> --is-multi-region-trail && aws cloudtrail \
                                 start-logging --name <trail>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Export at least the categories Administrative, Alert, Policy and Security \
                       of the activity log to a Log Analytics workspace, a storage account or an \
                       event hub.",
                console: "Monitor → Activity log → Export Activity Logs → Add diagnostic setting",
                command: Change(
                    "az monitor diagnostic-settings subscription create --name \
                                 <name> --location <region> --workspace <workspace-id> --logs \
                                 '[{category:Administrative,enabled:true},{category:Alert,enabled:true},{category:Policy,enabled:true},{category:Security,enabled:true}]'",
                ),
            },
        ),
    ],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/diagnostic-settings",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-a-trail.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Partial(SHOWS)),
        csf20("DE.CM-03", Partial(SHOWS)),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-07", Partial(SHOWS)),
        ccm41("LOG-09", Partial(SHOWS)),
        ccm41("IAM-06", Supporting),
        // It asks for a trail as well, and accepts one that leaves out sources.
        cis_aws7("4.1", Full).by(Check::Account(by_multi_region_trail)),
        // It asks for a trail; an event data store does not meet it.
        fsbp("CloudTrail.1", Full).by(Check::Account(by_trail)),
        // It asks for all categories in one setting.
        cis_azure6("6.1.1.2", Partial(shows::STEP)),
        mcsb1("LT-3", Partial(SHOWS)),
        mcsb1("LT-5", Supporting),
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
            pass: |scope| scope.audit_trails.items.push(trail::trail()),
            fail: |scope| scope.audit_trails.items.push(trail::trail().recording(Known(false))),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    if *trail::together(context.scope, |trail| !trail.excluded_sources.any()).known()? {
        return pass();
    }
    let (fact, found) = nearest(&context.scope.audit_trails);
    fail(fact, found, "recording of every management event in every region")
}

/// By a trail that leaves out nothing.
fn by_trail(_: &Account, context: &Context<'_>) -> CheckResult {
    some_trail(context, trail::records_everything)
}

/// By a trail of every region, whichever sources it leaves out.
fn by_multi_region_trail(_: &Account, context: &Context<'_>) -> CheckResult {
    some_trail(context, |trail| trail::records_reads(trail) & trail::records_writes(trail))
}

fn some_trail(context: &Context<'_>, good: impl Fn(&AuditTrail) -> Fact<bool>) -> CheckResult {
    let trails = &context.scope.audit_trails;
    if *trails.any(good).known()? {
        return pass();
    }
    let (fact, found) = nearest(trails);
    fail(fact, found, "a multi-region trail that is recording")
}

/// What the first trail lacks, or that there is none.
fn nearest(trails: &Listing<AuditTrail>) -> (FactId, String) {
    let Some(trail) = trails.items.first() else {
        return (
            AuditTrail::MULTI_REGION,
            "no trail and no event data store records every event".to_owned(),
        );
    };
    let lacks = [
        (AuditTrail::MULTI_REGION, trail.multi_region.clone(), "records only one region"),
        (AuditTrail::RECORDING, trail.recording.clone(), "is not recording"),
        (
            AuditTrail::MANAGEMENT_READS,
            trail.management_reads.clone(),
            "does not record read events",
        ),
        (
            AuditTrail::MANAGEMENT_WRITES,
            trail.management_writes.clone(),
            "does not record write events",
        ),
        (AuditTrail::EXCLUDED_SOURCES, !trail.excluded_sources.any(), "excludes event sources"),
    ];
    let lack = lacks.into_iter().find(|(_, good, _)| *good == Known(false));
    let (fact, what) = lack
        .map_or((AuditTrail::RECORDING, "does not record everything"), |(fact, _, what)| {
            (fact, what)
        });
    let rest = "together, the trails and event data stores do not record every event";
    (fact, format!("`{}` {what}; {rest}", trail.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(trails: Vec<AuditTrail>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.audit_trails = Listing::complete(trails)
    }

    #[test]
    fn a_single_trail_must_record_everything() {
        let good = trail::trail;
        assert_passes(&CONTROL, with(vec![good()]));
        assert_passes(&CONTROL, with(vec![good().recording(Known(false)), good()]));
        assert_fails(&CONTROL, with(vec![]));
        assert_fails(&CONTROL, with(vec![good().multi_region(Known(false))]));
        assert_fails(&CONTROL, with(vec![good().recording(Known(false))]));
        assert_fails(&CONTROL, with(vec![good().management_reads(Known(false))]));
        assert_fails(&CONTROL, with(vec![good().management_writes(Known(false))]));
        let filtered = good().excluded_sources(Known(vec!["kms.amazonaws.com".to_owned()]));
        assert_fails(&CONTROL, with(vec![filtered]));
    }

    #[test]
    fn trails_and_stores_that_complement_each_other_record_everything() {
        let reads = || trail::trail().management_writes(Known(false));
        let writes = || trail::trail().management_reads(Known(false));
        assert_passes(&CONTROL, with(vec![reads(), writes()]));
        assert_fails(&CONTROL, with(vec![reads(), reads()]));
        assert_fails(&CONTROL, with(vec![reads(), writes().recording(Known(false))]));
        assert_fails(&CONTROL, with(vec![reads(), writes().multi_region(Known(false))]));
        assert_unknown(&CONTROL, with(vec![reads(), writes().recording(denied())]));
        let store = || trail::store().management_reads(Known(false));
        let and = |store: EventStore| {
            move |scope: &mut Scope| {
                scope.audit_trails.items.push(reads());
                scope.event_stores.items.push(store);
            }
        };
        assert_passes(&CONTROL, and(store()));
        assert_fails(&CONTROL, and(store().management_writes(Known(false))));
        // The benchmarks ask for one trail with both.
        for row in ["cis-aws-7.0:4.1", "aws-fsbp:CloudTrail.1"] {
            let judged = row_of(&CONTROL, row, with(vec![reads(), writes()]));
            assert!(matches!(judged[..], [Ok(Verdict::Fail(_))]), "{row}");
        }
    }

    #[test]
    fn an_event_store_is_a_second_way_to_record() {
        assert_passes(&CONTROL, |scope| scope.event_stores.items.push(trail::store()));
        assert_fails(&CONTROL, |scope| {
            scope.event_stores.items.push(trail::store().recording(Known(false)));
        });
    }

    #[test]
    fn the_benchmarks_ask_for_a_trail() {
        let store = |scope: &mut Scope| scope.event_stores.items.push(trail::store());
        for row in ["cis-aws-7.0:4.1", "aws-fsbp:CloudTrail.1"] {
            assert_eq!(row_of(&CONTROL, row, with(vec![trail::trail()])), [Ok(Verdict::Pass)]);
            assert!(matches!(row_of(&CONTROL, row, store)[..], [Ok(Verdict::Fail(_))]), "{row}");
        }
        let filtered = trail::trail().excluded_sources(Known(vec!["kms.amazonaws.com".to_owned()]));
        let cis = row_of(&CONTROL, "cis-aws-7.0:4.1", with(vec![filtered.clone()]));
        assert_eq!(cis, [Ok(Verdict::Pass)]);
        let fsbp = row_of(&CONTROL, "aws-fsbp:CloudTrail.1", with(vec![filtered]));
        assert!(matches!(fsbp[..], [Ok(Verdict::Fail(_))]));
    }

    #[test]
    fn a_gap_is_unknown_unless_another_trail_settles_it() {
        assert_unknown(&CONTROL, with(vec![trail::trail().recording(denied())]));
        assert_passes(&CONTROL, with(vec![trail::trail().recording(denied()), trail::trail()]));
        assert_unknown(&CONTROL, |scope| {
            scope.audit_trails = Listing { items: vec![], gaps: vec![DENIED] };
        });
        // The trail that fails certainly leaves the one that may be among those that could not be listed.
        assert_unknown(&CONTROL, |scope| {
            scope.audit_trails =
                Listing { items: vec![trail::trail().recording(Known(false))], gaps: vec![DENIED] };
        });
    }

    #[test]
    fn the_evidence_names_what_the_first_trail_lacks() {
        let found = |trails: Vec<AuditTrail>| {
            let judged = judged(&CONTROL, &world(with(trails)));
            let [Ok(Verdict::Fail(evidence))] = judged.as_slice() else { panic!("{judged:?}") };
            (evidence[0].fact, evidence[0].found.to_string())
        };
        let rest = "together, the trails and event data stores do not record every event";
        let good = trail::trail;
        let sources = Known(vec!["kms.amazonaws.com".to_owned()]);
        for (trail, fact, lack) in [
            (good().multi_region(Known(false)), "multi_region", "records only one region"),
            (good().recording(Known(false)), "recording", "is not recording"),
            (
                good().management_reads(Known(false)),
                "management_reads",
                "does not record read events",
            ),
            (
                good().management_writes(Known(false)),
                "management_writes",
                "does not record write events",
            ),
            (good().excluded_sources(sources), "excluded_sources", "excludes event sources"),
            // What could not be read is not what it lacks.
            (
                good().multi_region(denied()).recording(Known(false)),
                "recording",
                "is not recording",
            ),
        ] {
            let name = trail.name.clone();
            let expected = format!("`{name}` {lack}; {rest}");
            assert_eq!(found(vec![trail]), (fact, expected));
        }
        let none = "no trail and no event data store records every event".to_owned();
        assert_eq!(found(vec![]), ("multi_region", none));
    }
}
