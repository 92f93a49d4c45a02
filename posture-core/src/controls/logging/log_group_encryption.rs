//! `logging.log-group-encryption`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-encryption",
    life: since("0.1.0"),
    title: "Log groups are encrypted with a customer-managed key",
    finding: "Log group is not encrypted with a customer-managed key",
    keywords: &["CloudWatch Logs", "log group", "KMS", "customer managed key"],
    severity: Low,
    rationale: "The policy of a customer-managed key controls who can read the records, \
                separately from access to the log group.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Associate a customer-managed KMS key with the log group.",
            console: "CloudWatch → Logs → Log groups",
            command: Change(
                "aws logs associate-kms-key --log-group-name <log-group> \
                             --kms-key-id <key-arn>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("CEK-08", Supporting),
    ],
    test: Test {
        reads: &[LogGroup::KEY],
        params: &[],
        check: Check::LogGroup(check),
        examples: Examples {
            pass: |scope| {
                scope.log_groups.items.push(
                    group().key(Known(Some("arn:aws:kms:us-east-1:123456789012:key/1".to_owned()))),
                )
            },
            fail: |scope| scope.log_groups.items.push(group().key(Known(None))),
        },
    },
};

fn check(group: &LogGroup, _: &Context<'_>) -> CheckResult {
    match group.key.known()? {
        Some(_) => pass(),
        None => fail(LogGroup::KEY, "the provider's own key", "a key that the customer manages"),
    }
}

fn group() -> LogGroup {
    LogGroup::unread("arn:aws:logs:us-east-1:123456789012:log-group:app", "app", Some("us-east-1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |key: Fact<Option<String>>| {
            move |scope: &mut Scope| scope.log_groups.items.push(group().key(key))
        };
        assert_passes(&CONTROL, with(Known(Some("arn:aws:kms:us-east-1:1:key/1".to_owned()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
