//! `network.vpn`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: clients with certificates, or against a RADIUS server that asks the directory, are authenticated too. So the
/// control decides only the row that asks for Entra ID alone.
pub(crate) static CONTROL: Control = Control {
    id: "network.vpn",
    life: since("0.1.0"),
    title: "VPN clients sign in with Entra ID only",
    finding: "VPN clients can sign in without Entra ID",
    keywords: &[
        "VPN gateway",
        "point-to-site",
        "virtual network gateway",
        "Microsoft Entra ID",
        "RADIUS",
        "client certificate",
    ],
    severity: Medium,
    rationale: "Certificates and RADIUS passwords bypass Conditional Access and MFA. A stolen \
                certificate admits an attacker to the network until it is revoked by hand.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the authentication type of the point-to-site configuration to Azure \
                   Active Directory only. The command shows the configuration.",
            console: "Virtual network gateways → the gateway → Settings → Point-to-site \
                      configuration → Authentication type",
            command: Inspect("az resource show --ids <gateway-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/vpn-gateway/point-to-site-about",
        "https://learn.microsoft.com/en-us/azure/vpn-gateway/point-to-site-entra-gateway",
    ],
    satisfies: &[
        csf20("PR.AA-03", Supporting),
        ccm41("IAM-13", Supporting),
        cis_azure6("7.9", Full),
        mcsb1("NS-9", Supporting),
        mcsb1("IM-1", Supporting),
    ],
    test: Test {
        reads: &[VpnGateway::CLIENT_SIGN_IN],
        params: &[],
        check: Check::VpnGateway(check),
        examples: Examples {
            pass: |scope| scope.vpn_gateways.items.push(example(Some(&["AAD"]))),
            fail: |scope| scope.vpn_gateways.items.push(example(Some(&["AAD", "Certificate"]))),
        },
    },
};

fn check(gateway: &VpnGateway, _: &Context<'_>) -> CheckResult {
    let Some(types) = gateway.client_sign_in.known()? else {
        return not_applicable("single clients cannot connect to it");
    };
    if types.iter().all(|own| own.eq_ignore_ascii_case("AAD")) {
        return pass();
    }
    fail(VpnGateway::CLIENT_SIGN_IN, types.join(", "), "Entra ID (AAD) only")
}

fn example(types: Option<&[&str]>) -> VpnGateway {
    let types = types.map(|types| types.iter().map(|own| (*own).to_owned()).collect());
    VpnGateway::unread(
        "/subscriptions/1/resourceGroups/main/providers/Microsoft.Network/virtualNetworkGateways/main",
        "main",
        Some("westeurope"),
    )
    .client_sign_in(Known(types))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |gateway| move |scope: &mut Scope| scope.vpn_gateways.items.push(gateway);
        assert_passes(&CONTROL, with(example(Some(&["aad"]))));
        assert_fails(&CONTROL, with(example(Some(&["AAD", "Certificate"]))));
        assert_fails(&CONTROL, with(example(Some(&["Radius"]))));
        assert_not_applicable(&CONTROL, with(example(None)));
        assert_unknown(&CONTROL, with(example(None).client_sign_in(denied())));
    }
}
