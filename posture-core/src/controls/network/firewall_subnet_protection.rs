//! `network.firewall-subnet-protection`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: permissions may keep everyone from changing them. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-subnet-protection",
    life: since("0.1.0"),
    title: "The subnets of Network Firewall are protected",
    finding: "Subnets of Network Firewall can be changed",
    keywords: &["AWS Network Firewall", "firewall", "subnet change protection"],
    severity: Low,
    rationale: "Traffic of a zone passes around the firewall when its endpoint there is removed. With the \
                protection it takes a second step.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on the subnet change protection of the firewall.",
            console: "VPC → Network Firewall → Firewalls → the firewall → Firewall details → Edit",
            command: Change(
                "aws network-firewall update-subnet-change-protection --firewall-arn <firewall> \
                 --subnet-change-protection",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateSubnetChangeProtection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("CCC-04", Supporting),
        fsbp("NetworkFirewall.10", Full),
    ],
    test: is_true!(Firewall.subnets_protected, "off", "on"),
};
