//! `identity.single-access-key`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.single-access-key",
    life: since("0.1.0"),
    title: "Users have at most one active access key",
    finding: "User has more than one active access key",
    keywords: &["IAM", "IAM user", "access key", "key rotation", "credentials"],
    severity: Low,
    rationale: "A second access key is meant for the time of a rotation. If it stays active \
                afterwards, it goes unmonitored.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Deactivate and delete the access key that is not needed.",
            console: "IAM → Users → the user → Security credentials → Access keys",
            command: Change("aws iam delete-access-key --user-name <user> --access-key-id <key>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
    ],
    satisfies: &[csf20("PR.AA-01", Supporting), ccm41("IAM-14", Supporting)],
    test: Test {
        reads: &[User::ACTIVE_KEYS],
        params: &[],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(user(1)),
            fail: |scope| scope.users.items.push(user(2)),
        },
    },
};

fn check(user: &User, _: &Context<'_>) -> CheckResult {
    let keys = *user.active_keys.known()?;
    if keys <= 1 {
        return pass();
    }
    fail(User::ACTIVE_KEYS, format!("{keys} active keys"), "at most one")
}

fn user(keys: u32) -> User {
    User::unread("arn:aws:iam::123456789012:user/ann", "ann", None).active_keys(Known(keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |user: User| move |scope: &mut Scope| scope.users.items.push(user);
        assert_passes(&CONTROL, with(user(0)));
        assert_passes(&CONTROL, with(user(1)));
        assert_fails(&CONTROL, with(user(2)));
        assert_unknown(&CONTROL, with(user(1).active_keys(denied())));
    }
}
