//! `network.flow-log-search`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.flow-log-search",
    life: since("0.1.0"),
    title: "Virtual network flow logs feed traffic analytics",
    finding: "Virtual network traffic is not fully in traffic analytics",
    keywords: &[
        "Network Watcher",
        "VNet flow log",
        "traffic analytics",
        "Log Analytics",
        "virtual network",
    ],
    severity: Low,
    rationale: "Files in a storage account are read after an incident, if at all. A Log \
                Analytics workspace can be queried and monitored.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on traffic analytics for the flow log of the virtual network, with a Log \
                   Analytics workspace.",
            console: "Network Watcher → Logs → Flow logs → the flow log → Analytics",
            command: Change(
                "az network watcher flow-log update --location <region> --name \
                             <name> --traffic-analytics true --workspace <workspace-id>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/traffic-analytics",
        "https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-02", Supporting),
        csf20("DE.AE-03", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("LOG-05", Supporting),
        // Not decided: it asks for at least one flow log of a network.
        cis_azure6("6.1.1.6", Supporting),
        mcsb1("LT-4", Supporting),
        mcsb1("LT-5", Supporting),
    ],
    test: lists::names_none!(
        Network.unsearchable,
        "front",
        "not recorded: ",
        "a flow log with traffic analytics for the network, or for each of its subnets",
    ),
};
