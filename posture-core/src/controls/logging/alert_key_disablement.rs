//! `logging.alert-key-disablement`

use crate::checks::alert;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "neither an alarm nor a declared tool reports that a key was disabled or will \
                     be deleted";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-key-disablement",
    life: since("0.1.0"),
    title: "Disabling or deleting a KMS key raises an alert",
    finding: "No working CloudWatch alarm on disabled or deleted KMS keys",
    keywords: &[
        "KMS",
        "DisableKey",
        "ScheduleKeyDeletion",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "Data is lost together with the key that encrypts it. During a waiting period, \
                the key can still be saved.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name key-disablement --filter-pattern '{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-11", Partial(SHOWS)).or_tool(Purpose::Alerts),
        ccm41("CEK-16", Supporting),
        cis_aws7("5.7", Full),
    ],
    test: alert::raised_at!(KeyDisablement),
};
