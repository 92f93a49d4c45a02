//! `vaults.private-endpoint`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "vaults.private-endpoint",
    life: since("0.1.0"),
    title: "Key vaults have a private endpoint",
    finding: "Key vault has no approved private endpoint",
    keywords: &["Key Vault", "private endpoint", "Private Link", "virtual network"],
    severity: Low,
    rationale: "With a private endpoint, requests for keys and secrets stay in your own network, \
                and the firewall needs no opening for them.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Add a private endpoint in the network of the clients, and approve it.",
            console: "Key vaults → the vault → Settings → Networking → Private endpoint \
                      connections",
            command: Change(
                "az network private-endpoint create --name <name> --resource-group \
                             <group> --subnet <subnet-id> --private-connection-resource-id \
                             <vault-id> --group-id vault --connection-name <name>",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/key-vault/general/private-link-service"],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-03", Supporting),
        ccm41("I&S-06", Supporting),
        // Not decided: it counts a connection that was not approved yet.
        cis_azure6("8.3.8", Supporting),
        mcsb1("NS-2", Supporting),
        mcsb1("DP-8", Supporting),
    ],
    test: lists::names_some!(
        Vault.private_endpoints,
        "endpoint",
        "no approved private endpoint",
        "at least one approved private endpoint",
    ),
};
