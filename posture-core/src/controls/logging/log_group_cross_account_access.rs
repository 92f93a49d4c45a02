//! `logging.log-group-cross-account-access`

use crate::checks::access::untrusted;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-cross-account-access",
    life: since("0.1.0"),
    title: "Account-level log resource policies allow only trusted accounts",
    finding: "CloudWatch Logs resource policy allows an untrusted account",
    keywords: &[
        "CloudWatch Logs",
        "log group",
        "resource policy",
        "cross-account access",
        "trusted account",
    ],
    severity: Low,
    rationale: "The owner of the other account decides what an AWS service writes to the log \
                groups on its behalf.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the account from the principals and conditions of the policy, or add \
                   its account ID to `trusted-accounts` of this control.",
            console: "CloudShell → aws logs put-resource-policy",
            command: Change(
                "aws logs put-resource-policy --policy-name <policy> \
                             --policy-document file://<policy-without-the-account.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNTRUSTED)),
        ccm41("IAM-05", Partial(shows::UNTRUSTED)),
        ccm41("LOG-02", Supporting),
    ],
    test: Test {
        reads: &[LogPolicy::EXTERNAL_ACCOUNTS],
        params: &[Param::Names(&TRUSTED)],
        check: Check::LogPolicy(check),
        examples: Examples {
            pass: |scope| scope.log_policies.items.push(allows(Known(Entries::none()))),
            fail: |scope| {
                scope.log_policies.items.push(allows(Known(Entries::from(["210987654321"]))))
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The numbers of the accounts outside this one that a policy may allow, and the ids of organizations; any other \
          fails. None by default.",
    default: &[],
};

fn check(policy: &LogPolicy, context: &Context<'_>) -> CheckResult {
    let others = untrusted(policy.external_accounts.known()?, &context.names(&TRUSTED));
    others.must_be_empty(LogPolicy::EXTERNAL_ACCOUNTS, "no account but those that are trusted")
}

fn allows(accounts: Fact<Entries>) -> LogPolicy {
    let id = "arn:aws:logs:us-east-1:123456789012:resource-policy:delivery";
    LogPolicy::unread(id, "delivery", Some("us-east-1")).external_accounts(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;
    use crate::params::Value;

    fn with(accounts: Entries) -> impl FnOnce(&mut Scope) {
        move |scope| scope.log_policies.items.push(allows(Known(accounts)))
    }

    fn trusting(accounts: Entries) -> Vec<CheckResult> {
        let trusted = [("trusted-accounts", Value::Names(vec!["210987654321".to_owned()]))];
        judged_with(&CONTROL, &world(with(accounts)), &trusted)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Entries::none()));
        assert_fails(&CONTROL, with(Entries::from(["210987654321"])));
        assert_unknown(&CONTROL, |scope| scope.log_policies.items.push(allows(denied())));
    }

    #[test]
    fn trusted_accounts_are_allowed_and_no_others() {
        assert_eq!(trusting(Entries::from(["210987654321"])), [Ok(Verdict::Pass)]);
        let two = trusting(Entries::from(["210987654321", "333333333333"]));
        let [Ok(Verdict::Fail(evidence))] = &two[..] else { panic!("{two:?}") };
        assert_eq!(evidence[0].found, "333333333333");
        let undecided = Entries::new(vec!["210987654321".to_owned()], Some(DENIED));
        assert_eq!(trusting(undecided), [Err(Undecided::Unknown(DENIED))]);
    }
}
