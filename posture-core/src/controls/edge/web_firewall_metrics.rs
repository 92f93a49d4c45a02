//! `edge.web-firewall-metrics`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: logs may show the same. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.web-firewall-metrics",
    life: since("0.1.0"),
    title: "Rule groups of AWS WAF send metrics",
    finding: "Rule group of AWS WAF sends no metrics",
    keywords: &["AWS WAF", "rule group", "CloudWatch metrics", "VisibilityConfig"],
    severity: Low,
    rationale: "Without metrics no alarm shows that an attack begins, or that a rule blocks customers.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on the CloudWatch metrics of the rule group. The command shows it.",
            console: "WAF & Shield → Rule groups → the rule group → Edit",
            command: Inspect("aws wafv2 get-rule-group --arn <web-rule-group>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_VisibilityConfig.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/wafv2-rulegroup-logging-enabled.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html",
    ],
    satisfies: &[csf20("DE.CM-01", Supporting), ccm41("LOG-09", Supporting), fsbp("WAF.12", Full)],
    test: is_true!(WebRuleGroup.measured, "off", "on"),
};
