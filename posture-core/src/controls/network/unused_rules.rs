//! `network.unused-rules`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a group may be prepared for what is still to come. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.unused-rules",
    life: since("0.1.0"),
    title: "Security groups that filter nothing are removed",
    finding: "Security group filters nothing",
    keywords: &["NSG", "network security group", "unattached", "unused"],
    severity: Low,
    rationale: "A group without subnets and network interfaces is reviewed with the others, and \
                a group that is too open may be attached later without another review.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the network security group. The command shows the group with its \
                   subnets and network interfaces.",
            console: "Network security groups → the group → Delete",
            command: Inspect("az network nsg show --ids <nsg-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/manage-network-security-group",
    ],
    satisfies: &[
        csf20("ID.AM-08", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("I&S-03", Supporting),
    ],
    test: is_true!(SecurityGroup.attached, "no subnet, no network interface", "in use, or deleted"),
};
