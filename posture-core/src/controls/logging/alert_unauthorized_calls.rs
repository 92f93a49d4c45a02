//! `logging.alert-unauthorized-calls`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-unauthorized-calls",
    life: since("0.1.0"),
    title: "Refused calls raise an alert",
    severity: Medium,
    rationale: "Many refused calls in a row are what probing for rights looks like.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name unauthorized-calls --filter-pattern '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Partial),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("LOG-05", Supporting),
        cis_aws7("5.1", Full),
    ],
    test: alert::raised_at!(UnauthorizedCalls),
};
