//! `identity.application-registration`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.application-registration",
    title: "Users cannot register applications",
    severity: Medium,
    rationale: "An application has credentials of its own and outlives the account of \
                whoever registered it.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Let only holders of certain administrative roles register applications.",
            console: "Microsoft Entra ID → Users → User settings → Users can register applications",
            command: "az rest --method patch --url https://graph.microsoft.com/v1.0/policies/authorizationPolicy --body '{\"defaultUserRolePermissions\": {\"allowedToCreateApps\": false}}'",
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
        "https://learn.microsoft.com/en-us/graph/api/resources/defaultuserrolepermissions",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-05", Partial),
        mcsb1("PA-7", Partial),
        mcsb1("IM-3", Supporting),
    ],
    reads: &[Directory::USERS_REGISTER_APPLICATIONS],
    params: &[],
    check: Check::Directory(check),
    examples: Examples {
        pass: |scope| scope.directories.items.push(example(Known(false))),
        fail: |scope| scope.directories.items.push(example(Known(true))),
    },
};

fn check(directory: &Directory, _: &Context<'_>) -> Judged {
    if !*directory.users_register_applications.known()? {
        return pass();
    }
    fail(Directory::USERS_REGISTER_APPLICATIONS, "every user", "administrators only")
}

fn example(users_register_applications: Fact<bool>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .users_register_applications(users_register_applications)
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
