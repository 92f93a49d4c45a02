//! What controls of storage have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// A way by which anyone may get access: the name of the fact that lists the grants, and the fact.
pub(crate) type Road<'a> = (FactId, &'a Fact<Entries>);

/// Judges whether a bucket denies access to everyone whom it does not know, by either of the two ways into it.
///
/// A grant that is listed is of no effect where the
/// [public access block](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html)
/// of the account or of the bucket blocks it, each way by a separate setting, or if access control lists are
/// disabled. The two settings that apply when something is written do not affect what is there.
pub(crate) fn refuses_everyone(
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
    use super::*;

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
}
