//! `logging.log-group-retention`

use crate::checks::number;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.log-group-retention",
    life: since("0.1.0"),
    title: "Logs are retained long enough",
    finding: "Log retention is too short",
    keywords: &["CloudWatch Logs", "log group", "Log Analytics", "workspace", "retention"],
    severity: Low,
    rationale: "An intrusion is often noticed months after it began.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Increase the retention of the log group, or set it to never expire.",
                console: "CloudWatch → Logs → Log groups → the log group → Actions → Edit retention setting",
                command: Change(
                    "aws logs put-retention-policy --log-group-name <log-group> \
                                 --retention-in-days <days>",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Increase the retention of the Log Analytics workspace.",
                console: "Log Analytics workspaces → the workspace → Usage and estimated costs → Data Retention",
                command: Change(
                    "az monitor log-analytics workspace update --resource-group \
                                 <group> --workspace-name <workspace> --retention-time <days>",
                ),
            },
        ),
    ],
    references: &[
        "https://learn.microsoft.com/en-us/azure/azure-monitor/logs/data-retention-configure",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("DSP-16", Supporting),
        mcsb1("LT-6", Supporting),
    ],
    test: Test {
        reads: &[LogGroup::RETENTION_DAYS],
        params: &[Param::Days(&MIN_RETENTION)],
        check: Check::LogGroup(check),
        examples: Examples {
            pass: |scope| scope.log_groups.items.push(group(Some(365))),
            fail: |scope| scope.log_groups.items.push(group(Some(30))),
        },
    },
};

static MIN_RETENTION: Days = Days {
    name: "min-retention-days",
    doc: "The minimum retention of records in days. Fewer days fail; exactly this many pass.",
    default: 365,
};

fn check(group: &LogGroup, context: &Context<'_>) -> CheckResult {
    let least = context.days(&MIN_RETENTION);
    match group.retention_days.known()? {
        Some(days) => number::at_least(LogGroup::RETENTION_DAYS, *days, least, number::DAYS),
        // Without a retention, records are never deleted.
        None => pass(),
    }
}

fn group(days: Option<u32>) -> LogGroup {
    LogGroup::unread("arn:aws:logs:us-east-1:123456789012:log-group:app", "app", Some("us-east-1"))
        .retention_days(Known(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |group| move |scope: &mut Scope| scope.log_groups.items.push(group);
        assert_passes(&CONTROL, with(group(None)));
        assert_passes(&CONTROL, with(group(Some(365))));
        assert_fails(&CONTROL, with(group(Some(364))));
        assert_unknown(&CONTROL, with(group(None).retention_days(denied())));
    }
}
