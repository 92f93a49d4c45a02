//! `storage.versioning`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.versioning",
    life: since("0.1.0"),
    title: "Overwritten and deleted objects are kept as versions",
    finding: "Versioning is off or suspended",
    keywords: &["S3", "bucket", "versioning", "storage account", "blob versioning", "ransomware"],
    severity: Medium,
    rationale: "Without versions, an object that a mistake or ransomware overwrites cannot be \
                recovered.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on versioning of the bucket, and add a lifecycle rule that deletes \
                       noncurrent versions in time.",
                console: "S3 → Buckets → the bucket → Properties → Bucket Versioning",
                command: Change(
                    "aws s3api put-bucket-versioning --bucket <bucket> \
                                 --versioning-configuration Status=Enabled",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Turn on versioning for blobs, and add a lifecycle rule that deletes old \
                       versions in time.",
                console: "Storage accounts → the account → Data management → Data protection → \
                          Tracking",
                command: Change(
                    "az storage account blob-service-properties update \
                                 --account-name <account> --enable-versioning true",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        "https://learn.microsoft.com/en-us/azure/storage/blobs/versioning-overview",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.DS-11", Supporting),
        ccm41("BCR-08", Supporting),
        ccm41("CCC-09", Supporting),
        // It also counts accounts with a hierarchical namespace, which have no versioning.
        cis_azure6("9.2.3", Partial(shows::STEP)),
        mcsb1("BR-2", Supporting),
    ],
    test: is_true!(Bucket.versioning, "versioning off or suspended", "versioning on"),
};
