//! `network.subnet-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.subnet-tags",
    life: since("0.1.0"),
    title: "Subnets have the required tags",
    finding: "Subnet lacks a required tag",
    keywords: &["VPC", "subnet", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the traffic is.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add the missing tags to the subnet.",
            console: "VPC → Subnets → the subnet → Tags",
            command: Change(
                "aws ec2 create-tags --resources <subnet> --tags Key=<tag>,Value=<value>",
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
    test: tags::required!(Subnet),
};
