//! What controls of access points have in common.

use crate::ask;
use crate::control::Undecided;
use crate::prelude::*;

fn restricts(block: &Fact<PublicAccessBlock>) -> Fact<bool> {
    block.map(|block| block.restrict_public_buckets)
}

/// Whether what is granted to everyone stays open, because no public access block covers it.
///
/// S3 checks the settings [of the access point, of the bucket and of the account that owns the bucket](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html).
/// The setting of the account that has the access point counts only for its own buckets. If another account owns the bucket,
/// that account decides, if the run reads it.
pub(crate) fn open_to_all(
    control: &Control,
    point: &AccessPoint,
    context: &Context<'_>,
    granted: &Fact<bool>,
) -> Result<bool, Undecided> {
    let open = granted.clone() & !restricts(&point.public_access_block);
    if open == Known(false) {
        return Ok(false);
    }
    let name = point.bucket.known()?;
    let bucket = context.by_name::<Bucket>(name);
    let own = match &bucket {
        Known(Some(_)) => Known(true),
        _ => point.bucket_account.map(|account| *account == context.scope.id),
    };
    if own == Known(false) {
        let keys = vec![ask::Key::bucket(control.id, &context.scope.partition, name).into()];
        let asked = match open.known() {
            Ok(_) => context.elsewhere(keys, Err(Undecided::Unknown(GapId::OUTSIDE_SCOPE))),
            Err(undecided) => context.passes_elsewhere(keys, Err(undecided)),
        };
        return asked.map(|_| false);
    }
    let of_bucket = bucket.and_then(|bucket| match bucket {
        Some(bucket) => restricts(&bucket.public_access_block),
        None => Gap(GapId::OUTSIDE_SCOPE),
    });
    let of_account = own & restricts(&context.scope.account.public_access_block);
    Ok(*(open & !(of_account | of_bucket)).known()?)
}

/// The result for the bucket of an access point that another account owns: whether it blocks what is granted to
/// everyone. `fact` is what the access point grants.
pub(crate) fn of_bucket(fact: FactId, bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let account = &context.scope.account.public_access_block;
    if *(restricts(&bucket.public_access_block) | restricts(account)).known()? {
        return pass();
    }
    let found = format!(
        "everyone, and neither bucket `{}` nor account {} restricts public policies",
        bucket.name, context.scope.id
    );
    fail(fact, found, "no public grant, or restricted by Block Public Access")
}

/// An access point that admits no principal, on the bucket of [`world_of`].
pub(crate) fn closed() -> AccessPoint {
    AccessPoint::unread(
        "arn:aws:s3:us-east-1:123456789012:accesspoint/door",
        "door",
        Some("us-east-1"),
    )
    .bucket(Known("records".to_owned()))
    .bucket_account(Known("123456789012".to_owned()))
    .network(Known(None))
    .policy_public(Known(Entries::none()))
    .external_accounts(Known(Entries::none()))
    .public_access_block(Known(PublicAccessBlock::default()))
}

/// An account whose bucket blocks nothing.
pub(crate) fn world_of(scope: &mut Scope) {
    let open = Known(PublicAccessBlock::default());
    scope.account.public_access_block = open.clone();
    scope.buckets.items.push(
        Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
            .public_access_block(open),
    );
}
