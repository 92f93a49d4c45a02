//! `detection.alert-mail`

use crate::checks::mail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.alert-mail",
    life: since("0.1.0"),
    title: "Defender for Cloud sends security alerts by email",
    finding: "Alert emails are off or not at a required severity",
    keywords: &[
        "Defender for Cloud",
        "security alert",
        "email notification",
        "security contact",
        "severity",
    ],
    severity: Medium,
    rationale: "An alert that only appears in the portal is seen late, if at all.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on email notifications for alerts of high severity, or of a lower \
                   severity and above. The file in the command holds every setting of the \
                   security contact: a setting that it leaves out is reset.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Email notifications → Notify about alerts with the following severity (or \
                      higher)",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/subscriptions/<subscription-id>/providers/Microsoft.Security/securityContacts/default?api-version=2023-12-01-preview\" \
                             --body @<contact.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/configure-email-notifications",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/security-contacts/list",
    ],
    satisfies: &[
        csf20("DE.AE-06", Supporting),
        ccm41("SEF-06", Supporting),
        ccm41("LOG-05", Supporting),
        cis_azure6("8.1.14", Full).with(LEVELS.asked(&["low", "medium", "high"])),
        mcsb1("IR-2", Supporting),
        mcsb1("IR-3", Supporting),
    ],
    test: mail::sent_from!(alert_mail_from, LEVELS),
};

static LEVELS: Names = Names {
    name: "levels",
    doc: "The severities that alert emails may start at. Emails that start at another severity fail.",
    default: &["low", "medium", "high"],
};
