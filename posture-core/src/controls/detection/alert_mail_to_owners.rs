//! `detection.alert-mail-to-owners`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.alert-mail-to-owners",
    life: since("0.1.0"),
    title: "Owners are to be told of security alerts",
    severity: Low,
    rationale: "Owners of a subscription are there when the security contact is not, and may act \
                at once.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Choose Owner among the roles that are notified. The file of the command holds all \
                   settings of the contact: what it leaves out is reset.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Email notifications → All users with the following roles",
            command: "az rest --method put --url \
                      \"https://management.azure.com/subscriptions/<subscription-id>/providers/Microsoft.Security/securityContacts/default?api-version=2023-12-01-preview\" \
                      --body @<contact.json>",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/configure-email-notifications",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/security-contacts/list",
    ],
    satisfies: &[
        csf20("DE.AE-06", Partial),
        ccm41("SEF-06", Supporting),
        ccm41("LOG-05", Supporting),
        cis_azure6("8.1.12", Full),
        mcsb1("IR-2", Partial),
    ],
    test: is_true!(
        Account.alert_mail_to_owners,
        "they are not",
        "a notification by role that holds Owner"
    ),
};
