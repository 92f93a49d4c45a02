//! `logging.audit-trail-storage-access-logging`

use crate::checks::trail;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-access-logging",
    life: since("0.1.0"),
    title: "Access to the recorded events is logged",
    severity: Low,
    rationale: "Who reads or deletes the records of what happened should leave a record too.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on server access logging of the bucket that the trail delivers to, into another bucket.",
            console: "S3 → Buckets → the bucket of the trail → Properties → Server access logging",
            command: "aws s3api put-bucket-logging --bucket <bucket> --bucket-logging-status file://<logging.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.PS-04", Partial),
        ccm41("LOG-04", Partial),
        ccm41("LOG-02", Supporting),
        cis_aws7("4.4", Full),
    ],
    test: trail::bucket_has!(access_log_target: Some("logs".to_owned()), None),
};

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, _: &Context<'_>) -> Judged {
    let good = (Bucket::ACCESS_LOG_TARGET, bucket.access_log_target.is_some());
    trail::bucket_is(bucket, good, "requests are not logged", "server access logging")
}
