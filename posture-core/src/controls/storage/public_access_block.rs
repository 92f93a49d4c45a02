//! `storage.public-access-block`

use crate::checks::shows;
use crate::checks::storage::switches_off;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.public-access-block",
    life: since("0.1.0"),
    title: "Public access to object storage is fully blocked",
    finding: "Public access to storage is not fully blocked",
    keywords: &[
        "S3",
        "bucket",
        "Block Public Access",
        "storage account",
        "Blob anonymous access",
        "allowBlobPublicAccess",
        "public access",
    ],
    severity: High,
    rationale: "While the block is on, a later change of a policy, an ACL or an access level \
                cannot make the data public.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on all four Block Public Access settings of the bucket, or those of the \
                       account for all its buckets.",
                console: "S3 → Buckets → the bucket → Permissions → Block public access → Edit",
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
                text: "Turn off anonymous access for the storage account.",
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
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
        "https://learn.microsoft.com/en-us/azure/storage/blobs/anonymous-read-access-prevent",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("DSP-17", Supporting),
        cis_aws7("3.1.4", Full),
        fsbp("S3.8", Partial(shows::STEP)),
        cis_azure6("9.3.8", Full),
        mcsb1("NS-2", Supporting),
    ],
    test: Test {
        reads: &[Bucket::PUBLIC_ACCESS_BLOCK, Account::PUBLIC_ACCESS_BLOCK],
        params: &[],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.buckets.items.push(bucket(Known(PublicAccessBlock::ALL)));
            },
            fail: |scope| {
                scope.account.public_access_block = Known(PublicAccessBlock::default());
                scope.buckets.items.push(bucket(Known(PublicAccessBlock::default())));
            },
        },
    },
};

// The two levels are joined switch by switch: what either turns on is on.
fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let account = &context.scope.account.public_access_block;
    let on = |switch: fn(&PublicAccessBlock) -> bool| {
        account.map(switch) | bucket.public_access_block.map(switch)
    };
    let all = on(|b| b.block_public_acls)
        & on(|b| b.ignore_public_acls)
        & on(|b| b.block_public_policy)
        & on(|b| b.restrict_public_buckets);
    if *all.known()? {
        return pass();
    }
    let off = match (account, &bucket.public_access_block) {
        (Known(account), Known(bucket)) => switches_off(account.or(*bucket)),
        (Known(block), NotOffered) | (NotOffered, Known(block)) => switches_off(*block),
        // A certain no needs both levels; nothing else comes here.
        _ => "off".to_owned(),
    };
    fail(Bucket::PUBLIC_ACCESS_BLOCK, off, "all four settings on, for the account or the bucket")
}

fn bucket(block: Fact<PublicAccessBlock>) -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).public_access_block(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(
        block: Fact<PublicAccessBlock>,
        account: Fact<PublicAccessBlock>,
    ) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.public_access_block = account;
            scope.buckets.items.push(bucket(block));
        }
    }

    const ALL: PublicAccessBlock = PublicAccessBlock::ALL;

    fn off() -> Fact<PublicAccessBlock> {
        Known(PublicAccessBlock::default())
    }

    #[test]
    fn either_level_will_do() {
        assert_passes(&CONTROL, with(Known(ALL), off()));
        assert_passes(&CONTROL, with(off(), Known(ALL)));
        assert_fails(&CONTROL, with(off(), off()));
    }

    #[test]
    fn the_levels_join_switch_by_switch() {
        let acls = PublicAccessBlock {
            block_public_acls: true,
            ignore_public_acls: true,
            ..PublicAccessBlock::default()
        };
        let policies = PublicAccessBlock {
            block_public_policy: true,
            restrict_public_buckets: true,
            ..PublicAccessBlock::default()
        };
        assert_passes(&CONTROL, with(Known(acls), Known(policies)));
        assert_fails(&CONTROL, with(Known(acls), Known(acls)));
    }

    #[test]
    fn a_gap_is_settled_by_the_other_level_only_where_that_is_full() {
        assert_passes(&CONTROL, with(denied(), Known(ALL)));
        assert_passes(&CONTROL, with(Known(ALL), denied()));
        assert_unknown(&CONTROL, with(denied(), off()));
        assert_unknown(&CONTROL, with(off(), denied()));
        assert_unknown(&CONTROL, with(denied(), denied()));
    }

    #[test]
    fn each_switch_is_needed() {
        type Switch = fn(&mut PublicAccessBlock) -> &mut bool;
        let switches: [(Switch, &str); 4] = [
            (|block| &mut block.block_public_acls, "off: BlockPublicAcls"),
            (|block| &mut block.ignore_public_acls, "off: IgnorePublicAcls"),
            (|block| &mut block.block_public_policy, "off: BlockPublicPolicy"),
            (|block| &mut block.restrict_public_buckets, "off: RestrictPublicBuckets"),
        ];
        let found = |block: Fact<PublicAccessBlock>, account: Fact<PublicAccessBlock>| {
            let judged = judged(&CONTROL, &world(with(block, account)));
            let [Ok(Verdict::Fail(evidence))] = judged.as_slice() else { panic!("{judged:?}") };
            evidence[0].found.to_string()
        };
        for (switch, off_only) in switches {
            let mut lacks = ALL;
            *switch(&mut lacks) = false;
            assert_eq!(found(Known(lacks), off()), off_only);
            assert_eq!(found(off(), Known(lacks)), off_only);
            // One level alone, where the provider has no other.
            assert_eq!(found(Known(lacks), NotOffered), off_only);
            assert_eq!(found(NotOffered, Known(lacks)), off_only);
            // One switch that is on is not all of them.
            let mut alone = PublicAccessBlock::default();
            *switch(&mut alone) = true;
            assert_fails(&CONTROL, with(Known(alone), off()));
            assert_fails(&CONTROL, with(off(), Known(alone)));
        }
    }
}
