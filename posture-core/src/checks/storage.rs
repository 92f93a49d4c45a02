//! What controls of storage have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// A way by which anyone may get access: the name of the fact that lists the grants, and the fact.
type Road<'a> = (FactId, &'a Fact<Entries>);

/// The test of a control that checks whether a bucket denies everyone to read, or to write.
macro_rules! closed_to_everyone {
    ($access:ident) => {
        pastey::paste! {
            Test {
                reads: &[
                    Bucket::ACLS_DISABLED,
                    Bucket::[<ACL_PUBLIC_ $access:upper>],
                    Bucket::[<POLICY_PUBLIC_ $access:upper>],
                    Bucket::PUBLIC_ACCESS_BLOCK,
                    Account::PUBLIC_ACCESS_BLOCK,
                ],
                params: &[],
                check: Check::Bucket(storage::[<denies_everyone_to_ $access>]),
                examples: Examples {
                    pass: |scope| {
                        scope.account.public_access_block = Known(PublicAccessBlock::default());
                        scope.add(storage::private());
                    },
                    fail: |scope| {
                        scope.account.public_access_block = Known(PublicAccessBlock::default());
                        let grant = Known(Entries::from(["statement `Everyone`"]));
                        scope.add(storage::private().[<policy_public_ $access>](grant));
                    },
                },
            }
        }
    };
}
pub(crate) use closed_to_everyone;

/// A bucket that grants nothing to everyone, and blocks nothing.
pub(crate) fn private() -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
        .acls_disabled(Known(false))
        .acl_public_read(Known(Entries::none()))
        .acl_public_write(Known(Entries::none()))
        .policy_public_read(Known(Entries::none()))
        .policy_public_write(Known(Entries::none()))
        .public_access_block(Known(PublicAccessBlock::default()))
}

/// Judges whether a bucket denies everyone to read.
pub(crate) fn denies_everyone_to_read(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    refuses_everyone(
        bucket,
        context,
        (Bucket::ACL_PUBLIC_READ, &bucket.acl_public_read),
        (Bucket::POLICY_PUBLIC_READ, &bucket.policy_public_read),
    )
}

/// Judges whether a bucket denies everyone to write.
pub(crate) fn denies_everyone_to_write(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    refuses_everyone(
        bucket,
        context,
        (Bucket::ACL_PUBLIC_WRITE, &bucket.acl_public_write),
        (Bucket::POLICY_PUBLIC_WRITE, &bucket.policy_public_write),
    )
}

/// Judges whether a bucket denies access to everyone whom it does not know, by either of the two ways into it.
///
/// A grant that is listed is of no effect where the
/// [public access block](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html)
/// of the account or of the bucket blocks it, each way by a separate setting, or if access control lists are
/// disabled. The two settings that apply when something is written do not affect what is there.
fn refuses_everyone(
    bucket: &Bucket,
    context: &Context<'_>,
    acl: Road<'_>,
    policy: Road<'_>,
) -> CheckResult {
    let account = &context.scope.account.public_access_block;
    let blocked = |switch: fn(&PublicAccessBlock) -> bool| {
        account.map(switch) | bucket.public_access_block.map(switch)
    };
    let by_policy = granted(policy.1) & !blocked(|block| block.restrict_public_buckets);
    let by_acl =
        granted(acl.1) & !blocked(|block| block.ignore_public_acls) & !bucket.acls_disabled.clone();
    // One certain grant outranks what could not be read of the other road.
    if by_policy == Known(true) {
        return fail(
            policy.0,
            policy.1.known()?.evidence(),
            "no public grant, or restricted by Block Public Access",
        );
    }
    if by_acl == Known(true) {
        return fail(
            acl.0,
            acl.1.known()?.evidence(),
            "no public grant, or ignored by Block Public Access",
        );
    }
    if (policy.1, acl.1) == (&NotOffered, &NotOffered) {
        return Err(Undecided::NotOffered);
    }
    (by_policy | by_acl).known()?;
    pass()
}

/// Whether there is a grant. A way that the provider does not have admits no one, and hides nothing of the other.
fn granted(grants: &Fact<Entries>) -> Fact<bool> {
    match grants {
        NotOffered => Known(false),
        Known(_) | Gap(_) => grants.any(),
    }
}

/// The switches that are off, in the provider's words.
pub(crate) fn switches_off(block: PublicAccessBlock) -> String {
    let switches = [
        (block.block_public_acls, "BlockPublicAcls"),
        (block.ignore_public_acls, "IgnorePublicAcls"),
        (block.block_public_policy, "BlockPublicPolicy"),
        (block.restrict_public_buckets, "RestrictPublicBuckets"),
    ];
    let off: Vec<&str> = switches.iter().filter(|(on, _)| !on).map(|(_, name)| *name).collect();
    format!("off: {}", off.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::controls::storage::{public_access, public_write};

    #[test]
    fn each_switch_that_is_off_is_named_and_no_other() {
        assert_eq!(
            switches_off(PublicAccessBlock::default()),
            "off: BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets"
        );
        let some = PublicAccessBlock {
            block_public_acls: false,
            block_public_policy: false,
            ..PublicAccessBlock::ALL
        };
        assert_eq!(switches_off(some), "off: BlockPublicAcls, BlockPublicPolicy");
    }

    /// The controls, each with the two ways by which everyone may get access.
    const CONTROLS: [(&Control, FactId, FactId); 2] = [
        (&public_access::CONTROL, Bucket::ACL_PUBLIC_READ, Bucket::POLICY_PUBLIC_READ),
        (&public_write::CONTROL, Bucket::ACL_PUBLIC_WRITE, Bucket::POLICY_PUBLIC_WRITE),
    ];

    fn grant() -> Fact<Value> {
        Known(json!(["statement `Everyone`"]))
    }

    /// A block of the account.
    fn of_account(block: PublicAccessBlock) -> (FactId, Fact<Value>) {
        (Account::PUBLIC_ACCESS_BLOCK, Known(json!(block)))
    }

    #[test]
    fn either_way_in_fails() {
        for (control, acl, policy) in CONTROLS {
            assert_passes(control, but(control, []));
            assert_fails(control, but(control, [(policy, grant())]));
            assert_fails(control, but(control, [(acl, grant())]));
            // One certain grant outranks what could not be read of the other.
            assert_fails(control, but(control, [(acl, grant()), (policy, denied())]));
            assert_fails(control, but(control, [(acl, denied()), (policy, grant())]));
        }
    }

    #[test]
    fn reading_and_writing_are_two_questions() {
        let [(read, acl_read, policy_read), (write, acl_write, policy_write)] = CONTROLS;
        assert_passes(read, but(read, [(acl_write, grant()), (policy_write, denied())]));
        assert_passes(write, but(write, [(acl_read, grant()), (policy_read, denied())]));
    }

    #[test]
    fn each_switch_closes_its_own_way_only() {
        let none = PublicAccessBlock::default;
        let ignore = PublicAccessBlock { ignore_public_acls: true, ..none() };
        let restrict = PublicAccessBlock { restrict_public_buckets: true, ..none() };
        // These two act when something is written: what is already there stays open.
        let at_write =
            PublicAccessBlock { block_public_acls: true, block_public_policy: true, ..none() };
        for (control, acl, policy) in CONTROLS {
            let with = |way, block| but(control, [(way, grant()), of_account(block)]);
            assert_passes(control, with(acl, ignore));
            assert_fails(control, with(policy, ignore));
            assert_passes(control, with(policy, restrict));
            assert_fails(control, with(acl, restrict));
            assert_fails(control, with(acl, at_write));
            assert_fails(control, with(policy, at_write));
            let of_bucket = (Bucket::PUBLIC_ACCESS_BLOCK, Known(json!(restrict)));
            assert_passes(control, but(control, [(policy, grant()), of_bucket]));
            let both = [(acl, grant()), (policy, grant()), of_account(PublicAccessBlock::ALL)];
            assert_passes(control, but(control, both));
        }
    }

    #[test]
    fn an_acl_has_no_effect_where_acls_are_disabled() {
        for (control, acl, _) in CONTROLS {
            let with = |disabled| but(control, [(acl, grant()), (Bucket::ACLS_DISABLED, disabled)]);
            assert_passes(control, with(Known(json!(true))));
            assert_unknown(control, with(denied()));
        }
    }

    #[test]
    fn a_gap_is_unknown_unless_a_block_settles_it() {
        for (control, acl, policy) in CONTROLS {
            assert_unknown(control, but(control, [(policy, denied())]));
            let block = (Account::PUBLIC_ACCESS_BLOCK, denied());
            assert_unknown(control, but(control, [(policy, grant()), block]));
            let blocked = of_account(PublicAccessBlock::ALL);
            assert_passes(control, but(control, [(acl, denied()), (policy, denied()), blocked]));
        }
    }

    #[test]
    fn a_way_that_is_not_offered_hides_nothing_of_the_other() {
        for (control, acl, policy) in CONTROLS {
            let with = |of_acl| but(control, [(policy, NotOffered), (acl, of_acl)]);
            assert_passes(control, with(Known(json!([]))));
            assert_fails(control, with(grant()));
            assert_unknown(control, with(denied()));
            assert_not_applicable(control, with(NotOffered));
        }
    }
}
