//! `identity.contact-details`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.contact-details",
    life: since("0.1.0"),
    title: "The primary contact of the account is complete",
    finding: "Primary contact information is incomplete",
    keywords: &["Account Management", "primary contact", "contact information", "account recovery"],
    severity: Low,
    rationale: "AWS uses the name, phone number and address to verify ownership when the account \
                has to be recovered.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Fill in the primary contact of the account.",
            console: "Account → Contact information",
            command: Change("aws account put-contact-information --contact-information <details>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html",
    ],
    satisfies: &[
        csf20("DE.AE-06", Supporting),
        ccm41("SEF-06", Supporting),
        cis_aws7("2.2", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::CONTACT_DETAILS],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.contact_details = Known(true),
            fail: |scope| scope.account.contact_details = Known(false),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let value = account.contact_details.known()?;
    if *value {
        return pass();
    }
    fail(Account::CONTACT_DETAILS, "incomplete", "a name, a phone number and an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.contact_details = Known(true));
        assert_fails(&CONTROL, |scope| scope.account.contact_details = Known(false));
        assert_unknown(&CONTROL, |scope| scope.account.contact_details = denied());
        assert_not_applicable(&CONTROL, |scope| scope.account.contact_details = NotOffered);
    }
}
