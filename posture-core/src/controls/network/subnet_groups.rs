//! `network.subnet-groups`

use crate::checks::flow;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a subnet without a group may hold interfaces that each have one, so that the control fails although the
/// network is divided. It therefore decides only the row that asks for groups of subnets.
pub(crate) static CONTROL: Control = Control {
    id: "network.subnet-groups",
    life: since("0.1.0"),
    title: "Every subnet has a network security group",
    finding: "Not all subnets have a network security group",
    keywords: &["NSG", "network security group", "subnet", "virtual network"],
    severity: Medium,
    rationale: "Without a network security group on the subnet, each new network interface is \
                filtered only if someone remembers to attach a group to it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Attach a network security group to each of the subnets. The command lists \
                   the subnets with their groups.",
            console: "Virtual networks → the network → Settings → Subnets → the subnet → Network \
                      security group",
            command: Inspect(
                "az network vnet show --ids <network-id> --query \"subnets[].{name: name, group: \
                 networkSecurityGroup.id}\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview",
        "https://learn.microsoft.com/en-us/azure/virtual-network/network-security-group-how-it-works",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        cis_azure6("7.11", Full),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[Network::UNFILTERED_SUBNETS],
        params: &[],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| scope.networks.items.push(example(&[])),
            fail: |scope| scope.networks.items.push(example(&["front", "back"])),
        },
    },
};

fn check(network: &Network, _: &Context<'_>) -> CheckResult {
    let unfiltered = network.unfiltered_subnets.known()?;
    if unfiltered.is_empty() {
        return pass();
    }
    let found = format!("no group: {}", unfiltered.join(", "));
    fail(Network::UNFILTERED_SUBNETS, found, "a network security group on each subnet")
}

fn example(unfiltered: &[&str]) -> Network {
    let unfiltered = unfiltered.iter().map(|name| (*name).to_owned()).collect();
    flow::network().unfiltered_subnets(Known(unfiltered))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |network| move |scope: &mut Scope| scope.networks.items.push(network);
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["front"])));
        assert_unknown(&CONTROL, with(flow::network().unfiltered_subnets(denied())));
    }
}
