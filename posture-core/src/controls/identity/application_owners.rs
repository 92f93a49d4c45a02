//! `identity.application-owners`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "no program needs to assign roles and to delete everything in a subscription";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.application-owners",
    life: since("0.1.0"),
    title: "Service principals do not have full control of subscriptions",
    finding: "Service principal has full control of a subscription",
    keywords: &[
        "Azure RBAC",
        "Owner role",
        "role assignment",
        "service principal",
        "managed identity",
        "application",
        "subscription",
    ],
    severity: Medium,
    rationale: "A leaked secret or a flaw in the application exposes everything in the \
                subscription.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the service principal a role that covers only what it does, scoped to \
                   the resources that it uses. Then delete this role assignment.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
            command: Change("az role assignment delete --ids <assignment-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/recommendations-reference-identity-access",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Grant::HOLDER, Grant::POWER, Grant::LEVEL],
        params: &[],
        check: Check::Grant(check),
        examples: Examples {
            pass: |scope| scope.grants.items.push(example(Known(Holder::User))),
            fail: |scope| scope.grants.items.push(example(Known(Holder::Application))),
        },
    },
};

fn check(grant: &Grant, _: &Context<'_>) -> CheckResult {
    let application = grant.holder.map(|holder| *holder == Holder::Application);
    let everything = grant.power.map(|power| *power == GrantPower::Everything);
    let whole = grant.level.map(|level| *level <= GrantLevel::Account);
    if !*(application & everything & whole).known()? {
        return pass();
    }
    fail(
        Grant::POWER,
        "a service principal can do everything in the whole subscription",
        "a role for what it does",
    )
}

fn example(holder: Fact<Holder>) -> Grant {
    Grant::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleAssignments/1",
        "Owner",
        None,
    )
    .power(Known(GrantPower::Everything))
    .level(Known(GrantLevel::Account))
    .holder(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Holder>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.grants.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Holder::User)));
        assert_passes(&CONTROL, with(Known(Holder::Group)));
        assert_fails(&CONTROL, with(Known(Holder::Application)));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_smaller_role_or_a_smaller_place_will_do() {
        let app = || example(Known(Holder::Application));
        let put = |grant: Grant| move |scope: &mut Scope| scope.grants.items.push(grant);
        assert_passes(&CONTROL, put(app().power(Known(GrantPower::GivesRoles))));
        assert_passes(&CONTROL, put(app().level(Known(GrantLevel::Resources)).power(denied())));
        assert_fails(&CONTROL, put(app().level(Known(GrantLevel::Root))));
        assert_unknown(&CONTROL, put(app().level(denied())));
    }
}
