//! `edge.access-logs`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: what is before the load balancer, such as CloudFront or AWS WAF, may log the same requests. So the control decides
/// nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.access-logs",
    life: since("0.1.0"),
    title: "Load balancers write access logs",
    finding: "Load balancer writes no access log",
    keywords: &[
        "ELB",
        "load balancer",
        "ALB",
        "Application Load Balancer",
        "Classic Load Balancer",
        "access log",
        "S3",
    ],
    severity: Medium,
    rationale: "After an incident the access log shows who sent which request. Without it only the targets may know, and an attacker may control these.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on access logs, and name a bucket whose policy allows the service to write to it.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elbv2 modify-load-balancer-attributes --load-balancer-arn <balancer> --attributes Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=<bucket>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("DE.CM-01", Supporting),
        ccm41("LOG-09", Supporting),
        ccm41("LOG-07", Supporting),
        fsbp("ELB.5", Full),
    ],
    test: balancer::on!(
        logs_access,
        "off",
        "on",
        "a load balancer of this type has no log of every request"
    ),
};
