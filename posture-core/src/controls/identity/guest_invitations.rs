//! `identity.guest-invitations`

use crate::checks::directory;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "a user who is not an administrator can bring a guest into the directory, \
                     without approval";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.guest-invitations",
    life: since("0.1.0"),
    title: "Only administrators can invite guests",
    finding: "Users without an administrative role can invite guests",
    keywords: &[
        "Entra ID",
        "guest user",
        "guest invite settings",
        "External Identities",
        "external collaboration settings",
        "B2B",
    ],
    severity: Medium,
    rationale: "Another organization manages the account of each guest. Users who can invite \
                guests grant access that is not reviewed.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Allow only specific administrative roles to invite guests, or turn guest \
                   invitations off.",
            console: "Microsoft Entra ID → External Identities → External collaboration settings → Guest invite settings",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"allowInvitesFrom\": \"adminsAndGuestInviters\"}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/external-id/external-collaboration-settings-configure",
        "https://learn.microsoft.com/en-us/graph/api/resources/authorizationpolicy",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-06", Partial(SHOWS)),
        mcsb1("PA-3", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Directory::GUEST_INVITATIONS],
        params: &[],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| {
                scope.directories.items.push(example(Known(GuestInvitations::Administrators)))
            },
            fail: |scope| scope.directories.items.push(example(Known(GuestInvitations::Everyone))),
        },
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> CheckResult {
    let found = match directory.guest_invitations.known()? {
        GuestInvitations::Nobody | GuestInvitations::Administrators => return pass(),
        GuestInvitations::Members => "all member users",
        GuestInvitations::Everyone => "all users, including guests",
    };
    fail(Directory::GUEST_INVITATIONS, found, "administrators only, or no users")
}

fn example(guest_invitations: Fact<GuestInvitations>) -> Directory {
    directory::unread().guest_invitations(guest_invitations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<GuestInvitations>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(GuestInvitations::Nobody)));
        assert_passes(&CONTROL, with(Known(GuestInvitations::Administrators)));
        assert_fails(&CONTROL, with(Known(GuestInvitations::Members)));
        assert_fails(&CONTROL, with(Known(GuestInvitations::Everyone)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
