//! `identity.trust-service-source`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.trust-service-source",
    life: since("0.1.0"),
    title: "Service trust policies restrict the source",
    finding: "Service trust does not restrict the source account or ARN",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Low,
    rationale: "A service acts for all its customers, and one customer can trick it into using \
                the access of another (the confused deputy problem).",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on the source account or the source ARN to the trust policy.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::TRUSTS_SERVICES_WITHOUT_SOURCE],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope.roles.items.push(good().trusts_services_without_source(Known(Entries::from(
                    ["statement `Everything`"],
                ))))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> CheckResult {
    if *role.service_linked.known()? {
        return not_applicable("a service of the provider owns it");
    }
    role.trusts_services_without_source
        .must_be_empty(Role::TRUSTS_SERVICES_WITHOUT_SOURCE, "a condition on the source")
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .trusts_services_without_source(Known(Entries::none()))
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
        assert_fails(&CONTROL, with(good().trusts_services_without_source(bad())));
        assert_unknown(&CONTROL, with(good().trusts_services_without_source(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).trusts_services_without_source(bad())),
        );
        assert_unknown(
            &CONTROL,
            with(good().service_linked(denied()).trusts_services_without_source(bad())),
        );
    }
}
