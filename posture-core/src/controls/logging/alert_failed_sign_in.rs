//! `logging.alert-failed-sign-in`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-failed-sign-in",
    life: since("0.1.0"),
    title: "Failed console sign-ins raise an alert",
    finding: "No working CloudWatch alarm on failed console sign-ins",
    keywords: &[
        "ConsoleLogin",
        "console sign-in",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
        "brute force",
    ],
    severity: Low,
    rationale: "Repeated failed sign-ins are a sign of password guessing.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name failed-sign-in --filter-pattern '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.6", Full),
    ],
    test: alert::raised_at!(FailedSignIn),
};
