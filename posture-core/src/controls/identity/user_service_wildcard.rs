//! `identity.user-service-wildcard`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.user-service-wildcard",
    life: since("0.1.0"),
    title: "Inline policies of users do not grant all actions of a service",
    finding: "User inline policy grants every action of a service",
    keywords: &["IAM", "IAM user", "inline policy", "wildcard", "least privilege"],
    severity: Low,
    rationale: "Every action of a service includes the actions that delete and share resources, \
                and those that the service adds later.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List only the actions that are needed in the inline policy.",
            console: "IAM → Users → the user → Permissions",
            command: Change(
                "aws iam put-user-policy --user-name <user> --policy-name <policy> \
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
