//! `logging.alert-storage-policy-change`

use crate::checks::alert;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.alert-storage-policy-change",
    life: since("0.1.0"),
    title: "S3 bucket policy changes raise an alert",
    finding: "No working CloudWatch alarm on S3 bucket policy changes",
    keywords: &[
        "S3",
        "bucket policy",
        "ACL",
        "CloudTrail",
        "CloudWatch",
        "metric filter",
        "alarm",
        "SNS",
    ],
    severity: Medium,
    rationale: "A single policy change can open a bucket to everyone.",
    remediation: &[(
        Aws,
        Remedy {
            text: alert::REMEDY,
            console: alert::CONSOLE,
            command: Change(
                r#"aws logs put-metric-filter --log-group-name <log-group> --filter-name storage-policy-change --filter-pattern '{ ($.eventSource = s3.amazonaws.com) && (($.eventName = PutBucketAcl) || ($.eventName = PutBucketPolicy) || ($.eventName = PutBucketCors) || ($.eventName = PutBucketLifecycle) || ($.eventName = PutBucketReplication) || ($.eventName = DeleteBucketPolicy) || ($.eventName = DeleteBucketCors) || ($.eventName = DeleteBucketLifecycle) || ($.eventName = DeleteBucketReplication)) }' --metric-transformations metricName=<metric>,metricNamespace=<namespace>,metricValue=1"#,
            ),
        },
    )],
    references: alert::REFERENCES,
    satisfies: &[
        csf20("DE.CM-03", Partial),
        csf20("DE.AE-06", Supporting),
        ccm41("LOG-03", Partial),
        ccm41("CCC-07", Supporting),
        cis_aws7("5.8", Full),
    ],
    test: Test {
        reads: alert::READS,
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.alerts.items.push(alert::working(EventClass::StoragePolicyChange)),
            fail: |scope| {
                scope
                    .alerts
                    .items
                    .push(alert::working(EventClass::StoragePolicyChange).notifies(Known(false)))
            },
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> Judged {
    alert::raised(context, EventClass::StoragePolicyChange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_of_this_class_counts_and_of_another_does_not() {
        for class in EventClass::ALL {
            let alert = alert::working(*class);
            let fill = |scope: &mut Scope| scope.alerts.items.push(alert);
            if *class == EventClass::StoragePolicyChange {
                assert_passes(&CONTROL, fill);
            } else {
                assert_fails(&CONTROL, fill);
            }
        }
    }
}
