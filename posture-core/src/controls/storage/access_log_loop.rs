//! `storage.access-log-loop`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-log-loop",
    life: since("0.1.0"),
    title: "Buckets do not write their access log to themselves",
    finding: "Bucket writes its access log to itself",
    keywords: &["S3", "bucket", "server access logging", "log delivery"],
    severity: Low,
    rationale: "Each log file that is delivered is another request to log. Records of real \
                requests drown among these, and storage grows without limit.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Send the access log to another bucket in the same region.",
            console: "S3 → Buckets → the bucket → Properties → Server access logging → \
                      Destination",
            command: Change(
                "aws s3api put-bucket-logging --bucket <bucket> \
                             --bucket-logging-status \
                             '{\"LoggingEnabled\":{\"TargetBucket\":\"<other-bucket>\",\"TargetPrefix\":\"<bucket>/\"}}'",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    satisfies: &[csf20("PR.PS-04", Supporting), ccm41("LOG-02", Supporting)],
    test: Test {
        reads: &[Bucket::ACCESS_LOG_TARGET],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(logging_to("logs")),
            fail: |scope| scope.buckets.items.push(logging_to("records")),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    match bucket.access_log_target.known()? {
        None => not_applicable("requests to it are not logged"),
        Some(target) if *target == bucket.name => {
            fail(Bucket::ACCESS_LOG_TARGET, "the bucket itself", "another bucket")
        }
        Some(_) => pass(),
    }
}

fn logging_to(target: &str) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .access_log_target(Known(Some(target.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(logging_to("logs")));
        assert_fails(&CONTROL, with(logging_to("records")));
        assert_unknown(&CONTROL, with(logging_to("logs").access_log_target(denied())));
        assert_not_applicable(&CONTROL, with(logging_to("").access_log_target(Known(None))));
    }
}
