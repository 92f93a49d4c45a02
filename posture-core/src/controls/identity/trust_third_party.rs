//! `identity.trust-third-party`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-third-party",
    life: since("0.1.0"),
    title: "Cross-account trust requires an external ID or a similar condition",
    finding: "Other accounts can assume the role without an external ID",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "external ID",
        "sts:ExternalId",
        "confused deputy",
        "third party",
        "cross-account access",
    ],
    severity: Medium,
    rationale: "One customer of a third party can trick it into using the access of another \
                customer (the confused deputy problem).",
    remediation: &[(
        Aws,
        Remedy {
            text: "Require an external ID, or limit the trust to the organization or to a \
                   network.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("DE.CM-06", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope.roles.items.push(good().trusts_accounts_unconditionally(Known(
                    Entries::from(["statement `Everything`"]),
                )))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> CheckResult {
    if *role.service_linked.known()? {
        return not_applicable("it is a service-linked role");
    }
    role.trusts_accounts_unconditionally.must_be_empty(
        Role::TRUSTS_ACCOUNTS_UNCONDITIONALLY,
        "a condition on an external ID, an organization or a network",
    )
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .trusts_accounts_unconditionally(Known(Entries::none()))
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
        assert_fails(&CONTROL, with(good().trusts_accounts_unconditionally(bad())));
        assert_unknown(&CONTROL, with(good().trusts_accounts_unconditionally(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).trusts_accounts_unconditionally(bad())),
        );
        assert_unknown(
            &CONTROL,
            with(good().service_linked(denied()).trusts_accounts_unconditionally(bad())),
        );
    }
}
