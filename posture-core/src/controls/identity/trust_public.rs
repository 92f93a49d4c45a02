//! `identity.trust-public`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "anyone with an account of the provider can assume the role";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-public",
    life: since("0.1.0"),
    title: "Role trust policies do not allow everyone",
    finding: "Anyone can assume the role",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "AssumeRole",
        "public access",
        "principal",
        "Cognito identity pool",
    ],
    severity: Critical,
    rationale: "Anyone can assume the role and use its permissions: with any AWS account, or as \
                a guest of an identity pool that the role trusts.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the principals that can assume the role in its trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-03", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        cis_aws7("2.21", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::TRUSTS_ANYONE],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope
                    .roles
                    .items
                    .push(good().trusts_anyone(Known(Entries::from(["statement `Everything`"]))))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> CheckResult {
    if *role.service_linked.known()? {
        return not_applicable("it is a service-linked role");
    }
    role.trusts_anyone.must_be_empty(Role::TRUSTS_ANYONE, "listed principals only")
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .trusts_anyone(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    fn bad() -> Fact<Entries> {
        Known(Entries::from(["statement 1"]))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().trusts_anyone(bad())));
        assert_unknown(&CONTROL, with(good().trusts_anyone(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).trusts_anyone(bad())),
        );
        assert_unknown(&CONTROL, with(good().service_linked(denied()).trusts_anyone(bad())));
    }
}
