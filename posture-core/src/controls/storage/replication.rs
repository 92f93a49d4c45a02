//! `storage.replication`

use crate::checks::number;
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
    test: number::some_rules!(replication_rules, "at least one active replication rule"),
};
