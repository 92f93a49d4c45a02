//! `storage.lifecycle-rules`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.lifecycle-rules",
    life: since("0.1.0"),
    title: "Buckets have a lifecycle rule",
    finding: "Bucket has no active lifecycle rule",
    keywords: &["S3", "bucket", "lifecycle rule", "lifecycle configuration", "data retention"],
    severity: Low,
    rationale: "Data that is kept for longer than needed can leak for longer, and costs money.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a lifecycle rule that moves or deletes objects, noncurrent versions and \
                   incomplete multipart uploads in time.",
            console: "S3 → Buckets → the bucket → Management → Lifecycle rules",
            command: Change(
                "aws s3api put-bucket-lifecycle-configuration --bucket <bucket> \
                             --lifecycle-configuration file://<lifecycle.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[csf20("ID.AM-08", Supporting), ccm41("DSP-16", Supporting), fsbp("S3.13", Full)],
    test: Test {
        reads: &[Bucket::LIFECYCLE_RULES],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(with_rules(Known(1))),
            fail: |scope| scope.buckets.items.push(with_rules(Known(0))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if *bucket.lifecycle_rules.known()? > 0 {
        return pass();
    }
    fail(Bucket::LIFECYCLE_RULES, "no active rule", "at least one active lifecycle rule")
}

fn with_rules(count: Fact<u32>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).lifecycle_rules(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(count: Fact<u32>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(with_rules(count))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(1)));
        // Rules that are switched off are not counted.
        assert_fails(&CONTROL, with(Known(0)));
        assert_unknown(&CONTROL, with(denied()));
    }
}
