//! `identity.tenant-creators`

use crate::checks::access::{people, unnamed};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.tenant-creators",
    life: since("0.1.0"),
    title: "Only approved users hold the Tenant Creator role",
    finding: "Unapproved user holds the Tenant Creator role",
    keywords: &["Entra ID", "Tenant Creator", "directory role", "PIM", "access review"],
    severity: Low,
    rationale: "The role assignment often outlasts its task. Its holder creates tenants in the \
                name of the organization and administers them alone.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Remove the role from users who do not need it now, and list the others in \
                   `accepted-creators` after a review. The command lists the active assignments \
                   of the role.",
            console: "Microsoft Entra ID → Roles and administrators → Tenant Creator → Assignments",
            command: Inspect(
                "az rest --method get --url \
                              \"https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?\\$filter=roleDefinitionId \
                              eq '112ca1a2-15ad-4102-995e-45b0bc479a6a'\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/permissions-reference#tenant-creator",
        "https://learn.microsoft.com/en-us/entra/fundamentals/users-default-permissions",
    ],
    // It is visible whether anyone holds the role, but not whether anyone reviews it regularly.
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-08", Supporting),
        cis_azure6("5.3.6", Supporting),
        mcsb1("PA-4", Supporting),
        mcsb1("PA-7", Supporting),
    ],
    test: Test {
        reads: &[Directory::TENANT_CREATORS],
        params: &[Param::Names(&ACCEPTED)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(people(0)))),
            fail: |scope| scope.directories.items.push(example(Known(people(1)))),
        },
    },
};

static ACCEPTED: Names = Names {
    name: "accepted-creators",
    doc: "The sign-in names of the users who were found to need the role.",
    default: &[],
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let all = directory.tenant_creators.known()?;
    let found = unnamed(all, &context.names(&ACCEPTED));
    if found.is_empty() {
        return pass();
    }
    fail(Directory::TENANT_CREATORS, found.join(", "), "only users in `accepted-creators`")
}

fn example(tenant_creators: Fact<Vec<String>>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .tenant_creators(tenant_creators)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(people(0))));
        assert_fails(&CONTROL, with(Known(people(1))));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn whoever_is_named_may() {
        let names = vec!["USER0@contoso.example".to_owned()];
        let params = [("accepted-creators", crate::params::Value::Names(names))];
        let judged = |count| judged_with(&CONTROL, &world(with(Known(people(count)))), &params);
        assert_eq!(judged(1), [Ok(Verdict::Pass)]);
        assert!(matches!(judged(2)[..], [Ok(Verdict::Fail(_))]));
    }
}
