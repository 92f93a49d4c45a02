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
    test: Test {
        reads: &[NetworkInterface::OPEN_TO_ANYONE],
        params: &[Param::Names(&PERMITTED)],
        check: Check::NetworkInterface(check),
        examples: Examples {
            pass: |scope| scope.network_interfaces.items.push(example("tcp 443")),
            fail: |scope| scope.network_interfaces.items.push(example("tcp 8080")),
        },
    },
};

fn check(interface: &NetworkInterface, context: &Context<'_>) -> CheckResult {
    let ports = opening::ports(&context.names(&PERMITTED));
    opening::only_open(NetworkInterface::OPEN_TO_ANYONE, &interface.open_to_anyone, &ports)
}

fn example(service: &str) -> NetworkInterface {
    let id = "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1";
    NetworkInterface::unread(id, "eni-1", Some("us-east-1"))
        .open_to_anyone(Known(opening::open(service)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(found: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.network_interfaces.items.push(example("tcp 443").open_to_anyone(found));
        }
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_passes(&CONTROL, with(Known(opening::open("tcp 80"))));
        assert_fails(&CONTROL, with(Known(opening::open("tcp 80-81"))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
