//! `identity.user-direct-policies`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.user-direct-policies",
    life: since("0.1.0"),
    title: "Users get permissions only through groups",
    finding: "User has directly attached or inline policies",
    keywords: &["IAM", "IAM user", "IAM group", "attached policy", "inline policy"],
    severity: Low,
    rationale: "Permissions that are attached to one user are forgotten when the user changes \
                jobs.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Attach the policy to a group, and add the user to it.",
            console: "IAM → Users → the user → Permissions",
            command: Change("aws iam detach-user-policy --user-name <user> --policy-arn <policy>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-06", Supporting),
        cis_aws7("2.13", Full),
        fsbp("IAM.2", Full),
    ],
    test: Test {
        reads: &[User::DIRECT_POLICIES],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(good()),
            fail: |scope| {
                scope
                    .users
                    .items
                    .push(good().direct_policies(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> CheckResult {
    let found = user.direct_policies.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(User::DIRECT_POLICIES, found.join(", "), "policies through groups only")
}

fn good() -> User {
    User::unread("arn:aws:iam::123456789012:user/example", "example", None)
        .direct_policies(Known(Vec::new()))
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
        assert_fails(&CONTROL, with(good().direct_policies(bad())));
        assert_unknown(&CONTROL, with(good().direct_policies(denied())));
    }
}
