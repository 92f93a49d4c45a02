//! `network.firewall-deletion-protection`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: permissions may keep everyone from deleting it. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall-deletion-protection",
    life: since("0.1.0"),
    title: "Network Firewall is protected against deletion",
    finding: "Network Firewall can be deleted without a second step",
    keywords: &["AWS Network Firewall", "firewall", "deletion protection"],
    severity: Low,
    rationale: "A script or an attacker with permission to delete the firewall removes the filter of whole \
                networks in one call. With the protection it takes two.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on the deletion protection of the firewall.",
            console: "VPC → Network Firewall → Firewalls → the firewall → Firewall details → Edit",
            command: Change(
                "aws network-firewall update-firewall-delete-protection --firewall-arn <firewall> \
                 --delete-protection",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateFirewallDeleteProtection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/networkfirewall-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("CCC-04", Supporting),
        fsbp("NetworkFirewall.9", Full),
    ],
    test: is_true!(Firewall.deletion_protected, "off", "on"),
};
