//! `logging.audit-trail-storage-lock`

use crate::checks::shows;
use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-lock",
    life: since("0.1.0"),
    title: "Trail buckets have Object Lock",
    finding: "Trail bucket has no Object Lock",
    keywords: &["CloudTrail", "trail", "S3", "bucket", "Object Lock", "WORM"],
    severity: Low,
    rationale: "Attackers delete log files first. Object Lock protects them even against an \
                administrator.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Deliver the trail to a bucket with Object Lock and a default retention.",
            console: "S3 → Buckets → the bucket of the trail → Properties → Object Lock",
            command: Change(
                "aws s3api put-object-lock-configuration --bucket <bucket> \
                             --object-lock-configuration file://<lock.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html",
    ],
    satisfies: &[
        csf20("RS.AN-07", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        csf20("PR.DS-01", Supporting),
        ccm41("LOG-02", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
        ccm41("LOG-10", Partial(shows::CHANGEABLE)).any_of(shows::UNCHANGED),
    ],
    test: trail::bucket_has!(object_lock: true, false),
};

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let good = (Bucket::OBJECT_LOCK, bucket.object_lock.clone());
    trail::bucket_is(bucket, good, "Object Lock off", "Object Lock on")
}
