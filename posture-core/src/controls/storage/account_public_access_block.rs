//! `storage.account-public-access-block`

use crate::checks::storage::switches_off;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.account-public-access-block",
    life: since("0.1.0"),
    title: "S3 Block Public Access is on for the whole account",
    finding: "S3 Block Public Access is not fully on for the account",
    keywords: &["S3", "Block Public Access", "public access", "account settings"],
    severity: High,
    rationale: "A single setting covers every bucket, present and future, and holds when one \
                bucket is opened by mistake.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Turn on all four Block Public Access settings for the account, after moving \
                   data that must stay public to a separate account.",
            console: "S3 → Block Public Access settings for this account → Edit",
            command: Change(
                "aws s3control put-public-access-block --account-id <account> \
                             --public-access-block-configuration \
                             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.DS-01", Supporting),
        csf20("PR.IR-01", Supporting),
        ccm41("IAM-15", Supporting),
        ccm41("DSP-07", Supporting),
        cis_aws7("3.1.4", Supporting),
        fsbp("S3.1", Full),
    ],
    test: Test {
        reads: &[Account::PUBLIC_ACCESS_BLOCK],
        params: &[],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.public_access_block = Known(PublicAccessBlock::ALL),
            fail: |scope| scope.account.public_access_block = Known(PublicAccessBlock::default()),
        },
    },
};

fn check(account: &Account, _: &Context<'_>) -> CheckResult {
    let block = account.public_access_block.known()?;
    if block.is_all() {
        return pass();
    }
    fail(Account::PUBLIC_ACCESS_BLOCK, switches_off(*block), "all four settings on")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(block: Fact<PublicAccessBlock>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.public_access_block = block
    }

    #[test]
    fn all_four_are_needed() {
        let all = PublicAccessBlock::ALL;
        assert_passes(&CONTROL, with(Known(all)));
        for short in [
            PublicAccessBlock { block_public_acls: false, ..all },
            PublicAccessBlock { ignore_public_acls: false, ..all },
            PublicAccessBlock { block_public_policy: false, ..all },
            PublicAccessBlock { restrict_public_buckets: false, ..all },
            PublicAccessBlock::default(),
        ] {
            assert_fails(&CONTROL, with(Known(short)));
        }
    }

    #[test]
    fn denied_is_not_absent() {
        assert_unknown(&CONTROL, with(denied()));
        // That none is set is an answer, and it is all off.
        assert_fails(&CONTROL, with(Known(PublicAccessBlock::default())));
    }
}
