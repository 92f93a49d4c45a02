//! `detection.attack-path-mail`

use crate::checks::mail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.attack-path-mail",
    life: since("0.1.0"),
    title: "Defender for Cloud sends attack path notifications by email",
    finding: "Attack path emails are off or not at a required level",
    keywords: &[
        "Defender for Cloud",
        "Defender CSPM",
        "attack path",
        "email notification",
        "risk level",
    ],
    severity: Medium,
    rationale: "An attack path must be closed before an attacker uses it, and a late \
                notification costs that time.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on email notifications for attack paths, from a risk level that your \
                   team can follow up. The file in the command holds every setting of the \
                   security contact: a setting that it leaves out is reset.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Email notifications → Notify about attack paths with the following risk \
                      level (or higher)",
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
        cis_azure6("8.1.15", Full).with(LEVELS.asked(&["low", "medium", "high", "critical"])),
        mcsb1("IR-2", Supporting),
        mcsb1("IR-3", Supporting),
    ],
    test: mail::sent_from!(attack_path_mail_from, LEVELS),
};

static LEVELS: Names = Names {
    name: "levels",
    doc: "The risk levels that attack path emails may start at. Emails that start at another level fail.",
    default: &["low", "medium", "high", "critical"],
};
