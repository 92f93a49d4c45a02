//! `logging.audit-trail-storage-access-logging`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-access-logging",
    life: since("0.1.0"),
    title: "Access to trail buckets is logged",
    finding: "Access to the trail bucket is not logged",
    keywords: &["CloudTrail", "trail", "S3", "bucket", "server access logging"],
    severity: Low,
    rationale: "Reading or deleting the recorded events should leave a record as well.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on server access logging for the bucket that the trail delivers to, with \
                   another bucket as the target.",
            console: "S3 → Buckets → the bucket of the trail → Properties → Server access logging",
            command: Change(
                "aws s3api put-bucket-logging --bucket <bucket> \
                             --bucket-logging-status file://<logging.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        ccm41("LOG-04", Supporting),
        ccm41("LOG-02", Supporting),
        cis_aws7("4.4", Full),
    ],
    test: trail::bucket_has!(access_log_target: Some("logs".to_owned()), None),
};

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    let good = (Bucket::ACCESS_LOG_TARGET, bucket.access_log_target.is_some());
    trail::bucket_is(bucket, good, "requests are not logged", "server access logging")
}
