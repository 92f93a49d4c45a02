//! `edge.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "edge.tags",
    life: since("0.1.0"),
    title: "Load balancers have the required tags",
    finding: "Load balancer lacks a required tag",
    keywords: &["ELB", "ALB", "NLB", "load balancer", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive what is behind it is.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add the missing tags to the load balancer.",
            console: "EC2 → Load Balancers → the load balancer → Tags",
            command: Change(
                "aws elbv2 add-tags --resource-arns <balancer> --tags Key=<tag>,Value=<value>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
    ],
    test: tags::required!(LoadBalancer),
};
