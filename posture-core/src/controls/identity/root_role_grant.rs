//! `identity.root-role-grant`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the role at root scope lets its holder take over every subscription, and is \
                     meant for the time of one task";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-role-grant",
    life: since("0.1.0"),
    title: "No role assignment at root scope (/) can assign roles",
    finding: "Principal can assign roles at root scope (/)",
    keywords: &[
        "Azure RBAC",
        "root scope",
        "User Access Administrator",
        "elevated access",
        "Global Administrator",
        "role assignment",
    ],
    severity: High,
    rationale: "A principal that can assign roles at root scope can take over every subscription \
                of the tenant, present and future.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the role assignment once its task is done. Where the access stays \
                   necessary, assign the role at the scope of one subscription.",
            console: "Microsoft Entra ID → Properties → Access management for Azure resources → \
                      Manage elevated access users",
            command: Change(
                "az role assignment delete --role \"User Access Administrator\" \
                             --assignee <id> --scope /",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/elevate-access-global-admin",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        // Not decided: it asks for User Access Administrator only, and not for other roles that
        // give roles.
        cis_azure6("5.3.3", Supporting),
        mcsb1("PA-1", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Grant::LEVEL, Grant::POWER],
        params: &[],
        check: Check::Grant(check),
        examples: Examples {
            pass: |scope| scope.grants.items.push(example(Known(GrantLevel::AccountGroup))),
            fail: |scope| scope.grants.items.push(example(Known(GrantLevel::Root))),
        },
    },
};

fn check(grant: &Grant, _: &Context<'_>) -> CheckResult {
    let root = grant.level.map(|level| *level == GrantLevel::Root);
    let gives = grant.power.map(|power| *power >= GrantPower::GivesRoles);
    if !*(root & gives).known()? {
        return pass();
    }
    fail(
        Grant::LEVEL,
        "its principal can assign roles at root scope",
        "no such role assignment at root scope",
    )
}

fn example(level: Fact<GrantLevel>) -> Grant {
    Grant::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleAssignments/1",
        "Owner",
        None,
    )
    .power(Known(GrantPower::GivesRoles))
    .level(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<GrantLevel>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.grants.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(GrantLevel::AccountGroup)));
        assert_passes(&CONTROL, with(Known(GrantLevel::Account)));
        assert_passes(&CONTROL, with(Known(GrantLevel::Resources)));
        assert_fails(&CONTROL, with(Known(GrantLevel::Root)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_role_that_gives_no_roles_may_be_given_anywhere() {
        let at_root = |power: Fact<GrantPower>| {
            move |scope: &mut Scope| {
                scope.grants.items.push(example(Known(GrantLevel::Root)).power(power));
            }
        };
        assert_passes(&CONTROL, at_root(Known(GrantPower::Changes)));
        assert_fails(&CONTROL, at_root(Known(GrantPower::Everything)));
        assert_unknown(&CONTROL, at_root(denied()));
    }
}
