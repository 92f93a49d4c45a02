//! `identity.tenant-creation`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.tenant-creation",
    title: "Users cannot create tenants",
    severity: Medium,
    rationale: "Whoever creates a tenant administers it, and nothing that holds in the \
                tenant of the organisation holds there.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Let only holders of the role of tenant creator create tenants.",
            console: "Microsoft Entra ID → Users → User settings → Restrict non-admin users from creating tenants",
            command: "az rest --method patch --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy --body '{\"defaultUserRolePermissions\": {\"allowedToCreateTenants\": false}}'",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.PS-01", Supporting),
        ccm41("IAM-05", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    reads: &[Directory::USERS_CREATE_TENANTS],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(false))),
        fail: |scope| scope.directories.items.push(example(Known(true))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if !*directory.users_create_tenants.known()? {
        return pass();
    }
    fail(Directory::USERS_CREATE_TENANTS, "every user", "administrators only")
}

fn example(users_create_tenants: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .users_create_tenants(users_create_tenants)
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
