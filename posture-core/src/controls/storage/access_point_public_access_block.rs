//! `storage.access-point-public-access-block`

use crate::checks::storage::switches_off;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-point-public-access-block",
    life: since("0.1.0"),
    title: "S3 access points fully block public access",
    finding: "Access point does not fully block public access",
    keywords: &["S3", "access point", "Block Public Access", "public access"],
    severity: Medium,
    rationale: "With Block Public Access on, a later policy change cannot open the access point \
                to everyone.",
    remediation: &[(
        Aws,
        Remedy {
            text: "The Block Public Access settings of an access point cannot be changed: create \
                   a new access point with all four settings on, and delete the old one.",
            console: "S3 → Access points → Create access point → Block Public Access settings",
            command: Change(
                "aws s3control create-access-point --account-id <account> --name \
                             <new-access-point> --bucket <bucket> \
                             --public-access-block-configuration \
                             BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-15", Supporting),
        fsbp("S3.19", Full),
    ],
    test: Test {
        reads: &[AccessPoint::PUBLIC_ACCESS_BLOCK],
        params: &[],
        check: Check::AccessPoint(check),
        examples: Examples {
            pass: |scope| scope.access_points.items.push(point(Known(PublicAccessBlock::ALL))),
            fail: |scope| {
                scope.access_points.items.push(point(Known(PublicAccessBlock::default())))
            },
        },
    },
};

fn check(point: &AccessPoint, _: &Context<'_>) -> CheckResult {
    let block = point.public_access_block.known()?;
    if block.is_all() {
        return pass();
    }
    fail(AccessPoint::PUBLIC_ACCESS_BLOCK, switches_off(*block), "all four switches on")
}

fn point(block: Fact<PublicAccessBlock>) -> AccessPoint {
    AccessPoint::unread(
        "arn:aws:s3:us-east-1:123456789012:accesspoint/door",
        "door",
        Some("us-east-1"),
    )
    .public_access_block(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(block: Fact<PublicAccessBlock>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.access_points.items.push(point(block))
    }

    #[test]
    fn all_four_are_needed() {
        let all = PublicAccessBlock::ALL;
        assert_passes(&CONTROL, with(Known(all)));
        assert_fails(
            &CONTROL,
            with(Known(PublicAccessBlock { restrict_public_buckets: false, ..all })),
        );
        assert_fails(&CONTROL, with(Known(PublicAccessBlock { ignore_public_acls: false, ..all })));
        assert_unknown(&CONTROL, with(denied()));
    }
}
