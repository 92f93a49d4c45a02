//! `edge.deletion-protection`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: permissions or guardrails may keep everyone from deleting it. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.deletion-protection",
    life: since("0.1.0"),
    title: "Load balancers have deletion protection",
    finding: "Load balancer has no deletion protection",
    keywords: &["ELB", "ALB", "NLB", "Gateway Load Balancer", "deletion protection"],
    severity: Low,
    rationale: "A deleted load balancer takes every service behind it offline, and its addresses do not come back.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on deletion protection.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elbv2 modify-load-balancer-attributes --load-balancer-arn <balancer> --attributes Key=deletion_protection.enabled,Value=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[csf20("PR.IR-03", Supporting), ccm41("CCC-04", Supporting), fsbp("ELB.6", Full)],
    test: balancer::on!(
        deletion_protected,
        "off",
        "on",
        "a Classic Load Balancer cannot be protected"
    ),
};
