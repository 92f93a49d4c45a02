//! `storage.acls-disabled`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.acls-disabled",
    title: "Access control lists are switched off",
    severity: Low,
    rationale: "Two ways to grant access are one too many: lists on single objects are granted \
                unseen and never reviewed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Move the grants into the bucket policy, then set Object Ownership to \"Bucket \
                   owner enforced\".",
            console: "S3 → Buckets → the bucket → Permissions → Object Ownership",
            command: "aws s3api put-bucket-ownership-controls --bucket <bucket> \
                      --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'",
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
    reads: &[Bucket::ACLS_DISABLED],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(bucket(Known(true))),
        fail: |scope| scope.buckets.items.push(bucket(Known(false))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if *bucket.acls_disabled.known()? {
        return pass();
    }
    fail(
        Bucket::ACLS_DISABLED,
        "lists can grant access",
        "lists switched off, so that policies alone decide",
    )
}

fn bucket(acls_disabled: Fact<bool>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .acls_disabled(acls_disabled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(acls_disabled: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(acls_disabled))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }
}
