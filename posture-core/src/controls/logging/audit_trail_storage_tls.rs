//! `logging.audit-trail-storage-tls`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("PR.DS-02", Partial("the bucket of the log answers requests without TLS")),
        ccm41("CEK-03", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("IPY-03", Supporting),
    ],
    test: trail::bucket_has!(tls_enforced: true, false),
};

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let good = (Bucket::TLS_ENFORCED, bucket.tls_enforced.clone());
    trail::bucket_is(
        bucket,
        good,
        "requests without TLS are accepted",
        "every request without TLS denied",
    )
}
