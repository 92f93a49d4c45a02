//! `edge.cross-zone`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "edge.cross-zone",
    life: since("0.1.0"),
    title: "Classic Load Balancers spread requests over all zones",
    finding: "Load balancer sends to targets of one zone only",
    keywords: &[
        "CLB",
        "Classic Load Balancer",
        "ELB",
        "cross-zone load balancing",
        "Availability Zone",
    ],
    severity: Low,
    rationale: "A node that sends to its own zone only overloads the few instances there, or answers with errors when they fail.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on cross-zone load balancing.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elb modify-load-balancer-attributes --load-balancer-name <balancer-name> --load-balancer-attributes CrossZoneLoadBalancing={Enabled=true}",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-disable-crosszone-lb.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[csf20("PR.IR-03", Supporting), ccm41("BCR-11", Supporting), fsbp("ELB.9", Full)],
    test: balancer::on!(
        crosses_zones,
        "off",
        "on",
        "target groups decide this for other load balancers"
    ),
};
