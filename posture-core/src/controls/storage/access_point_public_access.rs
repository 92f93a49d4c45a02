//! `storage.access-point-public-access`

use crate::checks::access_point::{self, closed, world_of};
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-point-public-access",
    life: since("0.1.0"),
    title: "S3 access points deny anonymous access",
    finding: "Access point is open to everyone",
    keywords: &[
        "S3",
        "access point",
        "access point policy",
        "Block Public Access",
        "public access",
        "anonymous access",
    ],
    severity: Critical,
    rationale: "An access point has its own policy, so it can open a bucket that looks closed.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the public grant from the access point policy, or turn on all four \
                   Block Public Access settings for the account.",
            console: "S3 → Access points → the access point → Permissions → Access point policy",
            command: Change(
                "aws s3control put-access-point-policy --account-id <account> --name \
                             <access-point> --policy file://<policy-with-named-principals.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ],
    satisfies: &[
        csf20("PR.AA-03", Partial(shows::READ_BY_ANYONE)),
        csf20("PR.AA-05", Partial(shows::READ_BY_ANYONE)),
        csf20("PR.DS-01", Partial(shows::READ_BY_ANYONE)),
        ccm41("IAM-15", Partial(shows::READ_BY_ANYONE)),
        ccm41("DSP-17", Supporting),
        cis_aws7("2.21", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[
            AccessPoint::BUCKET,
            AccessPoint::BUCKET_ACCOUNT,
            AccessPoint::NETWORK,
            AccessPoint::POLICY_PUBLIC,
            AccessPoint::PUBLIC_ACCESS_BLOCK,
            Bucket::PUBLIC_ACCESS_BLOCK,
            Account::PUBLIC_ACCESS_BLOCK,
        ],
        params: &[],
        check: Check::AccessPoint(check),
        examples: Examples {
            pass: |scope| {
                world_of(scope);
                scope.access_points.items.push(closed());
            },
            fail: |scope| {
                world_of(scope);
                scope
                    .access_points
                    .items
                    .push(closed().policy_public(Known(Entries::from(["statement `Everyone`"]))));
            },
        },
    },
};

// A public policy has no effect where the access point, its bucket or the account of the bucket restricts public policies,
// and one that can only be reached from a private network is not public whatever its policy says.
fn check(point: &AccessPoint, context: &Context<'_>) -> CheckResult {
    let public = point.policy_public.any() & !point.network.is_some();
    if !access_point::open_to_all(&CONTROL, point, context, &public)? {
        return pass();
    }
    let grants = point.policy_public.known()?;
    fail(
        AccessPoint::POLICY_PUBLIC,
        grants.evidence(),
        "no grant to everyone, or Block Public Access on",
    )
}

/// What it finds of the bucket of another account.
pub(crate) fn of_bucket(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    access_point::of_bucket(AccessPoint::POLICY_PUBLIC, bucket, context)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(point: AccessPoint) -> impl FnOnce(&mut Scope) {
        move |scope| {
            world_of(scope);
            scope.access_points.items.push(point);
        }
    }

    fn public() -> AccessPoint {
        closed().policy_public(Known(Entries::from(["statement `Everyone`"])))
    }

    fn restricted() -> Fact<PublicAccessBlock> {
        Known(PublicAccessBlock { restrict_public_buckets: true, ..PublicAccessBlock::default() })
    }

    #[test]
    fn a_public_policy_fails() {
        assert_passes(&CONTROL, with(closed()));
        assert_fails(&CONTROL, with(public()));
    }

    #[test]
    fn each_of_three_levels_restricts() {
        assert_passes(&CONTROL, with(public().public_access_block(restricted())));
        assert_passes(&CONTROL, |scope| {
            with(public())(scope);
            scope.account.public_access_block = restricted();
        });
        assert_passes(&CONTROL, |scope| {
            with(public())(scope);
            scope.buckets.items[0].public_access_block = restricted();
        });
        // The other three switches do nothing about a policy that is there.
        let others = PublicAccessBlock { restrict_public_buckets: false, ..PublicAccessBlock::ALL };
        assert_fails(&CONTROL, with(public().public_access_block(Known(others))));
    }

    #[test]
    fn a_door_into_a_private_network_is_not_public() {
        assert_passes(&CONTROL, with(public().network(Known(Some("vpc-1".to_owned())))));
        assert_unknown(&CONTROL, with(public().network(denied())));
    }

    #[test]
    fn a_gap_is_unknown_unless_something_settles_it() {
        assert_unknown(&CONTROL, with(closed().policy_public(denied())));
        assert_unknown(&CONTROL, with(public().public_access_block(denied())));
        assert_unknown(&CONTROL, with(public().bucket(denied())));
        assert_passes(&CONTROL, with(closed().bucket(denied()).public_access_block(denied())));
    }

    #[test]
    fn a_bucket_of_another_account_is_for_that_account_to_judge() {
        let theirs = || {
            public()
                .bucket(Known("theirs".to_owned()))
                .bucket_account(Known("999999999999".to_owned()))
        };
        assert_unknown(&CONTROL, with(theirs()));
        assert_passes(&CONTROL, with(theirs().public_access_block(restricted())));
        // The block of the account that has the access point says nothing of the buckets of others.
        let blocked = |point: AccessPoint| {
            move |scope: &mut Scope| {
                with(point)(scope);
                scope.account.public_access_block = restricted();
            }
        };
        assert_unknown(&CONTROL, blocked(theirs()));
        assert_unknown(&CONTROL, blocked(theirs().bucket_account(denied())));
        assert_passes(&CONTROL, blocked(public().bucket(Known("unlisted".to_owned()))));
        // A bucket in the list is the account's own.
        assert_passes(&CONTROL, blocked(public().bucket_account(denied())));
        assert_unknown(&CONTROL, |scope| {
            with(public())(scope);
            scope.buckets = Listing::unread(DENIED);
        });
    }
}
