//! `identity.role-privilege-escalation`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.role-privilege-escalation",
    life: since("0.1.0"),
    title: "Roles cannot escalate privileges",
    finding: "Role can escalate privileges",
    keywords: &[
        "IAM",
        "role",
        "privilege escalation",
        "escalation path",
        "PassRole",
        "least privilege",
    ],
    severity: High,
    rationale: "An identity that can escalate its privileges has, in effect, all privileges that \
                it can reach. The known escalation paths are those of 2026-11-29 \
                (docs/escalation-paths.md); a path may lead through other identities.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove one permission of each combination or one step of each path, or limit \
                   it to resources that do not lead further. The command lists the policies \
                   attached to the role.",
            console: "IAM → Roles → the role → Permissions",
            command: Inspect("aws iam list-attached-role-policies --role-name <role>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-09", Supporting),
        ccm41("IAM-10", Partial),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::FULL_ADMIN, Role::ESCALATION_PATHS],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope
                    .roles
                    .items
                    .push(good().escalation_paths(Known(Entries::from(["statement `Everything`"]))))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> Judged {
    if *role.service_linked.known()? {
        return not_applicable("a service of the provider owns it");
    }
    rights::no_escalation(
        &role.full_admin,
        (Role::ESCALATION_PATHS, &role.escalation_paths),
        "no escalation path",
        "it has every right already, which `identity.role-full-admin` judges",
    )
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .full_admin(Known(Vec::new()))
        .escalation_paths(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    fn path() -> Fact<Entries> {
        Known(Entries::from(["iam:AttachUserPolicy"]))
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().escalation_paths(path())));
        assert_unknown(&CONTROL, with(good().escalation_paths(denied())));
        assert_unknown(&CONTROL, with(good().full_admin(denied())));
        assert_fails(&CONTROL, with(good().full_admin(denied()).escalation_paths(path())));
    }

    #[test]
    fn an_administrator_does_not_pass() {
        assert_not_applicable(&CONTROL, with(good().full_admin(bad())));
        assert_not_applicable(&CONTROL, with(good().full_admin(bad()).escalation_paths(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).escalation_paths(path())),
        );
        assert_unknown(&CONTROL, with(good().service_linked(denied()).escalation_paths(path())));
    }
}
