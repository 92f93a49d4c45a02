//! `logging.audit-trail-storage-versioning`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
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
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("LOG-10", Supporting),
    ],
    test: trail::bucket_has!(versioning: true, false),
};

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let good = (Bucket::VERSIONING, bucket.versioning.clone());
    trail::bucket_is(bucket, good, "versioning off or suspended", "versioning on")
}
