//! `logging.audit-trail-insights`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-insights",
    life: since("0.1.0"),
    title: "CloudTrail Insights is on",
    finding: "CloudTrail Insights is off",
    keywords: &["CloudTrail", "CloudTrail Insights", "trail", "anomaly detection"],
    severity: Low,
    rationale: "An unusual burst of calls or errors is often the first sign of an attacker.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on CloudTrail Insights for the trail.",
            console: "CloudTrail → Trails → the trail → Insights events → Edit",
            command: Change(
                r#"aws cloudtrail put-insight-selectors --trail-name <trail> --insight-selectors '[{"InsightType": "ApiCallRateInsight"}]'"#,
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html",
    ],
    satisfies: &[
        csf20("DE.AE-02", Supporting),
        csf20("DE.CM-03", Supporting),
        ccm41("LOG-05", Supporting),
        ccm41("LOG-14", Supporting),
    ],
    test: is_true!(AuditTrail.insights, "off", "on"),
};
