//! `network.flow-log-retention`

use crate::checks::flow;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "network.flow-log-retention",
    life: since("0.1.0"),
    title: "Virtual network flow logs are retained long enough",
    finding: "Virtual network flow log retention is too short",
    keywords: &["Network Watcher", "VNet flow log", "flow log", "retention", "virtual network"],
    severity: Low,
    rationale: "An intrusion is often noticed months after it began.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Increase the retention of the flow log, or set it to 0 to keep its records \
                   until they are deleted by hand.",
            console: "Network Watcher → Logs → Flow logs → the flow log → Retention (days)",
            command: Change(
                "az network watcher flow-log update --location <region> --name \
                             <name> --retention <days>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-manage",
        "https://learn.microsoft.com/en-us/azure/templates/microsoft.network/networkwatchers/flowlogs",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("DSP-16", Supporting),
        cis_azure6("7.8", Full).with(flow::MIN_RETENTION.asked(90)),
        mcsb1("LT-6", Supporting),
    ],
    test: flow::kept_long_enough!(
        |target| target != FlowLogTarget::SecurityGroup,
        "it is an NSG flow log",
        Network
    ),
};
