//! `storage.public-write`

use crate::checks::{shows, storage};
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "anyone can overwrite or add data without signing in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.public-write",
    life: since("0.1.0"),
    title: "Object storage denies anonymous writes",
    finding: "Bucket is publicly writable",
    keywords: &[
        "S3",
        "bucket",
        "Block Public Access",
        "bucket policy",
        "ACL",
        "public access",
        "anonymous access",
    ],
    severity: Critical,
    rationale: "Anyone can delete or replace objects, plant malware that others download, or \
                change who else has access.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on all four Block Public Access settings for the account, or remove the \
                   public grant from the bucket policy or the ACL.",
            console: "S3 → Buckets → the bucket → Permissions → Block public access",
            command: Change(
                "aws s3api put-public-access-block --bucket <bucket> \
                             --public-access-block-configuration \
                             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(SHOWS)),
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
        ccm41("DSP-17", Supporting),
        cis_aws7("2.21", Supporting),
        // Not all of it: AWS counts any value with a wildcard as open to everyone, also the ARN of
        // any role of one account.
        fsbp("S3.3", Partial(shows::STEP)),
    ],
    test: storage::closed_to_everyone!(write),
};
