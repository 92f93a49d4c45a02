//! `identity.global-administrator-count`

use crate::checks::access::people;
use crate::checks::directory;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.global-administrator-count",
    life: since("0.1.0"),
    title: "The number of Global Administrators is within limits",
    finding: "Too few or too many Global Administrators",
    keywords: &["Entra ID", "Global Administrator", "directory role", "PIM", "break glass"],
    severity: High,
    rationale: "If the only Global Administrator is locked out, the tenant cannot be \
                administered. Each additional one can be taken over, and with them the whole \
                tenant.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the role to a second person, or assign less privileged roles to those \
                   who do not need it. The command lists the active assignments of the role.",
            console: "Microsoft Entra ID → Roles and administrators → Global Administrator → Assignments",
            command: Inspect(
                "az rest --method get --url \
                              \"https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?\\$filter=roleDefinitionId \
                              eq '62e90394-69f5-4237-9190-012177145e10'\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/role-based-access-control/best-practices",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Supporting),
        cis_azure6("5.3.4", Supporting),
        mcsb1("PA-1", Supporting),
    ],
    test: Test {
        reads: &[Directory::GLOBAL_ADMINISTRATORS],
        params: &[Param::Count(&LEAST), Param::Count(&MOST)],
        check: Check::Directory(check),
        examples: Examples {
            pass: |scope| scope.directories.items.push(example(Known(people(2)))),
            fail: |scope| scope.directories.items.push(example(Known(people(9)))),
        },
    },
};

static LEAST: Count = Count {
    name: "min-administrators",
    doc: "The minimum number of Global Administrators. Fewer fail; exactly this many pass.",
    default: 2,
};

static MOST: Count = Count {
    name: "max-administrators",
    doc: "The maximum number of Global Administrators. More fail; exactly this many pass.",
    default: 4,
};

fn check(directory: &Directory, context: &Context<'_>) -> CheckResult {
    let (least, most) = (context.count(&LEAST), context.count(&MOST));
    let all = directory.global_administrators.known()?;
    directory::as_many_as(Directory::GLOBAL_ADMINISTRATORS, all, least, most)
}

fn example(global_administrators: Fact<Vec<String>>) -> Directory {
    directory::unread().global_administrators(global_administrators)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.directories.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(people(2))));
        assert_passes(&CONTROL, with(Known(people(4))));
        assert_fails(&CONTROL, with(Known(people(0))));
        assert_fails(&CONTROL, with(Known(people(1))));
        assert_fails(&CONTROL, with(Known(people(5))));
        assert_unknown(&CONTROL, with(denied()));
    }
}
