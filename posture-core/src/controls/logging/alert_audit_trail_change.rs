//! `logging.alert-audit-trail-change`

use crate::checks::alert;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "neither an alarm nor a declared tool reports that a trail was stopped";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-14", Partial(SHOWS)).or_tool(Purpose::Alerts),
        ccm41("LOG-10", Supporting),
        cis_aws7("5.5", Full),
    ],
    test: alert::raised_at!(AuditTrailChange),
};
