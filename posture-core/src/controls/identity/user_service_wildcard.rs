//! `identity.user-service-wildcard`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-service-wildcard",
    life: since("0.1.0"),
    title: "Policies embedded in users do not give every action of a service",
    severity: Low,
    rationale: "Every action of a service includes those that delete, those that share, and those that come next year.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the actions that are needed in the embedded policy.",
            console: "IAM → Users → the user → Permissions",
            command: "aws iam put-user-policy --user-name <user> --policy-name <policy> --policy-document file://<policy.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html",
    ],
    satisfies: &[csf20("PR.AA-05", Partial), ccm41("IAM-05", Partial)],
    test: Test {
        reads: &[User::WILDCARD_SERVICES],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(good()),
            fail: |scope| {
                scope.users.items.push(good().wildcard_services(Known(Entries::from([
                    "s3 (embedded policy `example`, statement 1)",
                ]))))
            },
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> Judged {
    user.wildcard_services.must_be_empty(User::WILDCARD_SERVICES, "named actions")
}

fn good() -> User {
    User::unread("arn:aws:iam::123456789012:user/example", "example", None)
        .wildcard_services(Known(Entries::none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(user: User) -> impl FnOnce(&mut Scope) {
        move |scope| scope.users.items.push(user)
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
}
