//! `storage.access-log-target`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-log-target",
    life: since("0.1.0"),
    title: "Access logs go to a bucket that exists",
    finding: "Access log target bucket is not in the account",
    keywords: &["S3", "bucket", "server access logging", "target bucket", "log delivery"],
    severity: Medium,
    rationale: "If the target bucket does not exist, the log is lost without any notice.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Create the target bucket again in the same region and allow the logging \
                   service to write to it, or choose another target bucket.",
            console: "S3 → Buckets → the bucket → Properties → Server access logging → \
                      Destination",
            command: Change(
                "aws s3api put-bucket-logging --bucket <bucket> \
                             --bucket-logging-status \
                             '{\"LoggingEnabled\":{\"TargetBucket\":\"<log-bucket>\",\"TargetPrefix\":\"<bucket>/\"}}'",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-14", Supporting),
        ccm41("LOG-09", Supporting),
    ],
    test: Test {
        reads: &[Bucket::ACCESS_LOG_TARGET],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| {
                scope.buckets.items.push(log());
                scope.buckets.items.push(logging_to(Known(Some("records".to_owned()))));
            },
            fail: |scope| scope.buckets.items.push(logging_to(Known(Some("gone".to_owned())))),
        },
    },
};

// The bucket that takes in the log is of the same account and region, so that a complete listing holds it.
fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let Some(target) = bucket.access_log_target.known()? else {
        return not_applicable("its requests are not logged");
    };
    match context.by_name::<Bucket>(target).known()? {
        Some(_) => pass(),
        None => fail(
            Bucket::ACCESS_LOG_TARGET,
            format!("`{target}`, which is not a bucket of the account"),
            "a bucket of the account",
        ),
    }
}

fn logging_to(target: Fact<Option<String>>) -> Bucket {
    Bucket::unread("arn:aws:s3:::uploads", "uploads", Some("us-east-1")).access_log_target(target)
}

fn log() -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .access_log_target(Known(Some("uploads".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(target: Fact<Option<String>>, gaps: Vec<GapId>) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.buckets = Listing { items: vec![log(), logging_to(target)], gaps };
        }
    }

    fn to(target: &str) -> Fact<Option<String>> {
        Known(Some(target.to_owned()))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(to("records"), vec![]));
        assert_fails(&CONTROL, with(to("gone"), vec![]));
        assert_unknown(&CONTROL, with(denied(), vec![]));
        assert_not_applicable(&CONTROL, |scope| scope.buckets.items.push(logging_to(Known(None))));
    }

    #[test]
    fn absence_is_only_reported_of_a_complete_listing() {
        assert_unknown(&CONTROL, with(to("gone"), vec![DENIED]));
    }
}
