//! `storage.replication`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.replication",
    life: since("0.1.0"),
    title: "Buckets are replicated to another bucket",
    finding: "Bucket has no active replication rule",
    keywords: &["S3", "bucket", "replication rule", "Cross-Region Replication", "backup"],
    severity: Low,
    rationale: "A copy elsewhere survives the loss of the bucket, of its region, or, if it is in \
                another account, of its account.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a replication rule to a bucket in another region or account. Both buckets \
                   need versioning.",
            console: "S3 → Buckets → the bucket → Management → Replication rules",
            command: Change(
                "aws s3api put-bucket-replication --bucket <bucket> \
                             --replication-configuration file://<replication.json>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html"],
    satisfies: &[csf20("PR.IR-03", Supporting), ccm41("BCR-11", Supporting)],
    test: Test {
        reads: &[Bucket::REPLICATION_RULES],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(with_rules(Known(1))),
            fail: |scope| scope.buckets.items.push(with_rules(Known(0))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if *bucket.replication_rules.known()? > 0 {
        return pass();
    }
    fail(Bucket::REPLICATION_RULES, "no active rule", "at least one active replication rule")
}

fn with_rules(count: Fact<u32>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).replication_rules(count)
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
