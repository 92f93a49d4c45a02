//! `network.vpn-tunnels`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.vpn-tunnels",
    life: since("0.1.0"),
    title: "Both tunnels of each Site-to-Site VPN are up",
    finding: "VPN tunnel is down",
    keywords: &["Site-to-Site VPN", "tunnel", "VPN connection", "redundancy"],
    severity: Medium,
    rationale: "A connection with one tunnel ends when AWS maintains the endpoint of that tunnel.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Configure both tunnels on the customer gateway. The command shows their state.",
            console: "VPC → Site-to-Site VPN connections → the connection → Tunnel details",
            command: Inspect("aws ec2 describe-vpn-connections --vpn-connection-ids <connection>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html",
    ],
    satisfies: &[csf20("PR.IR-03", Supporting), ccm41("BCR-11", Supporting), fsbp("EC2.20", Full)],
    test: Test {
        reads: &[VpnConnection::FOR_CLIENTS, VpnConnection::TUNNELS_DOWN],
        params: &[],
        check: Check::VpnConnection(check),
        examples: Examples {
            pass: |scope| scope.vpn_connections.items.push(example(&[])),
            fail: |scope| scope.vpn_connections.items.push(example(&["198.51.100.1"])),
        },
    },
};

fn check(vpn: &VpnConnection, _: &Context<'_>) -> CheckResult {
    if *vpn.for_clients.known()? {
        return not_applicable("single clients connect to it");
    }
    let down = (VpnConnection::TUNNELS_DOWN, &vpn.tunnels_down);
    lists::none(down, "down: ", "both tunnels up")
}

fn example(down: &[&str]) -> VpnConnection {
    let id = "arn:aws:ec2:us-east-1:123456789012:vpn-connection/vpn-1";
    let down = down.iter().map(|&tunnel| tunnel.to_owned()).collect();
    VpnConnection::unread(id, "vpn-1", Some("us-east-1"))
        .for_clients(Known(false))
        .tunnels_down(Known(down))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(vpn: VpnConnection) -> impl FnOnce(&mut Scope) {
        move |scope| scope.vpn_connections.items.push(vpn)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["198.51.100.1"])));
        assert_unknown(&CONTROL, with(example(&[]).tunnels_down(denied())));
        assert_unknown(&CONTROL, with(example(&[]).for_clients(denied())));
        assert_not_applicable(&CONTROL, with(example(&[]).for_clients(Known(true))));
    }
}
