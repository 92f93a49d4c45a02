//! What controls of audit trails have in common.

use crate::control::Undecided;
use crate::join;
use crate::prelude::*;

/// Whether a trail records all management events of the whole account, and nothing is in the way.
pub(crate) fn records_everything(trail: &AuditTrail) -> Fact<bool> {
    trail.multi_region.clone()
        & trail.recording.clone()
        & trail.management_reads.clone()
        & trail.management_writes.clone()
        & !trail.excluded_sources.any()
}

/// The same of an event store.
pub(crate) fn store_records_everything(store: &EventStore) -> Fact<bool> {
    store.multi_region.clone()
        & store.recording.clone()
        & store.management_reads.clone()
        & store.management_writes.clone()
}

/// Judges a trail by the bucket that it delivers to. Where another account has the bucket, that account decides, if the run
/// reads it.
pub(crate) fn by_bucket(
    control: &Control,
    trail: &AuditTrail,
    context: &Context<'_>,
    judge: fn(&Bucket, &Context<'_>) -> Judged,
) -> Judged {
    let name = trail.bucket.known()?;
    let otherwise = match context.find_bucket(name) {
        Known(Some(bucket)) => return judge(bucket, context),
        Known(None) | NotOffered => GapId::OUTSIDE_SCOPE,
        Gap(gap) => gap,
    };
    let key = join::Key::bucket(control, &context.scope.partition, name);
    context.elsewhere(vec![key], Err(Undecided::Unknown(otherwise)))
}

/// Judges a property of the bucket of a trail.
pub(crate) fn bucket_is(
    bucket: &Bucket,
    (fact, good): (&'static str, Fact<bool>),
    found: &str,
    expected: &'static str,
) -> Judged {
    if *good.known()? {
        return pass();
    }
    fail(fact, format!("bucket `{}`: {found}", bucket.name), expected)
}

/// A trail as it should be, which delivers to the bucket of [`bucket`].
pub(crate) fn trail() -> AuditTrail {
    AuditTrail::unread(
        "arn:aws:cloudtrail:us-east-1:123456789012:trail/main",
        "main",
        Some("us-east-1"),
    )
    .multi_region(Known(true))
    .recording(Known(true))
    .management_reads(Known(true))
    .management_writes(Known(true))
    .excluded_sources(Known(Vec::new()))
    .bucket(Known("records".to_owned()))
}

/// An event store as it should be.
pub(crate) fn store() -> EventStore {
    EventStore::unread(
        "arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/1",
        "lake",
        Some("us-east-1"),
    )
    .multi_region(Known(true))
    .recording(Known(true))
    .management_reads(Known(true))
    .management_writes(Known(true))
}

/// The bucket of [`trail`], of which nothing is known yet.
pub(crate) fn bucket() -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
}
