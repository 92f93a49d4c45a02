//! `logging.alert-policy-assignment-creation`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.alert-policy-assignment-creation",
    life: since("0.1.0"),
    title: "New policy assignments raise an alert",
    finding: "No working activity log alert on new policy assignments",
    keywords: &[
        "Azure Policy",
        "policy assignment",
        "Azure Monitor",
        "activity log alert",
        "action group",
    ],
    severity: Low,
    rationale: "A policy that is assigned to a subscription can turn protection off, or let an \
                attacker deploy with the identity of the assignment.",
    remediation: &[(
        Azure,
        Remedy {
            text: alert::AZURE_REMEDY,
            console: alert::AZURE_CONSOLE,
            command: Change(
                "az monitor activity-log alert create --name <alert> \
                             --resource-group <group> --scope /subscriptions/<id> --condition \
                             category=Administrative and \
                             operationName=Microsoft.Authorization/policyAssignments/write \
                             --action-group <action-group>",
            ),
        },
    )],
    references: alert::AZURE_REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Supporting),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Supporting),
        ccm41("CCC-07", Supporting),
        cis_azure6("6.1.2.1", Full),
        mcsb1("LT-3", Supporting),
    ],
    test: alert::raised_at!(PolicyAssignmentCreation),
};
