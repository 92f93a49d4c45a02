//! `logging.audit-trail-storage-tls`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-tls",
    life: since("0.1.0"),
    title: "Trail buckets deny requests without TLS",
    finding: "Trail bucket accepts requests without TLS",
    keywords: &["CloudTrail", "trail", "S3", "bucket policy", "aws:SecureTransport", "TLS"],
    severity: Low,
    rationale: "Without TLS, events can be read and changed in transit.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a statement to the bucket policy that denies every request without TLS.",
            console: "S3 → Buckets → the bucket of the trail → Permissions → Bucket policy",
            command: Change(
                "aws s3api put-bucket-policy --bucket <bucket> --policy \
                             file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html",
    ],
    satisfies: &[
        csf20("PR.DS-02", Partial),
        ccm41("CEK-03", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("IPY-03", Supporting),
    ],
    test: Test {
        reads: &[AuditTrail::BUCKET, Bucket::TLS_ENFORCED],
        params: &[],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| {
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(trail::bucket().tls_enforced(Known(true)));
            },
            fail: |scope| {
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(trail::bucket().tls_enforced(Known(false)));
            },
        },
    },
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> Judged {
    trail::by_bucket(&CONTROL, trail, context, of_bucket)
}

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> Judged {
    let good = (Bucket::TLS_ENFORCED, bucket.tls_enforced.clone());
    trail::bucket_is(
        bucket,
        good,
        "requests without TLS are answered",
        "every request without TLS refused",
    )
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
        assert_passes(&CONTROL, with(trail::bucket().tls_enforced(Known(true))));
        assert_fails(&CONTROL, with(trail::bucket().tls_enforced(Known(false))));
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
