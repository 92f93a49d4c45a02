//! `logging.audit-trail-delivery`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-delivery",
    life: since("0.1.0"),
    title: "Trails deliver what they record",
    finding: "Trail delivery has failed or is overdue",
    keywords: &["CloudTrail", "trail", "S3", "log delivery", "delivery error"],
    severity: High,
    rationale: "A trail that cannot write to its bucket leaves no readable record.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Restore the trail's access to its bucket: fix the policy of the bucket or of \
                   the KMS key. The command shows the last delivery and its error.",
            console: "CloudTrail → Trails → the trail → General details",
            command: Inspect("aws cloudtrail get-trail-status --name <trail>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-14", Supporting),
        ccm41("LOG-09", Supporting),
    ],
    test: Test {
        reads: &[AuditTrail::RECORDING, AuditTrail::DELIVERY_ERROR, AuditTrail::LAST_DELIVERY],
        params: &[Param::Days(&MAX_AGE)],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| scope.audit_trails.items.push(delivering(0)),
            fail: |scope| {
                scope
                    .audit_trails
                    .items
                    .push(delivering(0).delivery_error(Known(Some("AccessDenied".to_owned()))))
            },
        },
    },
};

static MAX_AGE: Days = Days {
    name: "max-age-days",
    doc: "The maximum number of days since the last delivery of a trail that is recording. More days fail; exactly this many pass.",
    default: 1,
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
    if let Known(Some(error)) = &trail.delivery_error {
        return fail(AuditTrail::DELIVERY_ERROR, error.clone(), "no error at the last delivery");
    }
    if !*trail.recording.known()? {
        return not_applicable("it is not recording");
    }
    trail.delivery_error.known()?;
    let days = context.days(&MAX_AGE);
    match trail.last_delivery.known()? {
        None => fail(AuditTrail::LAST_DELIVERY, "never", "a delivery"),
        Some(last) if context.past(*last)?.is_older_than_days(days, context.now()?) => fail(
            AuditTrail::LAST_DELIVERY,
            last.minute(),
            format!("a delivery within the last {days} days"),
        ),
        Some(_) => pass(),
    }
}

fn delivering(days_ago: i64) -> AuditTrail {
    let last = Time::from_unix(EXAMPLE_TIME().unix() - days_ago * 86_400);
    trail::trail().delivery_error(Known(None)).last_delivery(Known(Some(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(trail: AuditTrail) -> impl FnOnce(&mut Scope) {
        move |scope| scope.audit_trails.items.push(trail)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(delivering(0)));
        assert_passes(&CONTROL, with(delivering(1)));
        assert_fails(&CONTROL, with(delivering(2)));
        assert_fails(&CONTROL, with(delivering(0).last_delivery(Known(None))));
        let error = Known(Some("NoSuchBucket".to_owned()));
        assert_fails(&CONTROL, with(delivering(0).delivery_error(error.clone())));
        assert_fails(&CONTROL, with(delivering(0).delivery_error(error).recording(denied())));
        assert_not_applicable(&CONTROL, with(delivering(9).recording(Known(false))));
        assert_unknown(&CONTROL, with(delivering(0).recording(denied())));
        assert_unknown(&CONTROL, with(delivering(-1)));
        assert_unknown(&CONTROL, with(delivering(0).delivery_error(denied())));
        assert_unknown(&CONTROL, with(delivering(0).last_delivery(denied())));
    }
}
