//! `logging.alert-security-solution-deletion`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-security-solution-deletion",
    life: since("0.1.0"),
    title: "Deleted security solutions raise an alert",
    finding: "No working activity log alert on deleted security solutions",
    keywords: &[
        "Defender for Cloud",
        "security solution",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "Attackers turn off monitoring before they do anything else.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Security/securitySolutions/delete \
                             --action-group <action-group>",
            ),
        },
    )],
    references: alert::AZURE_REFERENCES,
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        cis_azure6("6.1.2.6", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: alert::raised_at!(SecuritySolutionDeletion),
};
