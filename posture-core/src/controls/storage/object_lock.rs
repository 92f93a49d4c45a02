//! `storage.object-lock`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.object-lock",
    life: since("0.1.0"),
    title: "Buckets have Object Lock",
    finding: "Object Lock is off",
    keywords: &["S3", "bucket", "Object Lock", "WORM", "ransomware", "immutability"],
    severity: Low,
    rationale: "A locked object survives ransomware and stolen administrator permissions until \
                its retention period ends.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on Object Lock for the bucket. This also turns on versioning and cannot \
                   be undone.",
            console: "S3 → Buckets → the bucket → Properties → Object Lock",
            command: Change(
                "aws s3api put-object-lock-configuration --bucket <bucket> \
                             --object-lock-configuration ObjectLockEnabled=Enabled",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.DS-11", Supporting),
        ccm41("CCC-04", Supporting),
        ccm41("BCR-08", Supporting),
    ],
    test: is_true!(Bucket.object_lock, "Object Lock off", "Object Lock on"),
};
