//! `network.reachable-admin-ports`

use crate::checks::reach::{self, ADMINISTRATION};
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a service for strangers may use one of these ports on purpose. Then the port is not one of administration
/// there, and belongs out of the parameter.
pub(crate) static CONTROL: Control = Control {
    id: "network.reachable-admin-ports",
    life: since("0.1.0"),
    title: "The internet cannot reach administration ports",
    finding: "The internet can reach an administration port",
    keywords: &[
        "NSG",
        "network security group",
        "public IP address",
        "load balancer",
        "SSH",
        "RDP",
        "WinRM",
        "reachability",
        "exposure",
    ],
    severity: Critical,
    rationale: "Attackers scan every address of the internet for these ports, try stolen \
                passwords, and exploit flaws of the services before they are patched.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the rule of the network security group that the path names, or limit \
                   its source to known addresses. Administer the machine through Azure Bastion, \
                   a VPN or just-in-time access. The command shows the group.",
            console: "Network security groups → the group → Settings → Inbound security rules",
            command: Inspect("az network nsg show --ids <nsg-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
        "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-addresses",
        "https://learn.microsoft.com/en-us/azure/bastion/bastion-overview",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[NetworkInterface::OPEN_TO_ANYONE],
        params: &[Param::Names(&ADMINISTRATION)],
        check: Check::NetworkInterface(check),
        examples: Examples {
            pass: |scope| scope.network_interfaces.items.push(reach::interface(&[WEB])),
            fail: |scope| scope.network_interfaces.items.push(reach::interface(&[WEB, SSH])),
        },
    },
};

const WEB: &str = "tcp 443 from 0.0.0.0/0: public IP address web (198.51.100.7) → NSG front (https) → network interface web";
const SSH: &str = "tcp 22 from 0.0.0.0/0: public IP address web (198.51.100.7) → NSG front (ssh) → network interface web";

fn check(interface: &NetworkInterface, context: &Context<'_>) -> CheckResult {
    reach::closed_to_anyone(
        &interface.open_to_anyone,
        &context.names(&ADMINISTRATION),
        NetworkInterface::OPEN_TO_ANYONE,
        "no port of administration is open to the internet",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn verdicts() {
        let with = |card| move |scope: &mut Scope| scope.network_interfaces.items.push(card);
        assert_passes(&CONTROL, with(reach::interface(&[])));
        assert_passes(&CONTROL, with(reach::interface(&[WEB])));
        assert_fails(&CONTROL, with(reach::interface(&[SSH])));
        assert_unknown(&CONTROL, with(reach::interface(&[]).open_to_anyone(denied())));
        let scope = world(with(reach::interface(&[WEB])));
        let web = [("services", Value::Names(vec!["tcp 443".to_owned()]))];
        assert!(matches!(judged_with(&CONTROL, &scope, &web)[..], [Ok(Verdict::Fail(_))]));
    }
}
