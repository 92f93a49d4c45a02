//! `network.subnet-groups`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a subnet without a group may hold interfaces that each have one, so that the control fails although the
/// network is divided. It therefore decides only the row that asks for groups of subnets.
pub(crate) static CONTROL: Control = Control {
    id: "network.subnet-groups",
    life: since("0.1.0"),
    title: "Every subnet has a network security group",
    finding: "Not all subnets have a network security group",
    keywords: &["NSG", "network security group", "subnet", "virtual network"],
    severity: Medium,
    rationale: "Without a network security group on the subnet, each new network interface is \
                filtered only if someone remembers to attach a group to it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Attach a network security group to each of the subnets. The command lists \
                   the subnets with their groups.",
            console: "Virtual networks → the network → Settings → Subnets → the subnet → Network \
                      security group",
            command: Inspect(
                "az network vnet show --ids <network-id> --query \"subnets[].{name: name, group: \
                 networkSecurityGroup.id}\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview",
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        cis_azure6("7.11", Full),
        mcsb1("NS-1", Supporting),
    ],
    test: lists::names_none!(
        Network.unfiltered_subnets,
        "front",
        "no group: ",
        "a network security group on each subnet",
    ),
};
