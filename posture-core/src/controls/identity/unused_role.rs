//! `identity.unused-role`

use crate::checks::age::ago;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.unused-role",
    life: since("0.1.0"),
    title: "Unused roles are removed",
    finding: "Role has not been assumed recently",
    keywords: &["IAM", "role", "unused role", "last used", "AssumeRole"],
    severity: Low,
    rationale: "An unused role is a way in that goes unmonitored.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Delete the role, after checking which workloads depend on it. Before that, \
                   detach its managed policies, delete its inline policies and remove it from \
                   its instance profiles: otherwise AWS refuses to delete it.",
            console: "IAM → Roles → the role → Last activity",
            command: Change(
                "aws iam detach-role-policy --role-name <role> --policy-arn <policy> \
                             && aws iam delete-role --role-name <role>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
    ],
    satisfies: &[
        csf20("PR.AA-01", Supporting),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-07", Supporting),
        ccm41("IAM-08", Supporting),
        ccm41("IAM-05", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::LAST_USED, Role::CREATED],
        params: &[Param::Days(&MAX_UNUSED)],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(role(Some(90))),
            fail: |scope| scope.roles.items.push(role(Some(91))),
        },
    },
};

static MAX_UNUSED: Days = Days {
    name: "max-unused-days",
    doc: "The maximum number of days since a role was last assumed, or since its creation if it was never assumed. More days fail; exactly this many pass.",
    default: 90,
};

fn check(role: &Role, context: &Context<'_>) -> CheckResult {
    if *role.service_linked.known()? {
        return not_applicable("it is a service-linked role");
    }
    let (fact, last, found) = match role.last_used.known()? {
        Some(used) => (Role::LAST_USED, *used, "last assumed"),
        None => (Role::CREATED, *role.created.known()?, "never assumed, created"),
    };
    let (last, days) = (context.past(last)?, context.days(&MAX_UNUSED));
    if !last.is_older_than_days(days, context.now()?) {
        return pass();
    }
    fail(
        fact,
        format!("{found} {}", last.day()),
        format!("assumed within the last {}", counted(days, "day", "days")),
    )
}

fn role(used: Option<i64>) -> Role {
    Role::unread("arn:aws:iam::123456789012:role/batch", "batch", None)
        .service_linked(Known(false))
        .created(Known(ago(300)))
        .last_used(Known(used.map(ago)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(role(Some(90))));
        assert_fails(&CONTROL, with(role(Some(91))));
        assert_fails(&CONTROL, with(role(None)));
        assert_passes(&CONTROL, with(role(None).created(Known(ago(5)))));
        assert_not_applicable(&CONTROL, with(role(None).service_linked(Known(true))));
        assert_unknown(&CONTROL, with(role(None).last_used(denied())));
        assert_unknown(&CONTROL, with(role(None).created(denied())));
        assert_unknown(&CONTROL, with(role(Some(1)).service_linked(denied())));
        // What has not happened yet did not happen.
        assert_unknown(&CONTROL, with(role(Some(-1))));
        assert_unknown(&CONTROL, with(role(None).created(Known(ago(-1)))));
    }
}
