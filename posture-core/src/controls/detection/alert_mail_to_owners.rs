//! `detection.alert-mail-to-owners`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "detection.alert-mail-to-owners",
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
    reads: &[Account::ALERT_MAIL_TO_OWNERS],
    params: &[],
    check: Check::Account(check),
    examples: Examples {
        pass: |scope| {
            scope.account.alert_mail_to_owners = Known(true);
        },
        fail: |scope| {
            scope.account.alert_mail_to_owners = Known(false);
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> Judged {
    if *account.alert_mail_to_owners.known()? {
        return pass();
    }
    fail(Account::ALERT_MAIL_TO_OWNERS, "they are not", "a notification by role that holds Owner")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.alert_mail_to_owners = value
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }
}
