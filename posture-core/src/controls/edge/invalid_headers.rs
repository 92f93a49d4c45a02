//! `edge.invalid-headers`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the targets may refuse such requests themselves. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.invalid-headers",
    life: since("0.1.0"),
    title: "Application Load Balancers drop invalid header fields",
    finding: "Load balancer forwards invalid header fields",
    keywords: &[
        "ALB",
        "Application Load Balancer",
        "drop invalid header fields",
        "request smuggling",
        "HTTP header",
    ],
    severity: Medium,
    rationale: "Servers read invalid header fields differently. An attacker uses the difference to smuggle a request past checks.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on the dropping of invalid header fields.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elbv2 modify-load-balancer-attributes --load-balancer-arn <balancer> --attributes Key=routing.http.drop_invalid_header_fields.enabled,Value=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("AIS-08", Supporting),
        ccm41("I&S-09", Supporting),
        fsbp("ELB.4", Full),
    ],
    test: balancer::on!(
        drops_invalid_headers,
        "forwarded",
        "dropped",
        "only an Application Load Balancer has this setting"
    ),
};
