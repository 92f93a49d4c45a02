//! `storage.tags`

use crate::checks::tags;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: an inventory outside of the provider may name owner and class. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "storage.tags",
    life: since("0.1.0"),
    title: "Buckets have the required tags",
    finding: "Bucket lacks a required tag",
    keywords: &["S3", "bucket", "storage account", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the data is.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Add the missing tags to the bucket. The command replaces all its tags: \
                    include the present ones as well.",
                console: "S3 → Buckets → the bucket → Properties → Tags",
                command: Change(
                    "aws s3api put-bucket-tagging --bucket <bucket> --tagging \
                    'TagSet=[{Key=<tag>,Value=<value>}]'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Add the missing tags to the storage account. The command shows its tags.",
                console: "Storage accounts → the account → Tags",
                command: Inspect("az resource show --ids <account-id> --query tags"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/tag-resources",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DCS-06", Supporting),
        ccm41("DSP-06", Supporting),
        ccm41("DSP-04", Supporting),
        mcsb1("AM-1", Supporting),
    ],
    test: tags::required!(Bucket),
};
