//! `identity.user-consent`

use crate::checks::directory;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "every user can hand the data that they can read to an application that was never \
                     reviewed";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-consent",
    life: since("0.1.0"),
    title: "Users cannot consent to arbitrary applications",
    finding: "Users can consent to any application",
    keywords: &[
        "Entra ID",
        "user consent",
        "app consent policy",
        "enterprise application",
        "OAuth",
        "consent phishing",
    ],
    severity: High,
    rationale: "A malicious application that looks useful asks each user who signs in for access \
                to their mail and files, and keeps that access after a password change.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Let administrators decide, or allow user consent only for verified publishers \
                   and low-impact permissions. What a custom app consent policy allows is not \
                   read: review it by hand.",
            console: "Microsoft Entra ID → Enterprise applications → Consent and permissions → User consent settings",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"defaultUserRolePermissions\": \
                             {\"permissionGrantPoliciesAssigned\": \
                             [<those-for-owned-resources>]}}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/configure-user-consent",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.PS-05", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Directory::USER_CONSENT],
        params: &[],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(UserConsent::None))),
            fail: |scope| scope.directories.items.push(example(Known(UserConsent::Any))),
        },
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> CheckResult {
    match directory.user_consent.known()? {
        UserConsent::None | UserConsent::VerifiedPublishers => pass(),
        UserConsent::Any => {
            fail(Directory::USER_CONSENT, "to any application", "none, or verified publishers only")
        }
    }
}

fn example(user_consent: Fact<UserConsent>) -> Directory {
    directory::unread().user_consent(user_consent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<UserConsent>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(UserConsent::None)));
        assert_passes(&CONTROL, with(Known(UserConsent::VerifiedPublishers)));
        assert_fails(&CONTROL, with(Known(UserConsent::Any)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
