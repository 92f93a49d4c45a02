//! `identity.unused-user`

use crate::checks::age::ago;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unused-user",
    life: since("0.1.0"),
    title: "Inactive users are disabled",
    finding: "Enabled user has not signed in recently",
    keywords: &[
        "Entra ID",
        "inactive user",
        "guest user",
        "last sign-in",
        "access review",
        "stale account",
    ],
    severity: Medium,
    rationale: "The takeover of an unused account goes unnoticed.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Find out whether the user is still needed. If not, block the account, and \
                   delete it after some time. Review guest users regularly.",
            console: "Microsoft Entra ID → Users → the user → Properties → Settings → Account enabled",
            command: Change("az ad user update --id <user> --account-enabled false"),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/identity/monitoring-health/howto-manage-inactive-user-accounts",
        "https://learn.microsoft.com/en-us/graph/api/resources/signinactivity",
    ],
    satisfies: &[
        csf20("PR.AA-01", Partial(shows::UNUSED)),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-07", Partial(shows::UNUSED)),
        ccm41("IAM-08", Supporting),
        cis_azure6("5.3.2", Supporting),
        mcsb1("PA-4", Supporting),
    ],
    test: Test {
        reads: &[User::CONSOLE_ACCESS, User::LAST_SIGN_IN, User::CREATED, User::GUEST],
        params: &[Param::Days(&MAX_UNUSED)],
        check: Check::User(check),
        examples: Examples {
            pass: |scope| scope.users.items.push(user(Some(90))),
            fail: |scope| scope.users.items.push(user(Some(91))),
        },
    },
};

static MAX_UNUSED: Days = Days {
    name: "max-unused-days",
    doc: "The maximum number of days since a user last signed in, or since its creation if it never signed in. More days fail; exactly this many pass.",
    default: 90,
};

fn check(user: &User, context: &Context<'_>) -> CheckResult {
    if !*user.console_access.known()? {
        return not_applicable("it is disabled");
    }
    let signed_in = user.last_sign_in.known()?;
    let (fact, last) = match signed_in {
        Some(time) => (User::LAST_SIGN_IN, *time),
        None => (User::CREATED, *user.created.known()?),
    };
    let (last, days) = (context.past(last)?, context.days(&MAX_UNUSED));
    if !last.is_older_than_days(days, context.now()?) {
        return pass();
    }
    let found = if signed_in.is_some() { "last signed in" } else { "never signed in, created" };
    let who = if user.guest == Known(true) { "a guest, " } else { "" };
    fail(
        fact,
        format!("{who}{found} {}", last.day()),
        format!("signed in within the last {}", counted(days, "day", "days")),
    )
}

fn user(last_sign_in: Option<i64>) -> User {
    User::unread("22222222-2222-4222-8222-222222222222", "ann@contoso.example", None)
        .console_access(Known(true))
        .guest(Known(false))
        .created(Known(ago(400)))
        .last_sign_in(Known(last_sign_in.map(ago)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(user: User) -> impl FnOnce(&mut Scope) {
        move |scope| scope.users.items.push(user)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(user(Some(90))));
        assert_fails(&CONTROL, with(user(Some(91))));
        assert_fails(&CONTROL, with(user(Some(91)).guest(Known(true))));
        assert_fails(&CONTROL, with(user(Some(91)).guest(denied())));
        assert_not_applicable(&CONTROL, with(user(Some(91)).console_access(Known(false))));
        assert_unknown(&CONTROL, with(user(Some(1)).console_access(denied())));
        assert_unknown(&CONTROL, with(user(Some(1)).last_sign_in(denied())));
    }

    #[test]
    fn a_user_who_never_signed_in_counts_from_its_creation() {
        assert_fails(&CONTROL, with(user(None)));
        assert_fails(&CONTROL, with(user(None).created(Known(ago(91)))));
        assert_passes(&CONTROL, with(user(None).created(Known(ago(90)))));
        assert_unknown(&CONTROL, with(user(None).created(denied())));
        assert_unknown(&CONTROL, with(user(Some(-1))));
        assert_unknown(&CONTROL, with(user(None).created(Known(ago(-1)))));
    }

    #[test]
    fn the_evidence_says_who_is_a_guest() {
        let found = |user: User| {
            let judged = judged(&CONTROL, &world(with(user)));
            let [Ok(Verdict::Fail(evidence))] = judged.as_slice() else { panic!("{judged:?}") };
            evidence[0].found.to_string()
        };
        assert!(found(user(Some(91))).starts_with("last signed in "));
        assert!(found(user(Some(91)).guest(Known(true))).starts_with("a guest, last signed in "));
        assert!(found(user(None).guest(denied())).starts_with("never signed in, created "));
    }
}
