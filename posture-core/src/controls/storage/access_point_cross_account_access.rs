//! `storage.access-point-cross-account-access`

use crate::checks::access::{EVERYONE, untrusted};
use crate::checks::access_point;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.access-point-cross-account-access",
    life: since("0.1.0"),
    title: "S3 access points are shared only with trusted accounts",
    finding: "Access point is shared with an untrusted account",
    keywords: &[
        "S3",
        "access point",
        "access point policy",
        "cross-account access",
        "trusted account",
    ],
    severity: Medium,
    rationale: "An access point has its own policy, so it can share a bucket whose policy allows \
                no other account. The owner of the other account decides who gets in.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Remove the account from the access point policy, or add its account ID to \
                   `trusted-accounts` of this control.",
            console: "S3 → Access points → the access point → Permissions → Access point policy",
            command: Change(
                "aws s3control put-access-point-policy --account-id <account> --name \
                             <access-point> --policy file://<policy-without-the-account.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(shows::UNTRUSTED)),
        ccm41("IAM-05", Partial(shows::UNTRUSTED)),
        ccm41("I&S-06", Supporting),
    ],
    test: Test {
        reads: &[
            AccessPoint::BUCKET,
            AccessPoint::BUCKET_ACCOUNT,
            AccessPoint::EXTERNAL_ACCOUNTS,
            AccessPoint::NETWORK,
            AccessPoint::PUBLIC_ACCESS_BLOCK,
            Bucket::PUBLIC_ACCESS_BLOCK,
            Account::PUBLIC_ACCESS_BLOCK,
        ],
        params: &[Param::Names(&TRUSTED)],
        check: Check::AccessPoint(check),
        examples: Examples {
            pass: |scope| {
                access_point::world_of(scope);
                scope.access_points.items.push(shared_with(Entries::none()));
            },
            fail: |scope| {
                access_point::world_of(scope);
                scope.access_points.items.push(shared_with(Entries::from(["210987654321"])));
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The IDs of the external accounts and organizations that an access point may be shared with. Any other fails.",
    default: &[],
};

fn check(point: &AccessPoint, context: &Context<'_>) -> CheckResult {
    let others = untrusted(point.external_accounts.known()?, &context.names(&TRUSTED));
    let failed =
        || fail(AccessPoint::EXTERNAL_ACCOUNTS, others.evidence(), "only trusted accounts");
    let named = others.without(|one| one == EVERYONE).any();
    if named == Known(true) {
        return failed();
    }
    // What is open to everyone is closed to other accounts where a block takes the grant away.
    let granted = others.without(|one| one != EVERYONE).any() == Known(true);
    let granted = Known(granted) & !point.network.is_some();
    let open = access_point::open_to_all(&CONTROL, point, context, &granted);
    if open == Ok(true) {
        return failed();
    }
    // A block says nothing of an account that is not decided.
    named.known()?;
    open?;
    pass()
}

/// What it finds of the bucket of another account.
pub(crate) fn of_bucket(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    access_point::of_bucket(AccessPoint::EXTERNAL_ACCOUNTS, bucket, context)
}

fn shared_with(accounts: Entries) -> AccessPoint {
    access_point::closed().external_accounts(Known(accounts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;
    use crate::params::Value;

    const OTHER: &str = "210987654321";

    fn with(point: AccessPoint) -> impl FnOnce(&mut Scope) {
        move |scope| {
            access_point::world_of(scope);
            scope.access_points.items.push(point);
        }
    }

    fn restricted() -> Fact<PublicAccessBlock> {
        Known(PublicAccessBlock { restrict_public_buckets: true, ..PublicAccessBlock::default() })
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(shared_with(Entries::none())));
        assert_fails(&CONTROL, with(shared_with(Entries::from([OTHER]))));
        assert_unknown(&CONTROL, with(access_point::closed().external_accounts(denied())));
        // A block takes nothing from an account that is named.
        let blocked = shared_with(Entries::from([OTHER])).public_access_block(restricted());
        assert_fails(&CONTROL, with(blocked));
    }

    #[test]
    fn what_is_open_to_everyone_is_open_to_other_accounts_unless_blocked() {
        let everyone = || shared_with(Entries::from(["everyone"]));
        assert_fails(&CONTROL, with(everyone()));
        assert_passes(&CONTROL, with(everyone().public_access_block(restricted())));
        assert_passes(&CONTROL, with(everyone().network(Known(Some("vpc-1".to_owned())))));
        assert_passes(&CONTROL, |scope| {
            with(everyone())(scope);
            scope.account.public_access_block = restricted();
        });
        assert_unknown(&CONTROL, with(everyone().public_access_block(denied())));
    }

    #[test]
    fn a_trusted_account_does_not_hide_what_is_undecided() {
        let trusted = [("trusted-accounts", Value::Names(vec![OTHER.to_owned()]))];
        let of = |accounts: Entries| {
            judged_with(&CONTROL, &world(with(shared_with(accounts))), &trusted)
        };
        assert_eq!(of(Entries::from([OTHER])), [Ok(Verdict::Pass)]);
        let open = Entries::new(vec![OTHER.to_owned()], Some(DENIED));
        assert_eq!(of(open), [Err(Undecided::Unknown(DENIED))]);
        // Nor does a block that closes it to everyone.
        let both = Entries::new(vec!["everyone".to_owned()], Some(DENIED));
        let blocked = shared_with(both.clone()).public_access_block(restricted());
        assert_unknown(&CONTROL, with(blocked));
        assert_fails(&CONTROL, with(shared_with(both)));
    }
}
