//! `identity.guest-privileges`

use crate::checks::access;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the guest can change resources, and the user did not name it in \
                     `trusted-guests`";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.guest-privileges",
    life: since("0.1.0"),
    title: "Guest users hold only roles that read",
    finding: "Guest user holds a role that can change resources",
    keywords: &["Azure RBAC", "role assignment", "guest user", "Entra ID", "B2B", "external user"],
    severity: High,
    rationale: "Your organization does not control how a guest account is protected, or when its \
                owner leaves.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Assign the guest a role that only reads, or create an account in your tenant \
                   for a person who has to change resources.",
            console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
            command: Change("az role assignment delete --ids <assignment-id>"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/role-assignments-external-users",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/recommendations-reference-identity-access",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("DE.CM-06", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        cis_azure6("5.3.2", Supporting),
        mcsb1("PA-4", Partial(SHOWS)),
        mcsb1("PA-7", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Grant::GUESTS, Grant::POWER],
        params: &[Param::Names(&TRUSTED)],
        check: Check::Grant(check),
        examples: Examples {
            pass: |scope| scope.grants.items.push(example(Known(vec![]))),
            fail: |scope| {
                scope.grants.items.push(example(Known(vec!["eve@partner.example".to_owned()])))
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-guests",
    doc: "The sign-in names of the guests that may change resources, such as those of a managed service provider.",
    default: &[],
};

fn check(grant: &Grant, context: &Context<'_>) -> CheckResult {
    let trusted = context.names(&TRUSTED);
    let guests = grant.guests.map(|guests| !access::others(guests, &trusted).is_empty());
    let changes = grant.power.map(|power| *power >= GrantPower::Changes);
    if !*(guests & changes).known()? {
        return pass();
    }
    let guests = access::others(grant.guests.known()?, &trusted);
    fail(Grant::GUESTS, guests.join(", "), "no guest in a role that can change resources")
}

fn example(guests: Fact<Vec<String>>) -> Grant {
    Grant::unread(
        "/subscriptions/1/providers/Microsoft.Authorization/roleAssignments/1",
        "Owner",
        None,
    )
    .power(Known(GrantPower::Changes))
    .guests(guests)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.grants.items.push(example(value))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(vec![])));
        assert_fails(&CONTROL, with(Known(vec!["eve@partner.example".to_owned()])));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn a_guest_may_look_and_one_that_is_trusted_may_more() {
        let eve = || Known(vec!["eve@partner.example".to_owned()]);
        let can = |power: Fact<GrantPower>| {
            move |scope: &mut Scope| scope.grants.items.push(example(eve()).power(power))
        };
        assert_passes(&CONTROL, can(Known(GrantPower::Reads)));
        assert_fails(&CONTROL, can(Known(GrantPower::Everything)));
        assert_unknown(&CONTROL, can(denied()));
        let trusted = crate::params::Value::Names(vec!["eve@partner.example".to_owned()]);
        let world = world(can(Known(GrantPower::Everything)));
        let judged = judged_with(&CONTROL, &world, &[("trusted-guests", trusted)]);
        assert_eq!(judged, [Ok(Verdict::Pass)]);
    }
}
