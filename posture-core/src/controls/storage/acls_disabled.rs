//! `storage.acls-disabled`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.acls-disabled",
    life: since("0.1.0"),
    title: "Bucket ACLs are disabled",
    finding: "Bucket ACLs are enabled",
    keywords: &[
        "S3",
        "bucket",
        "ACL",
        "access control list",
        "Object Ownership",
        "BucketOwnerEnforced",
    ],
    severity: Low,
    rationale: "ACLs are a second way to grant access beside policies. ACLs of single objects \
                are easily overlooked and never reviewed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Move the grants to the bucket policy, and then set Object Ownership to \
                   \"Bucket owner enforced\".",
            console: "S3 → Buckets → the bucket → Permissions → Object Ownership",
            command: Change(
                "aws s3api put-bucket-ownership-controls --bucket <bucket> \
                             --ownership-controls \
                             'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-15", Supporting),
        fsbp("S3.12", Supporting),
    ],
    test: is_true!(
        Bucket.acls_disabled,
        "ACLs can grant access",
        "ACLs disabled, so that only policies grant access"
    ),
};
