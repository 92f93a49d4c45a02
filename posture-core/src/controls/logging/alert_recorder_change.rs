//! `logging.alert-recorder-change`

use crate::checks::alert;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "neither an alarm nor a declared tool reports that the recorder was stopped";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-recorder-change",
    life: since("0.1.0"),
    title: "AWS Config changes raise an alert",
    finding: "No working CloudWatch alarm on AWS Config changes",
    keywords: &[
        "AWS Config",
        "configuration recorder",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "An attacker who stops the recording of configuration hides later changes.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name recorder-change --filter-pattern '{ ($.eventSource = config.amazonaws.com) && (($.eventName = StopConfigurationRecorder) || ($.eventName = DeleteDeliveryChannel) || ($.eventName = PutDeliveryChannel) || ($.eventName = PutConfigurationRecorder)) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-14", Partial(SHOWS)).or_tool(Purpose::Alerts),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.9", Full),
    ],
    test: alert::raised_at!(RecorderChange),
};
