//! `network.flow-logs`

use crate::checks::flow;
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "traffic of the network or of a subnet in it is in no flow log; those of security groups leave out \
                     gateways and what no group filters";

/// Why a failure shows it.
const UNWATCHED: &str = "traffic of the network or of a subnet in it is in no flow log, and no other tool that detects \
                         threats is declared";

/// See the [module](self).
///
/// Records of security groups do not count: they leave out gateways and what no group filters, and Azure
/// [ends them](https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview).
pub(crate) static CONTROL: Control = Control {
    id: "network.flow-logs",
    life: since("0.1.0"),
    title: "Flow logs record all virtual network traffic",
    finding: "Virtual network traffic is not fully recorded in flow logs",
    keywords: &["Network Watcher", "VNet flow log", "flow log", "virtual network", "subnet"],
    severity: Medium,
    rationale: "After an intrusion, only a record of network traffic shows how far it went and \
                which data left.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a flow log for the virtual network, or one for each of its subnets, \
                   without a filter.",
            console: "Network Watcher → Logs → Flow logs → Create",
            command: Change(
                "az network watcher flow-log create --location <region> --name \
                             <name> --vnet <network-id> --storage-account <account-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview",
        "https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview",
    ],
    satisfies: &[
        csf20("DE.CM-01", Partial(UNWATCHED)).or_tool(Purpose::Threats),
        csf20("PR.PS-04", Partial(SHOWS)),
        csf20("RS.AN-07", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("LOG-07", Supporting),
        cis_azure6("6.1.1.6", Partial(shows::STEP)),
        cis_azure6("7.8", Partial(shows::STEP)),
        mcsb1("LT-4", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Network::UNRECORDED],
        params: &[],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| scope.networks.items.push(example(&[])),
            fail: |scope| scope.networks.items.push(example(&["front", "back"])),
        },
    },
};

fn check(network: &Network, _: &Context<'_>) -> CheckResult {
    flow::nothing_left_out(
        Network::UNRECORDED,
        &network.unrecorded,
        "a flow log for the network, or for each of its subnets",
    )
}

fn example(unrecorded: &[&str]) -> Network {
    let unrecorded = unrecorded.iter().map(|name| (*name).to_owned()).collect();
    flow::network().unrecorded(Known(unrecorded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |network| move |scope: &mut Scope| scope.networks.items.push(network);
        assert_passes(&CONTROL, with(example(&[])));
        assert_fails(&CONTROL, with(example(&["front"])));
        assert_unknown(&CONTROL, with(flow::network().unrecorded(denied())));
    }
}
