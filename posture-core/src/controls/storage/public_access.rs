//! `storage.public-access`

use crate::checks::{shows, storage};
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.public-access",
    life: since("0.1.0"),
    title: "Object storage denies anonymous reads",
    finding: "Storage is publicly readable",
    keywords: &[
        "S3",
        "bucket",
        "Block Public Access",
        "bucket policy",
        "ACL",
        "storage account",
        "Blob anonymous access",
        "public access",
    ],
    severity: Critical,
    rationale: "Anyone who guesses or finds the name can read the data, without a sign-in that \
                could be traced.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on all four Block Public Access settings for the account, or remove \
                       the public grant from the bucket policy or the ACL.",
                console: "S3 → Buckets → the bucket → Permissions → Block public access",
                command: Change(
                    "aws s3api put-public-access-block --bucket <bucket> \
                                 --public-access-block-configuration \
                                 BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Turn off anonymous access for the whole storage account, or set the \
                       access level of the container to private.",
                console: "Storage accounts → the account → Settings → Configuration → Allow Blob \
                          anonymous access",
                command: Change(
                    "az storage account update --name <account> \
                                 --allow-blob-public-access false",
                ),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html",
        "https://learn.microsoft.com/en-us/azure/storage/blobs/anonymous-read-access-prevent",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(shows::READ_BY_ANYONE)),
        csf20("PR.AA-05", Partial(shows::READ_BY_ANYONE)),
        csf20("PR.DS-01", Partial(shows::READ_BY_ANYONE)),
        ccm41("IAM-15", Partial(shows::READ_BY_ANYONE)),
        ccm41("DSP-17", Supporting),
        cis_aws7("2.21", Supporting),
        // Not all of it: AWS counts any value with a wildcard as open to everyone, also the ARN of
        // any role of one account.
        fsbp("S3.2", Partial(shows::STEP)),
        cis_azure6("9.3.8", Supporting),
        mcsb1("NS-2", Partial(shows::READ_BY_ANYONE)),
    ],
    test: storage::closed_to_everyone!(read),
};
