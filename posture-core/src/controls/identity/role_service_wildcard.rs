//! `identity.role-service-wildcard`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.role-service-wildcard",
    life: since("0.1.0"),
    title: "Inline policies of roles do not grant all actions of a service",
    finding: "Role inline policy grants every action of a service",
    keywords: &["IAM", "role", "inline policy", "wildcard", "least privilege"],
    severity: Low,
    rationale: "Every action of a service includes the actions that delete and share resources, \
                and those that the service adds later.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List only the actions that are needed in the inline policy.",
            console: "IAM → Roles → the role → Permissions",
            command: Change(
                "aws iam put-role-policy --role-name <role> --policy-name <policy> \
                             --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[csf20("PR.AA-05", Partial), ccm41("IAM-05", Partial)],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::WILDCARD_SERVICES],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope.roles.items.push(good().wildcard_services(Known(Entries::from([
                    "s3 (embedded policy `example`, statement 1)",
                ]))))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> Judged {
    if *role.service_linked.known()? {
        return not_applicable("a service of the provider owns it");
    }
    role.wildcard_services.must_be_empty(Role::WILDCARD_SERVICES, "named actions")
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .wildcard_services(Known(Entries::none()))
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
        assert_fails(&CONTROL, with(good().wildcard_services(bad())));
        assert_unknown(&CONTROL, with(good().wildcard_services(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).wildcard_services(bad())),
        );
        assert_unknown(&CONTROL, with(good().service_linked(denied()).wildcard_services(bad())));
    }
}
