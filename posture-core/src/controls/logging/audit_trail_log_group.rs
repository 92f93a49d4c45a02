//! `logging.audit-trail-log-group`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-log-group",
    life: since("0.1.0"),
    title: "Trails deliver to CloudWatch Logs",
    finding: "Trail has no recent delivery to CloudWatch Logs",
    keywords: &["CloudTrail", "trail", "CloudWatch Logs", "log group"],
    severity: Low,
    rationale: "Log files that only go to a bucket are read after the fact. Alarms need a log \
                group.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Configure the trail to deliver to a CloudWatch Logs log group as well.",
            console: "CloudTrail → Trails → the trail → CloudWatch Logs → Edit",
            command: Change(
                "aws cloudtrail update-trail --name <trail> \
                             --cloud-watch-logs-log-group-arn <log-group-arn> \
                             --cloud-watch-logs-role-arn <role-arn>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.AE-03", Supporting),
        csf20("DE.CM-03", Supporting),
        ccm41("LOG-05", Supporting),
        ccm41("LOG-03", Supporting),
        // It asks for a log group, and not when anything was delivered to it.
        fsbp("CloudTrail.5", Full).by(Check::AuditTrail(has_log_group)),
    ],
    test: Test {
        reads: &[AuditTrail::LOG_GROUP, AuditTrail::LOG_GROUP_LAST_DELIVERY, AuditTrail::RECORDING],
        params: &[Param::Days(&MAX_AGE)],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| scope.audit_trails.items.push(delivering(0)),
            fail: |scope| scope.audit_trails.items.push(delivering(0).log_group(Known(None))),
        },
    },
};

static MAX_AGE: Days = Days {
    name: "max-age-days",
    doc: "The maximum number of days since the last delivery to the log group. More days fail; exactly this many pass.",
    default: 1,
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
    let Some(_) = trail.log_group.known()? else {
        return fail(AuditTrail::LOG_GROUP, "none", "a log group");
    };
    if !*trail.recording.known()? {
        return not_applicable("it is not recording");
    }
    let days = context.days(&MAX_AGE);
    match trail.log_group_last_delivery.known()? {
        None => fail(AuditTrail::LOG_GROUP_LAST_DELIVERY, "never", "a delivery"),
        Some(last) if context.past(*last)?.is_older_than_days(days, context.now()?) => fail(
            AuditTrail::LOG_GROUP_LAST_DELIVERY,
            last.minute(),
            format!("a delivery within the last {days} days"),
        ),
        Some(_) => pass(),
    }
}

/// Whether it has one, delivered to or not.
fn has_log_group(trail: &AuditTrail, _: &Context<'_>) -> CheckResult {
    match trail.log_group.known()? {
        Some(_) => pass(),
        None => fail(AuditTrail::LOG_GROUP, "none", "a log group"),
    }
}

fn delivering(days_ago: i64) -> AuditTrail {
    let last = Time::from_unix(EXAMPLE_TIME().unix() - days_ago * 86_400);
    let group = "arn:aws:logs:us-east-1:123456789012:log-group:trail:*".to_owned();
    trail::trail().log_group(Known(Some(group))).log_group_last_delivery(Known(Some(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(trail: AuditTrail) -> impl FnOnce(&mut Scope) {
        move |scope| scope.audit_trails.items.push(trail)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(delivering(1)));
        assert_fails(&CONTROL, with(delivering(2)));
        assert_fails(&CONTROL, with(delivering(0).log_group(Known(None))));
        assert_fails(&CONTROL, with(delivering(0).log_group_last_delivery(Known(None))));
        assert_not_applicable(&CONTROL, with(delivering(9).recording(Known(false))));
        assert_unknown(&CONTROL, with(delivering(0).log_group(denied())));
        assert_unknown(&CONTROL, with(delivering(0).log_group_last_delivery(denied())));
        assert_unknown(&CONTROL, with(delivering(0).recording(denied())));
        assert_unknown(&CONTROL, with(delivering(-1)));
    }

    #[test]
    fn security_hub_asks_for_a_log_group_alone() {
        let row = |trail: AuditTrail| row_of(&CONTROL, "aws-fsbp:CloudTrail.5", with(trail));
        assert_eq!(row(delivering(9)), [Ok(Verdict::Pass)]);
        assert_eq!(row(delivering(9).recording(Known(false))), [Ok(Verdict::Pass)]);
        let none = delivering(0).log_group(Known(None)).recording(Known(false));
        assert!(matches!(row(none)[..], [Ok(Verdict::Fail(_))]));
    }
}
