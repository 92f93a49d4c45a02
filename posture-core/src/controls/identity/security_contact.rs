//! `identity.security-contact`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the row asks for contact details in Defender for Cloud, and there are none";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.security-contact",
    life: since("0.1.0"),
    title: "A security contact is configured",
    finding: "No active security contact",
    keywords: &[
        "alternate contact",
        "security contact",
        "Account Management",
        "Defender for Cloud",
        "email notification",
    ],
    severity: Medium,
    rationale: "The provider sends abuse reports and security notices to this address. Without \
                it, they go to the person who opened the account.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Set the alternate contact for security to a mailbox that a team reads.",
                console: "Account → Alternate contacts → Security",
                command: Change(
                    "aws account put-alternate-contact --alternate-contact-type \
                                 SECURITY --name <name> --title <title> --email-address \
                                 <address> --phone-number <number>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Set an additional email address that a team reads, and leave the \
                       notifications on. The file in the command holds every setting of the \
                       security contact: a setting that it leaves out is reset.",
                console: "Microsoft Defender for Cloud → Environment settings → the subscription \
                          → Email notifications",
                command: Change(
                    "az rest --method put --url \
                                 \"https://management.azure.com/subscriptions/<subscription-id>/providers/Microsoft.Security/securityContacts/default?api-version=2023-12-01-preview\" \
                                 --body @<contact.json>",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/account-controls.html",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/configure-email-notifications",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/security-contacts/list",
    ],
    satisfies: &[
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-05", Supporting),
        ccm41("SEF-06", Supporting),
        cis_aws7("2.3", Full),
        fsbp("Account.1", Full),
        cis_azure6("8.1.13", Full),
        mcsb1("IR-2", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Account::SECURITY_CONTACT],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.security_contact = Known(true),
            fail: |scope| scope.account.security_contact = Known(false),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let value = account.security_contact.known()?;
    if *value {
        return pass();
    }
    fail(Account::SECURITY_CONTACT, "no active contact", "a security contact")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.security_contact = Known(true));
        assert_fails(&CONTROL, |scope| scope.account.security_contact = Known(false));
        assert_unknown(&CONTROL, |scope| scope.account.security_contact = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.security_contact = NotOffered);
    }
}
