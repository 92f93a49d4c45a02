//! `network.bastion`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a Bastion host in another subscription reaches the machines of peered networks, and other products do the
/// same. So the control decides only the row that asks whether there is one.
pub(crate) static CONTROL: Control = Control {
    id: "network.bastion",
    life: since("0.1.0"),
    title: "Subscription has an Azure Bastion host",
    finding: "Subscription has no working Azure Bastion host",
    keywords: &["Azure Bastion", "bastion host", "RDP", "SSH", "jump server"],
    severity: Low,
    rationale: "Without a bastion host, administrators need machines with public IP addresses \
                and open RDP or SSH ports, which attackers find within minutes.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Bastion host in the virtual network, and remove the public IP \
                   addresses of the machines. Where the host of a peered network serves this \
                   subscription, add an exception. The command lists the hosts of the \
                   subscription.",
            console: "Bastions → Create",
            command: Inspect("az resource list --resource-type Microsoft.Network/bastionHosts"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/bastion/bastion-overview",
        "https://learn.microsoft.com/en-us/azure/bastion/vnet-peering",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Supporting),
        cis_azure6("8.4.1", Full),
        mcsb1("NS-1", Supporting),
    ],
    test: lists::names_some!(Account.bastions, "bastion", "none", "at least one working host"),
};
