//! `network.firewall`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: another product may filter the same traffic by what is known of attackers. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.firewall",
    life: since("0.1.0"),
    title: "Azure Firewall blocks traffic of known attackers",
    finding: "Azure Firewall does not block traffic of known attackers",
    keywords: &["Azure Firewall", "firewall policy", "threat intelligence", "malicious addresses"],
    severity: Medium,
    rationale: "In alert mode the firewall records traffic with addresses and domains of known \
                attackers, and passes it on. Data has left by the time that someone reads the log.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the threat intelligence mode of the firewall policy, or of a firewall \
                   without a policy, to alert and deny. The command shows the firewall with its \
                   policy.",
            console: "Firewall policies → the policy → Settings → Threat intelligence",
            command: Inspect("az resource show --ids <firewall-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/firewall/threat-intel",
        "https://learn.microsoft.com/en-us/azure/firewall-manager/threat-intelligence-settings",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("DE.CM-01", Supporting),
        csf20("DE.AE-07", Supporting),
        ccm41("I&S-09", Supporting),
        ccm41("TVM-05", Supporting),
        mcsb1("NS-3", Supporting),
        mcsb1("NS-4", Supporting),
    ],
    test: is_true!(Firewall.blocks_known_threats, "off, or alert only", "alert and deny"),
};
