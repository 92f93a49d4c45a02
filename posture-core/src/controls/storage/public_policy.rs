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
    test: Test {
        reads: &[Bucket::POLICY_PUBLIC],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(bucket(Known(Entries::none()))),
            fail: |scope| {
                scope.buckets.items.push(bucket(Known(Entries::from(["statement `Everyone`"]))))
            },
        },
    },
};

// Whether a block takes the grant away is the question of `storage.public-access` and `storage.public-write`.
fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    bucket.policy_public.must_be_empty(Bucket::POLICY_PUBLIC, "no grant to everyone")
}

fn bucket(public: Fact<Entries>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).policy_public(public)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(public: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(public))
    }

    fn grant() -> Fact<Entries> {
        Known(Entries::from(["statement `Everyone`"]))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(grant()));
        // A certain grant outranks what could not be decided.
        let both = Entries::new(vec!["statement `Everyone`".to_owned()], Some(DENIED));
        assert_fails(&CONTROL, with(Known(both)));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }

    #[test]
    fn a_block_does_not_change_the_policy() {
        assert_fails(&CONTROL, |scope| {
            scope.account.public_access_block = Known(PublicAccessBlock::ALL);
            let blocked = bucket(grant()).public_access_block(Known(PublicAccessBlock::ALL));
            scope.buckets.items.push(blocked);
        });
    }
}
