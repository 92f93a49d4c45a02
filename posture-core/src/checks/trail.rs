//! What controls of audit trails have in common.

use crate::ask;
use crate::control::Undecided;
use crate::prelude::*;

/// Whether a trail records all management events of the whole account, without exclusions.
pub(crate) fn records_everything(trail: &AuditTrail) -> Fact<bool> {
    records_reads(trail) & records_writes(trail) & !trail.excluded_sources.any()
}

/// Whether a trail records the read events of every region, whichever sources it excludes.
pub(crate) fn records_reads(trail: &AuditTrail) -> Fact<bool> {
    trail.multi_region.clone() & trail.recording.clone() & trail.management_reads.clone()
}

/// Whether a trail records the write events of every region, whichever sources it excludes.
pub(crate) fn records_writes(trail: &AuditTrail) -> Fact<bool> {
    trail.multi_region.clone() & trail.recording.clone() & trail.management_writes.clone()
}

/// Whether an event data store records the read events of every region.
pub(crate) fn store_records_reads(store: &EventStore) -> Fact<bool> {
    store.multi_region.clone() & store.recording.clone() & store.management_reads.clone()
}

/// Whether an event data store records the write events of every region.
pub(crate) fn store_records_writes(store: &EventStore) -> Fact<bool> {
    store.multi_region.clone() & store.recording.clone() & store.management_writes.clone()
}

/// Whether the trails that leave out nothing of interest, and the event data stores, record every management event together. Two
/// that complement each other, one for reads and one for writes, miss nothing.
pub(crate) fn together(scope: &Scope, included: impl Fn(&AuditTrail) -> Fact<bool>) -> Fact<bool> {
    let (trails, stores) = (&scope.audit_trails, &scope.event_stores);
    let reads = trails.any(|trail| records_reads(trail) & included(trail))
        | stores.any(store_records_reads);
    let writes = trails.any(|trail| records_writes(trail) & included(trail))
        | stores.any(store_records_writes);
    reads & writes
}

/// The test of a control that checks whether a trail or an event data store records the data events of all objects that the
/// fact names.
macro_rules! records_objects {
    ($fact:ident) => {
        pastey::paste! {
            Test {
                reads: &[
                    AuditTrail::MULTI_REGION,
                    AuditTrail::RECORDING,
                    AuditTrail::[<$fact:upper>],
                    EventStore::MULTI_REGION,
                    EventStore::RECORDING,
                    EventStore::[<$fact:upper>],
                ],
                params: &[],
                check: Check::Account(|_, context| {
                    trail::objects_recorded(
                        (AuditTrail::[<$fact:upper>], context.scope),
                        |trail| trail.$fact.clone(),
                        |store| store.$fact.clone(),
                    )
                }),
                examples: Examples {
                    pass: |scope| scope.add(trail::trail().$fact(Known(true))),
                    fail: |scope| scope.add(trail::trail().$fact(Known(false))),
                },
            }
        }
    };
}
pub(crate) use records_objects;

/// Judges whether one trail or event data store of all regions records the data events of every bucket, as each of the two has
/// it.
pub(crate) fn objects_recorded(
    (fact, scope): (FactId, &Scope),
    of_trail: fn(&AuditTrail) -> Fact<bool>,
    of_store: fn(&EventStore) -> Fact<bool>,
) -> CheckResult {
    let by_trail = scope
        .audit_trails
        .any(|trail| trail.multi_region.clone() & trail.recording.clone() & of_trail(trail));
    let by_store = scope
        .event_stores
        .any(|store| store.multi_region.clone() & store.recording.clone() & of_store(store));
    if *(by_trail | by_store).known()? {
        return pass();
    }
    fail(
        fact,
        "no trail and no event data store records them in every bucket",
        "a multi-region trail that is recording them in every bucket",
    )
}

/// The test of a control that checks a property of the bucket of a trail, with a value of the fact that passes and one that
/// fails. The control's `of_bucket` judges the bucket.
macro_rules! bucket_has {
    ($fact:ident: $good:expr, $bad:expr) => {
        pastey::paste! {
            Test {
                reads: &[AuditTrail::BUCKET, Bucket::[<$fact:upper>]],
                params: &[],
                check: Check::AuditTrail(|trail, context| {
                    trail::by_bucket(&CONTROL, trail, context, of_bucket)
                }),
                examples: Examples {
                    pass: |scope| {
                        scope.add(trail::trail());
                        scope.add(trail::bucket().$fact(Known($good)));
                    },
                    fail: |scope| {
                        scope.add(trail::trail());
                        scope.add(trail::bucket().$fact(Known($bad)));
                    },
                },
            }
        }
    };
}
pub(crate) use bucket_has;

/// Judges a trail by the bucket that it delivers to. Where another account has the bucket, that account decides, if the run
/// reads it.
pub(crate) fn by_bucket(
    control: &Control,
    trail: &AuditTrail,
    context: &Context<'_>,
    judge: fn(&Bucket, &Context<'_>) -> CheckResult,
) -> CheckResult {
    let name = trail.bucket.known()?;
    let otherwise = match context.by_name::<Bucket>(name) {
        Known(Some(bucket)) => return judge(bucket, context),
        Known(None) | NotOffered => GapId::OUTSIDE_SCOPE,
        Gap(gap) => gap,
    };
    let key = ask::Key::bucket(control.id, &context.scope.partition, name);
    context.elsewhere(vec![key.into()], Err(Undecided::Unknown(otherwise)))
}

/// Judges a property of the bucket of a trail.
pub(crate) fn bucket_is(
    bucket: &Bucket,
    (fact, good): (FactId, Fact<bool>),
    found: &str,
    expected: &'static str,
) -> CheckResult {
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

/// The bucket of [`trail`], with nothing known yet.
pub(crate) fn bucket() -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::controls::logging::{
        audit_trail_storage_access_logging, audit_trail_storage_lock, audit_trail_storage_tls,
        audit_trail_storage_versioning, object_read_events, object_write_events,
    };

    #[test]
    fn the_bucket_of_a_trail_decides() {
        let controls: [(&Control, FactId, Value); 4] = [
            (&audit_trail_storage_access_logging::CONTROL, Bucket::ACCESS_LOG_TARGET, json!(null)),
            (&audit_trail_storage_lock::CONTROL, Bucket::OBJECT_LOCK, json!(false)),
            (&audit_trail_storage_tls::CONTROL, Bucket::TLS_ENFORCED, json!(false)),
            (&audit_trail_storage_versioning::CONTROL, Bucket::VERSIONING, json!(false)),
        ];
        for (control, fact, bad) in controls {
            assert_passes(control, but(control, []));
            assert_fails(control, but(control, [(fact, Known(bad))]));
            assert_unknown(control, but(control, [(fact, denied())]));
            assert_unknown(control, but(control, [(AuditTrail::BUCKET, denied())]));
            // A bucket of another account cannot be judged.
            assert_unknown(control, |scope| scope.add(trail()));
        }
    }

    #[test]
    fn only_a_trail_or_store_of_all_regions_that_records_counts() {
        type Trail = fn(Fact<bool>) -> AuditTrail;
        type Store = fn(Fact<bool>) -> EventStore;
        let controls: [(&Control, Trail, Store); 2] = [
            (
                &object_read_events::CONTROL,
                |fact| trail().object_reads(fact),
                |fact| store().object_reads(fact),
            ),
            (
                &object_write_events::CONTROL,
                |fact| trail().object_writes(fact),
                |fact| store().object_writes(fact),
            ),
        ];
        for (control, trail, store) in controls {
            let (yes, no) = (|| Known(true), || Known(false));
            assert_fails(control, |_| ());
            assert_passes(control, |scope| scope.add(trail(yes())));
            for less in [trail(no()), trail(yes()).recording(no()), trail(yes()).multi_region(no())]
            {
                assert_fails(control, |scope| scope.add(less));
            }
            for unread in [
                trail(denied()),
                trail(yes()).recording(denied()),
                trail(yes()).multi_region(denied()),
            ] {
                assert_unknown(control, |scope| scope.add(unread));
            }
            assert_passes(control, |scope| scope.add(store(yes())));
            for less in [store(no()), store(yes()).recording(no()), store(yes()).multi_region(no())]
            {
                assert_fails(control, |scope| scope.add(less));
            }
            for unread in [
                store(denied()),
                store(yes()).recording(denied()),
                store(yes()).multi_region(denied()),
            ] {
                assert_unknown(control, |scope| scope.add(unread));
            }
            assert_passes(control, |scope| {
                scope.audit_trails.gaps.push(DENIED);
                scope.add(store(yes()));
            });
            assert_unknown(control, |scope| scope.event_stores.gaps.push(DENIED));
        }
    }

    #[test]
    fn a_trail_or_store_records_everything_only_with_every_part() {
        assert_eq!(records_everything(&trail()), Known(true));
        let store_records_everything =
            |store: &EventStore| store_records_reads(store) & store_records_writes(store);
        assert_eq!(store_records_everything(&store()), Known(true));
        let no = || Known(false);
        for less in [
            trail().multi_region(no()),
            trail().recording(no()),
            trail().management_reads(no()),
            trail().management_writes(no()),
            trail().excluded_sources(Known(vec!["kms.amazonaws.com".to_owned()])),
        ] {
            assert_eq!(records_everything(&less), Known(false), "{less:?}");
        }
        for less in [
            store().multi_region(no()),
            store().recording(no()),
            store().management_reads(no()),
            store().management_writes(no()),
        ] {
            assert_eq!(store_records_everything(&less), Known(false), "{less:?}");
        }
        for unread in [
            trail().multi_region(denied()),
            trail().recording(denied()),
            trail().management_reads(denied()),
            trail().management_writes(denied()),
            trail().excluded_sources(denied()),
        ] {
            assert_eq!(records_everything(&unread), denied(), "{unread:?}");
        }
        for unread in [
            store().multi_region(denied()),
            store().recording(denied()),
            store().management_reads(denied()),
            store().management_writes(denied()),
        ] {
            assert_eq!(store_records_everything(&unread), denied(), "{unread:?}");
        }
    }
}
