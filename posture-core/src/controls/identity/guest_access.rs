//! `identity.guest-access`

use crate::checks::directory;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "every guest can read the users and groups of the directory, whatever the task";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.guest-access",
    life: since("0.1.0"),
    title: "Guest users can read only their own directory objects",
    finding: "Guests can see directory data beyond their own",
    keywords: &[
        "Entra ID",
        "guest user",
        "guest user access",
        "External Identities",
        "external collaboration settings",
        "B2B",
    ],
    severity: Medium,
    rationale: "With a compromised guest account, a list of all users and groups shows an \
                attacker whom to target.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Restrict guest user access to the properties and memberships of the guest's \
                   own directory objects.",
            console: "Microsoft Entra ID → External Identities → External collaboration settings → Guest user access",
            command: Change(
                "az rest --method patch --url \
                             https://graph.microsoft.com/v1.0/policies/authorizationPolicy \
                             --body '{\"guestUserRoleId\": \
                             \"2af84b1e-32c8-42b7-82bc-daa82404023b\"}'",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/users/users-restrict-guest-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/authorizationpolicy",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Directory::GUEST_ACCESS],
        params: &[],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(GuestAccess::Restricted))),
            fail: |scope| scope.directories.items.push(example(Known(GuestAccess::AsMembers))),
        },
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> CheckResult {
    let found = match directory.guest_access.known()? {
        GuestAccess::Restricted => return pass(),
        GuestAccess::Limited => "limited access to directory objects",
        GuestAccess::AsMembers => "the same access as members",
    };
    fail(Directory::GUEST_ACCESS, found, "access only to their own directory objects")
}

fn example(guest_access: Fact<GuestAccess>) -> Directory {
    directory::unread().guest_access(guest_access)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<GuestAccess>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(GuestAccess::Restricted)));
        assert_fails(&CONTROL, with(Known(GuestAccess::Limited)));
        assert_fails(&CONTROL, with(Known(GuestAccess::AsMembers)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
