//! `identity.group-creation`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.group-creation",
    title: "Users cannot create security groups",
    severity: Low,
    rationale: "Access is given to groups. Groups that anybody makes, and whose owners \
                decide who is in them, are access that nobody manages.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Let only holders of certain administrative roles create security groups.",
            console: "Microsoft Entra ID → Users → User settings → Users can create security groups",
            command: "az rest --method patch --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy --body '{\"defaultUserRolePermissions\": {\"allowedToCreateSecurityGroups\": false}}'",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-06", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    reads: &[Directory::USERS_CREATE_GROUPS],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(false))),
        fail: |scope| scope.directories.items.push(example(Known(true))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if !*directory.users_create_groups.known()? {
        return pass();
    }
    fail(Directory::USERS_CREATE_GROUPS, "every user", "administrators only")
}

fn example(users_create_groups: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .users_create_groups(users_create_groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(false)));
        assert_fails(&CONTROL, with(Known(true)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
