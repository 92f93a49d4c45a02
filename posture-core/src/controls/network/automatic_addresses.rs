//! `network.automatic-addresses`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a machine with a public address may be filtered, so that requirements of outcome are only supported.
pub(crate) static CONTROL: Control = Control {
    id: "network.automatic-addresses",
    life: since("0.1.0"),
    title: "Subnets do not assign public IP addresses automatically",
    finding: "Subnet assigns public IP addresses automatically",
    keywords: &["subnet", "public IP", "MapPublicIpOnLaunch", "VPC", "auto-assign"],
    severity: Medium,
    rationale: "A machine that is started in such a subnet is on the internet before anyone decided \
                that it should be.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn off the automatic assignment of public addresses, and give an Elastic IP \
                   address to what needs one.",
            console: "VPC → Subnets → the subnet → Actions → Edit subnet settings",
            command: Change(
                "aws ec2 modify-subnet-attribute --subnet-id <subnet> \
                             --no-map-public-ip-on-launch",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-public-ip.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("DSP-07", Supporting),
        fsbp("EC2.15", Full),
    ],
    test: is_false!(Subnet.automatic_addresses, "on", "off"),
};
