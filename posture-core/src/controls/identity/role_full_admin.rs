//! `identity.role-full-admin`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.role-full-admin",
    life: since("0.1.0"),
    title: "Roles do not have administrator access",
    finding: "Role has or can reach administrator access",
    keywords: &[
        "IAM",
        "role",
        "AdministratorAccess",
        "least privilege",
        "policy",
        "privilege escalation",
    ],
    severity: High,
    rationale: "An attacker who takes over one administrator controls the account, whichever \
                policy grants the access.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Replace the policies that together allow every action with policies that \
                   allow only what is needed. Where the finding shows a path through other \
                   identities, remove one of its steps.",
            console: "IAM → Roles → the role → Permissions",
            command: Change("aws iam detach-role-policy --role-name <role> --policy-arn <policy>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-10", Supporting),
        ccm41("IAM-04", Supporting),
        cis_aws7("2.14", Partial),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::FULL_ADMIN, Role::ADMIN_PATHS],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope
                    .roles
                    .items
                    .push(good().full_admin(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> Judged {
    if *role.service_linked.known()? {
        return not_applicable("a service of the provider owns it");
    }
    rights::not_an_administrator(
        (Role::FULL_ADMIN, &role.full_admin),
        (Role::ADMIN_PATHS, &role.admin_paths),
    )
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .full_admin(Known(Vec::new()))
        .admin_paths(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().full_admin(bad())));
        assert_unknown(&CONTROL, with(good().full_admin(denied())));
        assert_fails(&CONTROL, with(good().admin_paths(bad())));
        assert_unknown(&CONTROL, with(good().admin_paths(denied())));
        assert_fails(&CONTROL, with(good().full_admin(denied()).admin_paths(bad())));
        assert_fails(&CONTROL, with(good().full_admin(bad()).admin_paths(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(&CONTROL, with(good().service_linked(Known(true)).full_admin(bad())));
        assert_unknown(&CONTROL, with(good().service_linked(denied()).full_admin(bad())));
    }
}
