//! `identity.user-full-admin`

use crate::checks::rights;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.user-full-admin",
    life: since("0.1.0"),
    title: "Users do not have administrator access",
    finding: "User has or can reach administrator access",
    keywords: &[
        "IAM",
        "IAM user",
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
            console: "IAM → Users → the user → Permissions",
            command: Change("aws iam detach-user-policy --user-name <user> --policy-arn <policy>"),
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
        reads: &[User::FULL_ADMIN, User::ADMIN_PATHS],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(good()),
            fail: |scope| {
                scope
                    .users
                    .items
                    .push(good().full_admin(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> Judged {
    rights::not_an_administrator(
        (User::FULL_ADMIN, &user.full_admin),
        (User::ADMIN_PATHS, &user.admin_paths),
    )
}

fn good() -> User {
    User::unread("arn:aws:iam::123456789012:user/example", "example", None)
        .full_admin(Known(Vec::new()))
        .admin_paths(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(user: User) -> impl FnOnce(&mut Scope) {
        move |scope| scope.users.items.push(user)
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
}
