//! `detection.alert-mail-to-owners`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.alert-mail-to-owners",
    life: since("0.1.0"),
    title: "Subscription owners receive security alert emails",
    finding: "Owner role is not notified of security alerts",
    keywords: &[
        "Defender for Cloud",
        "security alert",
        "email notification",
        "Owner role",
        "subscription owner",
    ],
    severity: Low,
    rationale: "Subscription owners can act at once when the security contact is not available.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Select Owner among the roles that are notified. The file in the command holds \
                   every setting of the security contact: a setting that it leaves out is reset.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Email notifications → All users with the following roles",
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
        cis_azure6("8.1.12", Full),
        mcsb1("IR-2", Partial(shows::NAMED_SETTING)),
    ],
    test: is_true!(
        Account.alert_mail_to_owners,
        "the Owner role is not notified",
        "a notification by role that includes Owner"
    ),
};
