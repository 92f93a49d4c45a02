//! `logging.alert-sign-in-without-mfa`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-sign-in-without-mfa",
    life: since("0.1.0"),
    title: "Console sign-ins without MFA raise an alert",
    finding: "No working CloudWatch alarm on console sign-ins without MFA",
    keywords: &[
        "ConsoleLogin",
        "console sign-in",
        "MFA",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "A sign-in with only a password can be the sign of a stolen password.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name sign-in-without-mfa --filter-pattern '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.2", Full),
    ],
    test: alert::raised_at!(SignInWithoutMfa),
};
