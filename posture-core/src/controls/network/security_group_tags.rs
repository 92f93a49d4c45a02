//! `network.security-group-tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.security-group-tags",
    life: since("0.1.0"),
    title: "Security groups have the required tags",
    finding: "Security group lacks a required tag",
    keywords: &["security group", "NSG", "network security group", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive what it \
                protects is.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the security group.",
                console: "VPC → Security groups → the group → Tags",
                command: Change(
                    "aws ec2 create-tags --resources <group> --tags Key=<tag>,Value=<value>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the network security group. The command shows its tags.",
                console: "Network security groups → the group → Tags",
                command: Inspect("az resource show --ids <nsg-id> --query tags"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(SecurityGroup),
};
