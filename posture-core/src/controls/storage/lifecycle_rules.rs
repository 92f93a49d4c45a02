//! `storage.lifecycle-rules`

use crate::checks::number;
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
    test: number::some_rules!(lifecycle_rules, "at least one active lifecycle rule"),
};
