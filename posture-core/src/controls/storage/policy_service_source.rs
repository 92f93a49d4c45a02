//! `storage.policy-service-source`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.policy-service-source",
    life: since("0.1.0"),
    title: "Bucket policies restrict services to a source",
    finding: "Bucket policy allows a service without a source condition",
    keywords: &[
        "S3",
        "bucket policy",
        "confused deputy",
        "aws:SourceAccount",
        "aws:SourceArn",
        "service principal",
    ],
    severity: Medium,
    rationale: "A service acts for all its customers. Without a condition on the source, any of \
                them can have the service use the bucket on their behalf.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add a condition on aws:SourceAccount or aws:SourceArn to each statement of \
                   the bucket policy that allows a service.",
            console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
            command: Change(
                "aws s3api put-bucket-policy --bucket <bucket> --policy \
                             file://<policy-with-SourceAccount.json>",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
    satisfies: &[csf20("PR.AA-05", Supporting), ccm41("IAM-05", Supporting)],
    test: no_entries!(
        Bucket.services_without_source,
        "logging.s3.amazonaws.com",
        "a condition on the source account or ARN for every service",
    ),
};
