//! `vaults.network-default-deny`

use crate::checks::{firewall, shows};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.network-default-deny",
    life: since("0.1.0"),
    title: "Key vault firewalls deny by default",
    finding: "Key vault firewall allows by default",
    keywords: &["Key Vault", "firewall", "network rules", "default action", "virtual network"],
    severity: High,
    rationale: "Where the default action is to allow, the network rules have no effect: the \
                networks that they list get in anyway.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Set the default action of the firewall to Deny, and list the networks that \
                   need access.",
            console: "Key vaults → the vault → Settings → Networking → Firewalls and virtual \
                      networks → Allow public access from specific virtual networks and IP \
                      addresses",
            command: Change("az keyvault update --name <vault> --default-action Deny"),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/network-security"],
    satisfies: &[
        csf20("PR.IR-01", Partial(shows::EVERY_NETWORK)),
        ccm41("I&S-03", Partial(shows::EVERY_NETWORK)),
        mcsb1("NS-2", Partial(shows::EVERY_NETWORK)),
        mcsb1("DP-8", Supporting),
    ],
    test: firewall::denies_by_default!(Vault),
};
