//! `storage.object-lock`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "storage.object-lock",
    title: "Objects can be locked against deletion",
    severity: Low,
    rationale: "A locked object outlives stolen administrator rights and ransomware until its \
                time is over.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on Object Lock of the bucket, which also turns on versioning and cannot \
                   be undone.",
            console: "S3 → Buckets → the bucket → Properties → Object Lock",
            command: "aws s3api put-object-lock-configuration --bucket <bucket> \
                      --object-lock-configuration ObjectLockEnabled=Enabled",
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html"],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.DS-11", Supporting),
        ccm41("CCC-04", Supporting),
        ccm41("BCR-08", Supporting),
    ],
    reads: &[Bucket::OBJECT_LOCK],
    params: &[],
    check: Check::Bucket(check),
    examples: Examples {
        pass: |scope| scope.buckets.items.push(bucket(Known(true))),
        fail: |scope| scope.buckets.items.push(bucket(Known(false))),
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> Judged {
    if *bucket.object_lock.known()? {
        return pass();
    }
    fail(Bucket::OBJECT_LOCK, "objects cannot be locked", "object lock on")
}

fn bucket(object_lock: Fact<bool>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).object_lock(object_lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(object_lock: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(object_lock))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }
}
