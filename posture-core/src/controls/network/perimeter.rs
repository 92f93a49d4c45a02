//! `network.perimeter`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: private endpoints and the firewalls of the services separate them as well, so that the control fails although
/// the services are guarded. That there is a perimeter does not show that it guards them all. So it decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "network.perimeter",
    life: since("0.1.0"),
    title: "Subscription has a network security perimeter",
    finding: "Subscription has no network security perimeter",
    keywords: &["network security perimeter", "NSP", "PaaS", "storage account", "Key Vault"],
    severity: Low,
    rationale: "Each platform service has a firewall of its own. One that is opened by mistake \
                shows only if someone looks at this service. A perimeter holds for all services \
                in it, and limits where data can be sent.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a network security perimeter, and associate the storage accounts, key \
                   vaults and databases with it, first in transition mode. The command lists \
                   the perimeters of the subscription.",
            console: "Network security perimeters → Create",
            command: Inspect(
                "az resource list --resource-type Microsoft.Network/networkSecurityPerimeters",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/private-link/network-security-perimeter-concepts",
        "https://learn.microsoft.com/en-us/azure/private-link/network-security-perimeter-transition",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-06", Supporting),
        cis_azure6("7.16", Supporting),
        mcsb1("NS-2", Supporting),
    ],
    test: lists::names_some!(
        Account.service_perimeters,
        "perimeter",
        "none",
        "at least one perimeter",
    ),
};
