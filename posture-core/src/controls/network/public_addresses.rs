//! `network.public-addresses`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an address may be reserved on purpose. The requirements ask for reviews and inventories, of which an unused
/// address shows nothing for certain. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.public-addresses",
    life: since("0.1.0"),
    title: "Public IP addresses are in use",
    finding: "Public IP address is not in use",
    keywords: &["public IP address", "unattached", "unassociated", "inventory"],
    severity: Low,
    rationale: "An address that nothing uses can be attached to a machine without notice, and \
                allowlists and DNS records may still trust it. It also costs money.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the public IP address, after removing it from DNS records and \
                   allowlists. The command lists the addresses with what uses them.",
            console: "Public IP addresses → the address → Delete",
            command: Inspect(
                "az network public-ip list --query \"[].{name: name, address: ipAddress, usedBy: \
                 ipConfiguration.id}\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-addresses",
        "https://learn.microsoft.com/en-us/azure/security/fundamentals/subdomain-takeover",
    ],
    satisfies: &[
        csf20("ID.AM-01", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        cis_azure6("7.7", Supporting),
        mcsb1("NS-2", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: is_true!(PublicAddress.in_use, "not in use", "in use, or deleted"),
};
