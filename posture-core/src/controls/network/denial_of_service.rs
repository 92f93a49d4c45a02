//! `network.denial-of-service`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: a network without public addresses needs no plan, and single addresses may have
/// [protection](https://learn.microsoft.com/en-us/azure/ddos-protection/ddos-protection-sku-comparison) of their own. So the
/// control decides only the row that asks for the plan.
pub(crate) static CONTROL: Control = Control {
    id: "network.denial-of-service",
    life: since("0.1.0"),
    title: "Virtual networks have DDoS Network Protection",
    finding: "Virtual network has no DDoS Network Protection",
    keywords: &["DDoS Network Protection", "DDoS protection plan", "virtual network", "flood"],
    severity: Low,
    rationale: "The protection that every Azure address has guards the platform. A flood that is \
                small for the platform can still stop an application.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on DDoS Network Protection for the virtual network, with a DDoS \
                   protection plan. One plan can serve all subscriptions of the tenant. The \
                   command lists the plans of the subscription.",
            console: "Virtual networks → the network → Settings → DDoS protection → Enable",
            command: Inspect(
                "az resource list --resource-type Microsoft.Network/ddosProtectionPlans",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/ddos-protection/ddos-protection-overview",
        "https://learn.microsoft.com/en-us/azure/ddos-protection/manage-ddos-protection",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-09", Supporting),
        cis_azure6("8.5", Full),
        mcsb1("NS-5", Supporting),
    ],
    test: is_true!(Network.flood_protected, "off or without a plan", "on, with a plan"),
};
