//! `identity.unused-password`

use crate::checks::age::{self, ago};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unused-password",
    life: since("0.1.0"),
    title: "Unused console passwords are removed",
    finding: "Console password has not been used recently",
    keywords: &[
        "IAM",
        "IAM user",
        "login profile",
        "console password",
        "unused credentials",
        "last used",
    ],
    severity: Medium,
    rationale: "The theft of an unused password goes unnoticed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the login profile of the user, or delete the user.",
            console: "IAM → Users → the user → Security credentials → Console sign-in → Manage",
            command: Change("aws iam delete-login-profile --user-name <user>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::UNUSED)),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-07", Partial(shows::UNUSED)),
        ccm41("IAM-08", Supporting),
        cis_aws7("2.11", Partial(shows::STEP)).with(MAX_UNUSED.asked(45)),
        fsbp("IAM.8", Partial(shows::STEP)).with(MAX_UNUSED.asked(90)),
    ],
    test: Test {
        reads: &[
            User::CONSOLE_ACCESS,
            User::PASSWORD_LAST_USED,
            User::PASSWORD_LAST_CHANGED,
            User::CREATED,
        ],
        params: &[Param::Days(&MAX_UNUSED)],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(user(Some(44))),
            fail: |scope| scope.users.items.push(user(Some(45))),
        },
    },
};

static MAX_UNUSED: Days = Days {
    name: "max-unused-days",
    doc: "The number of days without use after which a password must be removed. Exactly this many days fail, as in the benchmark.",
    default: 45,
};

fn check(user: &User, context: &Context<'_>) -> CheckResult {
    if !*user.console_access.known()? {
        return not_applicable("it has no password");
    }
    // A password that was never used is as old as its last change, and that at least as young as the user.
    let used = user.password_last_used.known()?;
    let (fact, last) = match used {
        Some(used) => (User::PASSWORD_LAST_USED, *used),
        None => match user.password_last_changed.known()? {
            Some(changed) => (User::PASSWORD_LAST_CHANGED, *changed),
            None => (User::CREATED, *user.created.known()?),
        },
    };
    let found = if used.is_some() { "last used" } else { "never used, set" };
    age::used_less_than(fact, last, found, context.days(&MAX_UNUSED), context)
}

fn user(used: Option<i64>) -> User {
    User::unread("arn:aws:iam::123456789012:user/ann", "ann", None)
        .console_access(Known(true))
        .created(Known(ago(400)))
        .password_last_used(Known(used.map(ago)))
        .password_last_changed(Known(Some(ago(10))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(user: User) -> impl FnOnce(&mut Scope) {
        move |scope| scope.users.items.push(user)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(user(Some(44))));
        assert_fails(&CONTROL, with(user(Some(45))));
        assert_not_applicable(&CONTROL, with(user(Some(400)).console_access(Known(false))));
        assert_unknown(&CONTROL, with(user(Some(1)).console_access(denied())));
        assert_unknown(&CONTROL, with(user(Some(1)).password_last_used(denied())));
    }

    #[test]
    fn a_password_that_was_never_used_counts_from_its_last_change() {
        assert_passes(&CONTROL, with(user(None)));
        assert_fails(&CONTROL, with(user(None).password_last_changed(Known(Some(ago(50))))));
        assert_fails(&CONTROL, with(user(None).password_last_changed(Known(None))));
        assert_unknown(&CONTROL, with(user(None).password_last_changed(denied())));
        assert_unknown(&CONTROL, with(user(Some(-1))));
        assert_unknown(&CONTROL, with(user(None).password_last_changed(Known(Some(ago(-1))))));
    }
}
