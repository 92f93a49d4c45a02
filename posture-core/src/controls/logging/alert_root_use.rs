//! `logging.alert-root-use`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-root-use",
    life: since("0.1.0"),
    title: "Use of the root user raises an alert",
    finding: "No working CloudWatch alarm on root user activity",
    keywords: &["root user", "CloudTrail", "CloudWatch", "metric filter", "alarm", "SNS"],
    severity: High,
    rationale: "The root user can do everything and is rarely needed, so each use should be \
                reviewed.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name root-use --filter-pattern '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.3", Full),
    ],
    test: alert::raised_at!(RootUse),
};
