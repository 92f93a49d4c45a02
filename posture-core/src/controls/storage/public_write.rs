//! `storage.public-write`

use crate::checks::shows;
use crate::checks::storage::refuses_everyone;
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
    test: Test {
        reads: &[
            Bucket::ACLS_DISABLED,
            Bucket::ACL_PUBLIC_WRITE,
            Bucket::POLICY_PUBLIC_WRITE,
            Bucket::PUBLIC_ACCESS_BLOCK,
            Account::PUBLIC_ACCESS_BLOCK,
        ],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.buckets.items.push(closed());
            },
            fail: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope
                    .buckets
                    .items
                    .push(closed().acl_public_write(Known(Entries::from(["AllUsers WRITE"]))));
            },
        },
    },
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    refuses_everyone(
        bucket,
        context,
        (Bucket::ACL_PUBLIC_WRITE, &bucket.acl_public_write),
        (Bucket::POLICY_PUBLIC_WRITE, &bucket.policy_public_write),
    )
}

fn closed() -> Bucket {
    Bucket::unread("arn:aws:s3:::uploads", "uploads", Some("us-east-1"))
        .acls_disabled(Known(false))
        .acl_public_write(Known(Entries::none()))
        .policy_public_write(Known(Entries::none()))
        .public_access_block(Known(PublicAccessBlock::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bucket: Bucket, account: Fact<PublicAccessBlock>) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.public_access_block = account;
            scope.buckets.items.push(bucket);
        }
    }

    fn open() -> Fact<PublicAccessBlock> {
        Known(PublicAccessBlock::default())
    }

    fn grant() -> Fact<Entries> {
        Known(Entries::from(["AllUsers WRITE_ACP"]))
    }

    #[test]
    fn either_road_in_fails() {
        assert_passes(&CONTROL, with(closed(), open()));
        assert_fails(&CONTROL, with(closed().policy_public_write(grant()), open()));
        assert_fails(&CONTROL, with(closed().acl_public_write(grant()), open()));
        let one_unread = closed().acl_public_write(denied()).policy_public_write(grant());
        assert_fails(&CONTROL, with(one_unread, open()));
    }

    #[test]
    fn writing_is_its_own_question() {
        // What the reading grants say is neither asked nor of any effect here.
        let readable = closed().acl_public_read(grant()).policy_public_read(denied());
        assert_passes(&CONTROL, with(readable, open()));
    }

    #[test]
    fn the_switches_at_write_time_close_nothing_that_is_there() {
        let at_write = PublicAccessBlock {
            block_public_acls: true,
            block_public_policy: true,
            ..PublicAccessBlock::default()
        };
        assert_fails(&CONTROL, with(closed().acl_public_write(grant()), Known(at_write)));
        assert_fails(&CONTROL, with(closed().policy_public_write(grant()), Known(at_write)));
        let closed_by_account = closed().acl_public_write(grant()).policy_public_write(grant());
        assert_passes(&CONTROL, with(closed_by_account, Known(PublicAccessBlock::ALL)));
    }

    #[test]
    fn an_acl_without_effect_is_no_failure() {
        let ownerless = closed().acl_public_write(grant());
        assert_passes(&CONTROL, with(ownerless.clone().acls_disabled(Known(true)), open()));
        assert_unknown(&CONTROL, with(ownerless.acls_disabled(denied()), open()));
    }

    #[test]
    fn a_gap_is_unknown_unless_a_block_settles_it() {
        assert_unknown(&CONTROL, with(closed().policy_public_write(denied()), open()));
        assert_unknown(&CONTROL, with(closed().policy_public_write(grant()), denied()));
        let unread = closed().policy_public_write(denied()).acl_public_write(denied());
        assert_passes(&CONTROL, with(unread, Known(PublicAccessBlock::ALL)));
    }

    #[test]
    fn a_road_that_is_not_offered_hides_nothing_of_the_other() {
        let one_road = closed().policy_public_write(NotOffered);
        assert_passes(&CONTROL, with(one_road.clone(), open()));
        assert_fails(&CONTROL, with(one_road.clone().acl_public_write(grant()), open()));
        assert_unknown(&CONTROL, with(one_road.clone().acl_public_write(denied()), open()));
        assert_not_applicable(&CONTROL, with(one_road.acl_public_write(NotOffered), open()));
    }
}
