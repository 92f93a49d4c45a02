//! `edge.web-firewall`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an internal load balancer may need no firewall, and what is before a load balancer, such as CloudFront, may inspect
/// the same requests. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "edge.web-firewall",
    life: since("0.1.0"),
    title: "A web application firewall inspects requests to load balancers",
    finding: "Load balancer has no web application firewall",
    keywords: &["AWS WAF", "web ACL", "ALB", "Application Load Balancer", "OWASP", "bots"],
    severity: Medium,
    rationale: "Injection, known exploits and floods of requests reach the application unfiltered.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Associate a web ACL of AWS WAF with the load balancer, in count mode at first.",
            console: "EC2 → Load Balancers → the load balancer → Integrations → AWS WAF",
            command: Change(
                "aws wafv2 associate-web-acl --web-acl-arn <web-acl> --resource-arn <balancer>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/alb-waf-enabled.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("DE.CM-01", Supporting),
        ccm41("I&S-09", Supporting),
        ccm41("AIS-08", Supporting),
    ],
    test: balancer::on!(
        inspected,
        "no web ACL",
        "a web ACL",
        "AWS WAF protects Application Load Balancers only"
    ),
};
