//! `detection.attack-surface`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.attack-surface",
    life: since("0.1.0"),
    title: "Defender EASM scans the external attack surface",
    finding: "No Defender EASM workspace in the audited subscriptions",
    keywords: &[
        "Defender EASM",
        "External Attack Surface Management",
        "external attack surface",
        "internet exposure",
    ],
    severity: Low,
    rationale: "An asset that is not in the inventory is not patched. A scan from outside finds \
                forgotten domain names and servers, which attackers find as well.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a Defender External Attack Surface Management (EASM) workspace in one \
                   of the subscriptions, and seed it with the domain names and IP addresses of \
                   the organization.",
            console: "Microsoft Defender EASM → Create",
            command: Change(
                "az resource create --resource-type Microsoft.Easm/workspaces \
                             --resource-group <group> --name <name> --properties '{}'",
            ),
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/external-attack-surface-management/"],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        ccm41("TVM-03", Supporting),
        // It also asks that the workspace is set up for the organization.
        cis_azure6("8.1.16", Partial(shows::STEP)),
        mcsb1("PV-5", Supporting),
    ],
    test: is_true!(
        Detector.attack_surface,
        "no workspace in any audited subscription",
        "at least one workspace"
    ),
};
