//! `network.reachable-ports`

use crate::checks::reach;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: which ports are meant for the internet is known to the user alone, so that a port that is not in the parameter
/// may be one of them. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.reachable-ports",
    life: since("0.1.0"),
    title: "The internet reaches only the ports meant for it",
    finding: "The internet can reach a port not meant for it",
    keywords: &[
        "NSG",
        "network security group",
        "public IP address",
        "load balancer",
        "reachability",
        "exposure",
        "open port",
    ],
    severity: High,
    rationale: "Each service that anyone can reach is one that anyone can attack. Databases, \
                caches and consoles often trust everyone who reaches them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the rule of the network security group that the path names, or limit \
                   its source to known addresses. Where the port is meant for the internet, add \
                   it to the parameter. The command shows the group.",
            console: "Network security groups → the group → Settings → Inbound security rules",
            command: Inspect("az network nsg show --ids <nsg-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
        "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-addresses",
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
            pass: |scope| scope.network_interfaces.items.push(reach::interface(&[WEB])),
            fail: |scope| scope.network_interfaces.items.push(reach::interface(&[WEB, DATABASE])),
        },
    },
};

static PERMITTED: Names = Names {
    name: "services",
    doc: "The services that are meant for the internet, each a protocol with a port or range, such as `tcp 443`, or a \
          protocol alone, such as `icmp`.",
    default: &["tcp 80", "tcp 443", "udp 443"],
};

const WEB: &str = "tcp 443 from 0.0.0.0/0: public IP address web (198.51.100.7) → NSG front (https) → network interface web";
const DATABASE: &str = "tcp 5432 from 0.0.0.0/0: public IP address web (198.51.100.7) → NSG front (database) → network interface web";

fn check(interface: &NetworkInterface, context: &Context<'_>) -> CheckResult {
    reach::open_by_nothing_but(
        &interface.open_to_anyone,
        &context.names(&PERMITTED),
        NetworkInterface::OPEN_TO_ANYONE,
        "only permitted ports are open to the internet",
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
        assert_fails(&CONTROL, with(reach::interface(&[DATABASE])));
        assert_unknown(&CONTROL, with(reach::interface(&[WEB]).open_to_anyone(denied())));
        let scope = world(with(reach::interface(&[DATABASE])));
        let permitted = [("services", Value::Names(vec!["tcp 5000-6000".to_owned()]))];
        assert_eq!(judged_with(&CONTROL, &scope, &permitted), [Ok(Verdict::Pass)]);
    }
}
