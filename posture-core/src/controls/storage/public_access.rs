//! `storage.public-access`

use crate::checks::shows;
use crate::checks::storage::refuses_everyone;
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
    test: Test {
        reads: &[
            Bucket::ACLS_DISABLED,
            Bucket::ACL_PUBLIC_READ,
            Bucket::POLICY_PUBLIC_READ,
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
                scope.buckets.items.push(
                    closed().policy_public_read(Known(Entries::from(["statement `Everyone`"]))),
                );
            },
        },
    },
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    refuses_everyone(
        bucket,
        context,
        (Bucket::ACL_PUBLIC_READ, &bucket.acl_public_read),
        (Bucket::POLICY_PUBLIC_READ, &bucket.policy_public_read),
    )
}

fn closed() -> Bucket {
    Bucket::unread("arn:aws:s3:::logs", "logs", Some("us-east-1"))
        .acls_disabled(Known(false))
        .acl_public_read(Known(Entries::none()))
        .policy_public_read(Known(Entries::none()))
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
        Known(Entries::from(["AllUsers READ"]))
    }

    #[test]
    fn either_road_in_fails() {
        assert_passes(&CONTROL, with(closed(), open()));
        assert_fails(&CONTROL, with(closed().policy_public_read(grant()), open()));
        assert_fails(&CONTROL, with(closed().acl_public_read(grant()), open()));
        // One certain grant outranks what could not be read of the other road.
        assert_fails(
            &CONTROL,
            with(closed().acl_public_read(grant()).policy_public_read(denied()), open()),
        );
    }

    #[test]
    fn each_switch_closes_its_own_road_only() {
        let ignore = PublicAccessBlock { ignore_public_acls: true, ..PublicAccessBlock::default() };
        let restrict =
            PublicAccessBlock { restrict_public_buckets: true, ..PublicAccessBlock::default() };
        assert_passes(&CONTROL, with(closed().acl_public_read(grant()), Known(ignore)));
        assert_fails(&CONTROL, with(closed().policy_public_read(grant()), Known(ignore)));
        assert_passes(
            &CONTROL,
            with(closed().policy_public_read(grant()).public_access_block(Known(restrict)), open()),
        );
        assert_fails(&CONTROL, with(closed().acl_public_read(grant()), Known(restrict)));
        // The two Block… switches act when something is written: what is already there stays open.
        let at_write = PublicAccessBlock {
            block_public_acls: true,
            block_public_policy: true,
            ..Default::default()
        };
        assert_fails(&CONTROL, with(closed().acl_public_read(grant()), Known(at_write)));
        assert_fails(&CONTROL, with(closed().policy_public_read(grant()), Known(at_write)));
    }

    #[test]
    fn a_listed_grant_without_effect_is_no_failure() {
        assert_passes(
            &CONTROL,
            with(closed().acl_public_read(grant()).acls_disabled(Known(true)), open()),
        );
    }

    #[test]
    fn a_gap_is_unknown_unless_a_block_settles_it() {
        assert_unknown(&CONTROL, with(closed().policy_public_read(denied()), open()));
        assert_unknown(&CONTROL, with(closed().policy_public_read(grant()), denied()));
        let blocked = with(
            closed().policy_public_read(denied()).acl_public_read(denied()),
            Known(PublicAccessBlock::ALL),
        );
        assert_passes(&CONTROL, blocked);
    }

    #[test]
    fn a_road_that_is_not_offered_hides_nothing_of_the_other() {
        let one_road = closed().policy_public_read(NotOffered);
        assert_passes(&CONTROL, with(one_road.clone(), open()));
        assert_fails(&CONTROL, with(one_road.clone().acl_public_read(grant()), open()));
        assert_unknown(&CONTROL, with(one_road.clone().acl_public_read(denied()), open()));
        assert_not_applicable(&CONTROL, with(one_road.acl_public_read(NotOffered), open()));
    }
}
