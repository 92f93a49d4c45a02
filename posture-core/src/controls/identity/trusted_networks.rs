//! `identity.trusted-networks`

use crate::checks::lists;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trusted-networks",
    life: since("0.1.0"),
    title: "The networks of the organization are trusted named locations",
    finding: "No trusted named location is configured",
    keywords: &["Entra ID", "Conditional Access", "named location", "trusted location", "IP range"],
    severity: Low,
    rationale: "Conditional Access policies can treat your own networks differently, and sign-in \
                risk is rated more accurately, only if Entra ID knows which networks are yours.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a named location with the IP address ranges of your networks, and mark \
                   it as trusted.",
            console: "Microsoft Entra ID → Security → Conditional Access → Named locations → IP ranges location",
            command: Change(
                "az rest --method post --url \
                             https://graph.microsoft.com/v1.0/identity/conditionalAccess/namedLocations \
                             --body '{\"@odata.type\": \"#microsoft.graph.ipNamedLocation\", \
                             \"displayName\": \"<name>\", \"isTrusted\": true, \"ipRanges\": \
                             [{\"@odata.type\": \"#microsoft.graph.iPv4CidrRange\", \
                             \"cidrAddress\": \"<range>\"}]}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-assignment-network",
        "https://learn.microsoft.com/en-us/graph/api/resources/ipnamedlocation",
    ],
    satisfies: &[ccm41("IAM-13", Supporting), mcsb1("IM-7", Supporting)],
    test: lists::names_some!(Directory.trusted_networks, "Zurich", "none", "at least one"),
};
