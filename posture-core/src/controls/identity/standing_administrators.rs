//! `identity.standing-administrators`

use crate::checks::access::{people, unnamed};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.standing-administrators",
    life: since("0.1.0"),
    title: "Privileged Entra ID roles require PIM activation",
    finding: "Users hold privileged Entra roles without PIM activation",
    keywords: &[
        "Entra ID",
        "PIM",
        "Privileged Identity Management",
        "eligible assignment",
        "directory role",
        "break glass",
        "just-in-time access",
    ],
    severity: High,
    rationale: "A permanently active role is available to any attacker who takes over the \
                account.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Make the assignments eligible in Privileged Identity Management (PIM). List \
                   the emergency access accounts, which must keep active assignments, in \
                   `emergency-accounts`. The command lists the active assignments.",
            console: "Microsoft Entra ID → Identity Governance → Privileged Identity Management → Microsoft Entra roles → Assignments",
            command: Inspect(
                "az rest --method get --url \
                              https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/pim-how-to-add-role-to-user",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-10", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
        ccm41("IAM-05", Supporting),
        cis_azure6("5.3.4", Supporting),
        mcsb1("PA-2", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
    ],
    test: Test {
        reads: &[Directory::PERMANENT_ADMINISTRATORS],
        params: &[Param::Names(&EMERGENCY)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(people(0)))),
            fail: |scope| scope.directories.items.push(example(Known(people(1)))),
        },
    },
};

static EMERGENCY: Names = Names {
    name: "emergency-accounts",
    doc: "The sign-in names of the emergency access accounts.",
    default: &[],
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let all = directory.permanent_administrators.known()?;
    let found = unnamed(all, &context.names(&EMERGENCY));
    if found.is_empty() {
        return pass();
    }
    fail(Directory::PERMANENT_ADMINISTRATORS, found.join(", "), "none")
}

fn example(permanent_administrators: Fact<Vec<String>>) -> Directory {
    Directory::unread("11111111-1111-4111-8111-111111111111", "Entra ID", None)
        .permanent_administrators(permanent_administrators)
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
    fn accounts_for_emergencies_keep_their_roles() {
        let names = vec!["USER0@contoso.example".to_owned()];
        let params = [("emergency-accounts", crate::params::Value::Names(names))];
        let judged = |count| judged_with(&CONTROL, &world(with(Known(people(count)))), &params);
        assert_eq!(judged(1), [Ok(Verdict::Pass)]);
        assert!(matches!(judged(2)[..], [Ok(Verdict::Fail(_))]));
    }
}
