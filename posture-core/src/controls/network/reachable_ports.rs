//! `network.reachable-ports`

use crate::checks::opening;
use crate::prelude::*;

const PERMITTED: Names = Names {
    name: "permitted",
    doc: "the ports that the internet may reach, of TCP where no protocol is named: `443`, `8000-8100`, `udp 53`; ICMP is always permitted",
    default: &["80", "443"],
};

/// See the [module](self).
///
/// Counter-test: which ports are meant for the internet differs from one organization to the next. The default names the web only,
/// so that a failure is certain only where the parameter is set.
pub(crate) static CONTROL: Control = Control {
    id: "network.reachable-ports",
    life: since("0.1.0"),
    title: "The internet reaches permitted ports only",
    finding: "The internet reaches a port that is not permitted",
    keywords: &[
        "open port",
        "security group",
        "network ACL",
        "internet gateway",
        "public IP",
        "EC2",
        "exposed",
        "database port",
        "NSG",
        "network security group",
        "load balancer",
    ],
    severity: High,
    rationale: "Each port that answers the internet is a program that anyone can probe. Those that \
                nobody meant to publish are rarely patched or watched.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Remove the rule of the security group that allows the port from everywhere, or \
                       add the port to the parameter `permitted` if it serves the internet.",
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
                       known addresses. If the port serves the internet, add it to the parameter \
                       `permitted`. The command shows the group.",
                console: "Network security groups → the group → Settings → Inbound security rules",
                command: Inspect("az network nsg show --ids <nsg-id>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: opening::of_interface!(
        PERMITTED,
        opening::opens_only,
        passes: "tcp 443",
        fails: "tcp 8080",
    ),
};
