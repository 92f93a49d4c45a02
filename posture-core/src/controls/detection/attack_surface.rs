//! `detection.attack-surface`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.attack-surface",
    life: since("0.1.0"),
    title: "What the internet sees is searched for weaknesses from outside",
    severity: Low,
    rationale: "Nobody mends what nobody knows of: forgotten names and servers are found from \
                outside, by others if not by their owner.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Create a workspace of Defender External Attack Surface Management in one of \
                   the subscriptions, and give it the names and addresses of the organisation to \
                   begin with.",
            console: "Microsoft Defender EASM → Create",
            command: "az resource create --resource-type Microsoft.Easm/workspaces \
                      --resource-group <group> --name <name> --properties '{}'",
        },
    )],
    references: &["https://learn.microsoft.com/en-us/azure/external-attack-surface-management/"],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        ccm41("TVM-03", Supporting),
        // It also asks that the workspace is set up for the organization.
        cis_azure6("8.1.16", Partial),
        mcsb1("PV-5", Supporting),
    ],
    test: is_true!(
        Detector.attack_surface,
        "no workspace in any subscription that was read",
        "at least one workspace"
    ),
};
