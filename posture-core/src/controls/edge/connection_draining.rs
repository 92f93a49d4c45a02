//! `edge.connection-draining`

use crate::checks::balancer;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "edge.connection-draining",
    life: since("0.1.0"),
    title: "Classic Load Balancers drain connections",
    finding: "Load balancer does not drain connections",
    keywords: &["CLB", "Classic Load Balancer", "ELB", "connection draining"],
    severity: Low,
    rationale: "Without it, each request in progress fails when an instance is replaced or becomes unhealthy.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on connection draining.",
            console: "EC2 → Load Balancers → the load balancer → Attributes → Edit",
            command: Change(
                "aws elb modify-load-balancer-attributes --load-balancer-name <balancer-name> --load-balancer-attributes ConnectionDraining={Enabled=true,Timeout=300}",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html",
    ],
    satisfies: &[csf20("PR.IR-03", Supporting), ccm41("BCR-11", Supporting), fsbp("ELB.7", Full)],
    test: balancer::on!(
        drains_connections,
        "off",
        "on",
        "only a Classic Load Balancer has this setting"
    ),
};
