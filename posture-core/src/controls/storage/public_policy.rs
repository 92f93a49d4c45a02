//! `storage.public-policy`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.public-policy",
    title: "Storage policies grant nothing to everyone",
    severity: Medium,
    rationale: "A grant to everyone that only a public access block holds back is open the moment \
                somebody lifts the block.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Name the principals in the bucket policy, or bind the statement to your \
                   account, organisation or network with a condition.",
            console: "S3 → Buckets → the bucket → Permissions → Bucket policy",
            command: "aws s3api put-bucket-policy --bucket <bucket> --policy \
                      file://<policy-with-named-principals.json>",
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        ccm41("IAM-05", Partial),
        ccm41("IAM-15", Supporting),
        cis_aws7("2.21", Partial),
    ],
    reads: &[Bucket::fact("policy_public_read"), Bucket::fact("policy_public_write")],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(bucket(Known(vec![]), Known(vec![]))),
        fail: |scope| {
            scope
                .buckets
                .items
                .push(bucket(Known(vec!["statement `Everyone`".to_owned()]), Known(vec![])))
        },
    },
};

// Whether a block takes the grant away is the question of `storage.public-access` and `storage.public-write`.
fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    let (read, write) = (&bucket.policy_public_read, &bucket.policy_public_write);
    for (fact, grants) in [("policy_public_write", write), ("policy_public_read", read)] {
        if grants.any() == Known(true) {
            return fail(fact, grants.known()?.join(", "), "no grant to anyone");
        }
    }
    (read.any() | write.any()).known()?;
    pass()
}

fn bucket(read: Fact<Vec<String>>, write: Fact<Vec<String>>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .policy_public_read(read)
        .policy_public_write(write)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(read: Fact<Vec<String>>, write: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(read, write))
    }

    fn none() -> Fact<Vec<String>> {
        Known(vec![])
    }

    fn grant() -> Fact<Vec<String>> {
        Known(vec!["statement `Everyone`".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(none(), none()));
        assert_fails(&CONTROL, with(grant(), none()));
        assert_fails(&CONTROL, with(none(), grant()));
        // A certain grant outranks what could not be read.
        assert_fails(&CONTROL, with(grant(), denied()));
        assert_unknown(&CONTROL, with(none(), denied()));
        assert_unknown(&CONTROL, with(denied(), none()));
        assert_not_applicable(&CONTROL, with(NotOffered, NotOffered));
    }

    #[test]
    fn a_block_does_not_mend_the_policy() {
        assert_fails(&CONTROL, |scope| {
            scope.account.public_access_block = Known(PublicAccessBlock::ALL);
            let blocked =
                bucket(grant(), none()).public_access_block(Known(PublicAccessBlock::ALL));
            scope.buckets.items.push(blocked);
        });
    }
}
