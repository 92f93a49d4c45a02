//! `identity.root-use`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.root-use",
    life: since("0.1.0"),
    title: "The root user is not used",
    finding: "Root user was used recently",
    keywords: &["root user", "credential report", "IAM"],
    severity: High,
    rationale: "The root user has no limits, and its actions cannot be traced to a person.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Use roles for daily work, and the root user only for the tasks that require \
                   it. The command shows when the root user was last used.",
            console: "IAM → Credential report",
            command: Inspect("aws iam get-credential-report"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-10", Supporting),
        ccm41("IAM-12", Supporting),
        // Not decided: the benchmark names no number of days, and lets a person judge whether a use
        // was due.
        cis_aws7("2.7", Supporting),
    ],
    test: Test {
        reads: &[Account::ROOT_LAST_USED],
        params: &[Param::Days(&QUIET)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.root_last_used = Known(None),
            fail: |scope| scope.account.root_last_used = Known(Some(EXAMPLE_TIME())),
        },
    },
};

static QUIET: Days = Days {
    name: "quiet-days",
    doc: "The number of days in which the root user must not be used. A use exactly this many days ago fails.",
    default: 90,
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let days = context.days(&QUIET);
    match account.root_last_used.known()? {
        Some(last) if !context.past(*last)?.is_older_than_days(days, context.now()?) => {
            fail(Account::ROOT_LAST_USED, last.day(), format!("no use within the last {days} days"))
        }
        Some(_) | None => pass(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(days_ago: i64) -> impl FnOnce(&mut Scope) {
        let last = Time::from_unix(EXAMPLE_TIME().unix() - days_ago * 86_400);
        move |scope| scope.account.root_last_used = Known(Some(last))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| scope.account.root_last_used = Known(None));
        assert_fails(&CONTROL, used(0));
        assert_fails(&CONTROL, used(90));
        assert_passes(&CONTROL, used(91));
        assert_unknown(&CONTROL, used(-1));
        assert_unknown(&CONTROL, |scope| scope.account.root_last_used = denied());
    }
}
