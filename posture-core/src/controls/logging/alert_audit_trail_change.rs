//! `logging.alert-audit-trail-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.alert-audit-trail-change",
    life: since("0.1.0"),
    title: "CloudTrail configuration changes raise an alert",
    finding: "No working CloudWatch alarm on CloudTrail changes",
    keywords: &["CloudTrail", "StopLogging", "CloudWatch", "metric filter", "alarm", "SNS"],
    severity: High,
    rationale: "An attacker who stops the recording leaves no trace of later actions.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name audit-trail-change --filter-pattern '{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Partial),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("LOG-14", Partial),
        ccm41("LOG-10", Supporting),
        cis_aws7("5.5", Full),
    ],
    test: Test {
        reads: alert::READS,
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.alerts.items.push(alert::working(EventClass::AuditTrailChange)),
            fail: |scope| {
                scope
                    .alerts
                    .items
                    .push(alert::working(EventClass::AuditTrailChange).notifies(Known(false)))
            },
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> Judged {
    alert::raised(context, EventClass::AuditTrailChange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_this_class_counts_and_of_another_does_not() {
        for class in EventClass::ALL {
            let alert = alert::working(*class);
            let fill = |scope: &mut Scope| scope.alerts.items.push(alert);
            if *class == EventClass::AuditTrailChange {
                assert_passes(&CONTROL, fill);
            } else {
                assert_fails(&CONTROL, fill);
            }
        }
    }
}
