//! `network.vpn-logs`

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
    test: Test {
        reads: &[VpnConnection::UNLOGGED],
        params: &[],
        check: Check::VpnConnection(check),
        examples: Examples {
            pass: |scope| scope.vpn_connections.items.push(example(&[])),
            fail: |scope| scope.vpn_connections.items.push(example(&["198.51.100.1"])),
        },
    },
};

fn check(vpn: &VpnConnection, _: &Context<'_>) -> CheckResult {
    let unlogged: Vec<&str> = vpn.unlogged.known()?.iter().map(String::as_str).collect();
    if unlogged.is_empty() {
        return pass();
    }
    fail(VpnConnection::UNLOGGED, format!("not logged: {}", unlogged.join(", ")), "logged")
}

fn example(unlogged: &[&str]) -> VpnConnection {
    let id = "arn:aws:ec2:us-east-1:123456789012:vpn-connection/vpn-1";
    let unlogged = unlogged.iter().map(|&tunnel| tunnel.to_owned()).collect();
    VpnConnection::unread(id, "vpn-1", Some("us-east-1")).unlogged(Known(unlogged))
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
        assert_unknown(&CONTROL, with(example(&[]).unlogged(denied())));
    }
}
