//! `logging.audit-trail-storage-versioning`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-versioning",
    life: since("0.1.0"),
    title: "Trail buckets have versioning",
    finding: "Versioning of the trail bucket is off or suspended",
    keywords: &["CloudTrail", "trail", "S3", "bucket", "versioning"],
    severity: Low,
    rationale: "Without versioning, a principal that can write to the bucket can overwrite \
                recorded events for good.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on versioning for the bucket that the trail delivers to.",
            console: "S3 → Buckets → the bucket of the trail → Properties → Bucket Versioning",
            command: Change(
                "aws s3api put-bucket-versioning --bucket <bucket> \
                             --versioning-configuration Status=Enabled",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("RS.AN-07", Partial),
        ccm41("LOG-02", Partial),
        ccm41("LOG-10", Partial),
    ],
    test: Test {
        reads: &[AuditTrail::BUCKET, Bucket::VERSIONING],
        params: &[],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| {
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(trail::bucket().versioning(Known(true)));
            },
            fail: |scope| {
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(trail::bucket().versioning(Known(false)));
            },
        },
    },
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> Judged {
    trail::by_bucket(&CONTROL, trail, context, of_bucket)
}

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> Judged {
    let good = (Bucket::VERSIONING, bucket.versioning.clone());
    trail::bucket_is(bucket, good, "versioning is off", "versioning on")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.audit_trails.items.push(trail::trail());
            scope.buckets.items.push(bucket);
        }
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(trail::bucket().versioning(Known(true))));
        assert_fails(&CONTROL, with(trail::bucket().versioning(Known(false))));
        assert_unknown(&CONTROL, with(trail::bucket()));
        assert_unknown(&CONTROL, |scope| {
            scope.audit_trails.items.push(trail::trail().bucket(denied()));
        });
    }

    #[test]
    fn a_bucket_of_another_account_cannot_be_judged() {
        assert_unknown(&CONTROL, |scope| scope.audit_trails.items.push(trail::trail()));
    }
}
