//! `logging.audit-trail-storage-public`

use crate::checks::{storage, trail};
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "anyone can read the audit log without signing in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-storage-public",
    life: since("0.1.0"),
    title: "Trail buckets are not publicly accessible",
    finding: "Trail bucket is publicly accessible",
    keywords: &["CloudTrail", "trail", "S3", "bucket", "Block Public Access", "public access"],
    severity: Critical,
    rationale: "The recorded events show an attacker who has which permissions, and which places \
                are not monitored.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on all four Block Public Access settings for the bucket that the trail \
                   delivers to.",
            console: "S3 → Buckets → the bucket of the trail → Permissions → Block public access",
            command: Change(
                "aws s3api put-public-access-block --bucket <bucket> \
                             --public-access-block-configuration \
                             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.DS-01", Partial(SHOWS)),
        ccm41("LOG-02", Partial(SHOWS)),
        ccm41("LOG-04", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[
            AuditTrail::BUCKET,
            Bucket::ACLS_DISABLED,
            Bucket::ACL_PUBLIC_READ,
            Bucket::POLICY_PUBLIC_READ,
            Bucket::ACL_PUBLIC_WRITE,
            Bucket::POLICY_PUBLIC_WRITE,
            Bucket::PUBLIC_ACCESS_BLOCK,
            Account::PUBLIC_ACCESS_BLOCK,
        ],
        params: &[],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(storage::private());
            },
            fail: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.audit_trails.items.push(trail::trail());
                scope.buckets.items.push(
                    storage::private().acl_public_read(Known(Entries::from(["AllUsers READ"]))),
                );
            },
        },
    },
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
    trail::by_bucket(&CONTROL, trail, context, of_bucket)
}

/// What it finds of the bucket of a trail.
pub(crate) fn of_bucket(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let reading = storage::denies_everyone_to_read(bucket, context);
    if matches!(reading, Ok(Verdict::Fail(_))) {
        return reading;
    }
    let writing = storage::denies_everyone_to_write(bucket, context);
    if matches!(writing, Ok(Verdict::Fail(_))) {
        return writing;
    }
    reading.and(writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.public_access_block = Known(PublicAccessBlock::default());
            scope.audit_trails.items.push(trail::trail());
            scope.buckets.items.push(bucket);
        }
    }

    fn grant() -> Fact<Entries> {
        Known(Entries::from(["statement `Everyone`"]))
    }

    #[test]
    fn each_road_in_fails() {
        assert_passes(&CONTROL, with(storage::private()));
        assert_fails(&CONTROL, with(storage::private().acl_public_read(grant())));
        assert_fails(&CONTROL, with(storage::private().acl_public_write(grant())));
        assert_fails(&CONTROL, with(storage::private().policy_public_read(grant())));
        assert_fails(&CONTROL, with(storage::private().policy_public_write(grant())));
        assert_fails(
            &CONTROL,
            with(storage::private().policy_public_write(grant()).acl_public_read(denied())),
        );
        assert_unknown(&CONTROL, with(storage::private().policy_public_write(denied())));
        let all = Known(PublicAccessBlock::ALL);
        assert_passes(
            &CONTROL,
            with(storage::private().policy_public_read(grant()).public_access_block(all)),
        );
    }

    #[test]
    fn a_bucket_of_another_account_cannot_be_judged() {
        assert_unknown(&CONTROL, |scope| scope.audit_trails.items.push(trail::trail()));
    }
}
