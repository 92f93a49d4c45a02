//! `network.vpn-logs`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.vpn-logs",
    life: since("0.1.0"),
    title: "VPN connections are logged",
    finding: "VPN connection is not logged",
    keywords: &["Site-to-Site VPN", "Client VPN", "connection log", "tunnel log"],
    severity: Medium,
    rationale: "Without a log no one sees who connected to the network, or why a tunnel failed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Enable the log of both tunnels, or the connection log of the Client VPN \
                   endpoint.",
            console: "VPC → Site-to-Site VPN connections → the connection → Modify VPN tunnel \
                      options; VPC → Client VPN endpoints → the endpoint → Modify",
            command: Change(
                "aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id <endpoint> \
                             --connection-log-options Enabled=true,CloudwatchLogGroup=<group>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-logs.html",
        "https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-with-connection-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        ccm41("LOG-09", Supporting),
        // Each is about one kind of VPN, and a failure may be of the other.
        fsbp("EC2.51", Supporting),
        fsbp("EC2.171", Supporting),
    ],
    test: lists::names_none!(VpnConnection.unlogged, "198.51.100.1", "not logged: ", "logged"),
};
