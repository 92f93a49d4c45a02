//! `logging.alert-unauthorized-calls`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-unauthorized-calls",
    life: since("0.1.0"),
    title: "Unauthorized API calls raise an alert",
    finding: "No working CloudWatch alarm on unauthorized API calls",
    keywords: &[
        "AccessDenied",
        "UnauthorizedOperation",
        "API calls",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "A series of denied calls is a sign that an attacker is probing for permissions.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name unauthorized-calls --filter-pattern '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.1", Full),
    ],
    test: alert::raised_at!(UnauthorizedCalls),
};
