//! `storage.public-policy`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.public-policy",
    life: since("0.1.0"),
    title: "Bucket policies do not contain a grant to everyone",
    finding: "Bucket policy contains a grant to everyone",
    keywords: &["S3", "bucket policy", "public access", "Block Public Access", "principal"],
    severity: Medium,
    rationale: "A grant to everyone that only Block Public Access holds back takes effect as \
                soon as the block is removed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the principals in the bucket policy, or restrict the statement to your \
                   account, organization or network with a condition.",
            console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
            command: Change(
                "aws s3api put-bucket-policy --bucket <bucket> --policy \
                             file://<policy-with-named-principals.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-05", Supporting),
        ccm41("IAM-15", Supporting),
        cis_aws7("2.21", Partial(shows::STEP)),
    ],
    test: no_entries!(Bucket.policy_public, "statement `Everyone`", "no grant to everyone"),
};

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whether a block takes the grant away is the question of `storage.public-access` and `storage.public-write`.
    #[test]
    fn a_block_does_not_change_the_policy() {
        let blocked = Known(json!(PublicAccessBlock::ALL));
        assert_fails(
            &CONTROL,
            but(
                &CONTROL,
                [
                    (Bucket::POLICY_PUBLIC, Known(json!(["statement `Everyone`"]))),
                    (Bucket::PUBLIC_ACCESS_BLOCK, blocked.clone()),
                    (Account::PUBLIC_ACCESS_BLOCK, blocked),
                ],
            ),
        );
    }
}
