//! `network.flow-logs`

use crate::checks::{flow, lists, shows};
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
    keywords: &[
        "VPC flow logs",
        "VPC",
        "Network Watcher",
        "VNet flow log",
        "flow log",
        "virtual network",
        "subnet",
    ],
    severity: Medium,
    rationale: "After an intrusion, only a record of network traffic shows how far it went and \
                which data left.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Create a flow log for the VPC, or one for each of its subnets, that \
                       records all traffic, and see to it that it delivers.",
                console: "VPC → Your VPCs → the VPC → Flow logs → Create flow log",
                command: Change(
                    "aws ec2 create-flow-logs --resource-type VPC --resource-ids <vpc> \
                                 --traffic-type ALL --log-destination-type s3 --log-destination \
                                 <bucket-arn>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Create a flow log for the virtual network, or one for each of its \
                       subnets, without a filter.",
                console: "Network Watcher → Logs → Flow logs → Create",
                command: Change(
                    "az network watcher flow-log create --location <region> --name \
                                 <name> --vnet <network-id> --storage-account <account-id>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
        "https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview",
        "https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview",
    ],
    satisfies: &[
        // On AWS, GuardDuty reads the flows whether or not the VPC has a flow log.
        csf20("DE.CM-01", Partial(UNWATCHED))
            .of(&[Arm("Microsoft.Network/virtualNetworks")])
            .or_tool(Purpose::Threats),
        csf20("PR.PS-04", Partial(SHOWS)),
        csf20("RS.AN-07", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("LOG-07", Supporting),
        // Both ask for a flow log of the VPC that records at least what is rejected.
        cis_aws7("4.7", Full).by(Check::Network(rejects)),
        fsbp("EC2.6", Full).by(Check::Network(rejects)),
        cis_azure6("6.1.1.6", Partial(shows::STEP)),
        cis_azure6("7.8", Partial(shows::STEP)),
        mcsb1("LT-4", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Network::UNRECORDED, Network::REJECTS_RECORDED],
        params: &[],
        check: Check::Network(check),
        examples: Examples {
            pass: |scope| scope.networks.items.push(example(&[])),
            fail: |scope| scope.networks.items.push(example(&["front", "back"])),
        },
    },
};

fn check(network: &Network, _: &Context<'_>) -> CheckResult {
    lists::none(
        (Network::UNRECORDED, &network.unrecorded),
        "not recorded: ",
        "a flow log for the network, or for each of its subnets",
    )
}

fn rejects(network: &Network, _: &Context<'_>) -> CheckResult {
    if *network.rejects_recorded.known()? {
        return pass();
    }
    fail(Network::REJECTS_RECORDED, "no flow log of the VPC records it", "a flow log of the VPC")
}

fn example(unrecorded: &[&str]) -> Network {
    let recorded = unrecorded.is_empty();
    let unrecorded = unrecorded.iter().map(|name| (*name).to_owned()).collect();
    flow::network().unrecorded(Known(unrecorded)).rejects_recorded(Known(recorded))
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
