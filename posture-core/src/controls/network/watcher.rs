//! `network.watcher`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
///
/// A region is in use where a network lies in it, as the provider's
/// [policy](https://github.com/Azure/azure-policy/blob/master/built-in-policies/policyDefinitions/Network/NetworkWatcher_Enabled_Audit.json)
/// has it.
pub(crate) static CONTROL: Control = Control {
    id: "network.watcher",
    life: since("0.1.0"),
    title: "Network Watcher is on in every region with a network",
    finding: "No working Network Watcher in the region of the network",
    keywords: &["Network Watcher", "virtual network", "region"],
    severity: Low,
    rationale: "Without Network Watcher, traffic cannot be recorded, captured or traced. It has \
                to be enabled beforehand.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on Network Watcher in the region of the virtual network.",
            console: "Network Watcher → Overview → Create",
            command: Change(
                "az network watcher configure --locations <region> --enabled true \
                             --resource-group <group>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/network-watcher/network-watcher-overview",
        "https://learn.microsoft.com/en-us/azure/network-watcher/network-watcher-create",
    ],
    satisfies: &[
        csf20("DE.CM-01", Supporting),
        ccm41("I&S-03", Supporting),
        // It asks it of every region that is in use, and not only where a network is.
        cis_azure6("7.6", Partial(shows::STEP)),
        mcsb1("LT-4", Supporting),
    ],
    test: is_true!(
        Network.watched,
        "no working Network Watcher in its region",
        "a working Network Watcher in its region"
    ),
};
