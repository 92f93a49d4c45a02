//! `identity.standing-privileges`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.standing-privileges",
    life: since("0.1.0"),
    title: "Roles that can assign roles require PIM activation",
    finding: "Role that can assign roles needs no PIM activation",
    keywords: &[
        "Azure RBAC",
        "PIM",
        "Privileged Identity Management",
        "eligible assignment",
        "Owner role",
        "User Access Administrator",
        "just-in-time access",
    ],
    severity: Low,
    rationale: "An attacker who takes over an administrator has to activate an eligible role \
                first, which leaves a trace.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Make the assignment eligible in Privileged Identity Management (PIM), so that \
                   its holder activates it when needed. Leave emergency access accounts as they \
                   are, with an exception. The command lists the active role assignments.",
            console: "Privileged Identity Management → Azure resources → the subscription → \
                      Assignments",
            command: Inspect(
                "az role assignment list --scope /subscriptions/<id> \
                              --include-inherited",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/pim-resource-roles-assign-roles",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/pim-integration",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-10", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
        cis_azure6("5.3.4", Supporting),
        mcsb1("PA-2", Partial(shows::STANDING)).or_tool(Purpose::PrivilegedAccess),
    ],
    test: Test {
        reads: &[Grant::HOLDER, Grant::LEVEL, Grant::PERMANENT, Grant::POWER],
        params: &[],
        check: Check::Grant(check),
        examples: Examples {
            pass: |scope| scope.grants.items.push(example(Known(false))),
            fail: |scope| scope.grants.items.push(example(Known(true))),
        },
    },
};

fn check(grant: &Grant, _: &Context<'_>) -> CheckResult {
    let whole = grant.level.map(|level| *level <= GrantLevel::Account);
    let gives = grant.power.map(|power| *power >= GrantPower::GivesRoles);
    // An application cannot ask for a role.
    let person = grant.holder.map(|holder| matches!(holder, Holder::User | Holder::Group));
    if !*(whole & gives & person & grant.permanent.clone()).known()? {
        return pass();
    }
    fail(Grant::PERMANENT, "active without activation", "eligible")
}

fn example(permanent: Fact<bool>) -> Grant {
    Grant::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleAssignments/1",
        "Owner",
        None,
    )
    .holder(Known(Holder::Group))
    .power(Known(GrantPower::Everything))
    .level(Known(GrantLevel::Account))
    .permanent(permanent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.grants.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(false)));
        assert_fails(&CONTROL, with(Known(true)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn only_what_gives_roles_to_people_in_a_whole_account_counts() {
        let held = || example(Known(true));
        let put = |grant: Grant| move |scope: &mut Scope| scope.grants.items.push(grant);
        assert_passes(&CONTROL, put(held().power(Known(GrantPower::Changes))));
        assert_passes(&CONTROL, put(held().level(Known(GrantLevel::Resources))));
        assert_passes(&CONTROL, put(held().holder(Known(Holder::Application))));
        assert_fails(&CONTROL, put(held().power(Known(GrantPower::GivesRoles))));
        assert_unknown(&CONTROL, put(held().power(denied())));
    }
}
