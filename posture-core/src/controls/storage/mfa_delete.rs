//! `storage.mfa-delete`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.mfa-delete",
    life: since("0.1.0"),
    title: "Deleting an object version for good requires MFA",
    finding: "MFA delete is off",
    keywords: &["S3", "bucket", "MFA delete", "versioning", "ransomware"],
    severity: Low,
    rationale: "With MFA delete, stolen credentials alone are not enough to destroy the versions \
                of an object.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on MFA delete as the root user with its MFA device. Lifecycle rules \
                   cannot be used on such a bucket.",
            console: "Not available in the console; use the command line as the root user",
            command: Change(
                "aws s3api put-bucket-versioning --bucket <bucket> \
                             --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa \
                             \"<mfa-device-arn> <code>\"",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiFactorAuthenticationDelete.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMFADelete.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        csf20("PR.AA-03", Supporting),
        ccm41("CCC-04", Supporting),
        // It asks for versioning as well: while that is suspended, it is not met.
        cis_aws7("3.1.2", Full).by(Check::Bucket(with_versioning)),
    ],
    test: Test {
        reads: &[Bucket::MFA_DELETE, Bucket::VERSIONING],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(bucket(Known(true))),
            fail: |scope| scope.buckets.items.push(bucket(Known(false))),
        },
    },
};

fn check(bucket: &Bucket, _: &Context<'_>) -> CheckResult {
    if *bucket.mfa_delete.known()? {
        return pass();
    }
    fail(Bucket::MFA_DELETE, "versions are deleted without MFA", "MFA delete on")
}

/// MFA delete together with versioning.
fn with_versioning(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    if bucket.versioning == Known(false) {
        return fail(Bucket::VERSIONING, "off or suspended", "versioning on, with MFA delete");
    }
    match check(bucket, context)? {
        Verdict::Pass => bucket.versioning.known().map(|_| Verdict::Pass),
        other => Ok(other),
    }
}

fn bucket(mfa_delete: Fact<bool>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .versioning(Known(true))
        .mfa_delete(mfa_delete)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(mfa_delete: Fact<bool>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket(mfa_delete))
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(true)));
        assert_fails(&CONTROL, with(Known(false)));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }

    #[test]
    fn the_benchmark_asks_for_versioning_as_well() {
        let row = |mfa_delete: Fact<bool>, versioning: Fact<bool>| {
            let bucket = bucket(mfa_delete).versioning(versioning);
            row_of(&CONTROL, "cis-aws-7.0:3.1.2", move |scope| scope.buckets.items.push(bucket))
        };
        assert_eq!(row(Known(true), Known(true)), [Ok(Verdict::Pass)]);
        assert!(matches!(row(Known(true), Known(false))[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(denied(), Known(false))[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(Known(false), denied())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(Known(true), denied())[..], [Err(_)]));
        assert!(matches!(row(denied(), Known(true))[..], [Err(_)]));
    }
}
