//! `network.reachable-admin-ports`

use crate::checks::opening;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "anyone on the internet can connect to a port of administration; what is meant for everyone is declared by \
                     an exception";

/// See the [module](self).
///
/// Counter-test: where one fails, anyone on the internet reaches a port of administration, which no requirement of least access
/// allows. Who passes may still be reached along paths that are not read: accelerators, edge locations, peered networks.
pub(crate) static CONTROL: Control = Control {
    id: "network.reachable-admin-ports",
    life: since("0.1.0"),
    title: "The internet does not reach administration ports",
    finding: "The internet reaches an administration port",
    keywords: &[
        "SSH",
        "RDP",
        "WinRM",
        "port 22",
        "port 3389",
        "security group",
        "network ACL",
        "internet gateway",
        "public IP",
        "EC2",
        "exposed",
        "NSG",
        "network security group",
        "load balancer",
        "Azure Bastion",
    ],
    severity: Critical,
    rationale: "Ports of administration are scanned within minutes. A stolen key, a weak password \
                or one flaw in the service gives an attacker the machine.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove the rule of the security group that allows the port from everywhere, \
                       and connect through Session Manager or EC2 Instance Connect Endpoint.",
                console: "EC2 → Security Groups → the group → Edit inbound rules",
                command: Change(
                    "aws ec2 revoke-security-group-ingress --group-id <group> --protocol tcp --port \
                                 <port> --cidr <cidr>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Remove the rule of the network security group that the path names, or limit its source to \
                       known addresses. Administer the machine through Azure Bastion, a VPN or \
                       just-in-time access. The command shows the group.",
                console: "Network security groups → the group → Settings → Inbound security rules",
                command: Inspect("az network nsg show --ids <nsg-id>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
        "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-addresses",
    ],
    satisfies: &[
        csf20("PR.IR-01", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Partial(SHOWS)),
        ccm41("I&S-06", Supporting),
        mcsb1("NS-1", Partial(SHOWS)),
    ],
    test: opening::of_interface!(
        opening::ADMIN,
        opening::keeps_closed,
        passes: "tcp 443",
        fails: "tcp 22",
    ),
};
