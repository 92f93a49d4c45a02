//! What controls of storage have in common.

use crate::prelude::*;

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
