//! Whether anyone has a bucket of a name, as S3 answers to any account.

use std::collections::BTreeMap;

use futures::stream::{self, StreamExt};
use posture_model::gap::{Gap, Reason};

use super::context::Audit;
use super::dns::targets::Bucket;
use super::s3::LOCATION;
use crate::wire::endpoint::partition_of;

/// How many names are asked about in one audit of an account, and how many at once.
const MOST: usize = 500;
const AT_ONCE: usize = 8;

/// Whether there is a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Existence {
    /// The account has it.
    Exists,
    /// No account has one of the name.
    Missing,
    /// It would be in a partition or region that the audit does not read, or the name is not that of a bucket.
    Outside,
    Open(Gap),
}

/// What S3 answers about names.
#[derive(Default)]
pub(super) struct Buckets(BTreeMap<Bucket, Existence>);

impl Buckets {
    pub(super) fn of(&self, bucket: &Bucket) -> &Existence {
        self.0.get(bucket).unwrap_or(&Existence::Outside)
    }
}

/// Asks S3 about names. A bucket that does not exist is an error of its own
/// ([`NoSuchBucket`](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList)); one of another account
/// refuses to answer, and is open.
pub(super) async fn ask(audit: &Audit<'_>, buckets: impl Iterator<Item = &Bucket>) -> Buckets {
    let mut all: Vec<&Bucket> = buckets.collect();
    all.sort_unstable();
    all.dedup();
    let one = |(place, bucket): (usize, &Bucket)| {
        let bucket = bucket.clone();
        async move {
            let found = existence(audit, place, &bucket).await;
            (bucket, found)
        }
    };
    Buckets(
        stream::iter(all.into_iter().enumerate())
            .map(one)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await,
    )
}

async fn existence(audit: &Audit<'_>, place: usize, bucket: &Bucket) -> Existence {
    if !audit.calls(&LOCATION) {
        return Existence::Open(Gap::not_collected());
    }
    let home = audit.session.home_region();
    let region = bucket.region.as_deref().unwrap_or(home);
    let partition = partition_of(region);
    let is_read = bucket.region.as_deref().is_none_or(|region| audit.reads_region(region));
    if partition.id != audit.session.partition()
        || !partition.domains().contains(&bucket.domain)
        || !is_read
        || !is_name(&bucket.name)
    {
        return Existence::Outside;
    }
    let arn = format!("arn:{}:s3:::{}", audit.session.partition(), bucket.name);
    if place >= MOST {
        return Existence::Open(Gap::new(LOCATION.name, arn, Reason::Incomplete));
    }
    let client = audit.session.s3(region, audit.meter);
    // A stranger who took the name may let everyone ask: only a bucket of the account answers, see
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    let owner = audit.session.account();
    let call = client.get_bucket_location().bucket(&bucket.name).expected_bucket_owner(owner);
    let call = call.send();
    match audit.ask.ask(LOCATION.name, &arn, "", call).await {
        Ok(_) => Existence::Exists,
        Err(refused) if refused.is(&["NoSuchBucket"]) => Existence::Missing,
        Err(refused) => Existence::Open(refused.into_gap()),
    }
}

/// Whether a bucket [can have the name](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
fn is_name(name: &str) -> bool {
    let of_ends = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&name.len())
        && name.bytes().all(|byte| of_ends(byte) || byte == b'.' || byte == b'-')
        && name.bytes().next().is_some_and(of_ends)
        && name.bytes().last().is_some_and(of_ends)
        && !name.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_a_bucket_or_not() {
        for name in ["www.example.com", "abc", "a-b.c-1"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["ab", "*.example.com", "_a.example", "a..b", "-abc", "abc.", "Abc", "a/b/c"] {
            assert!(!is_name(name), "{name}");
        }
        assert!(!is_name(&"a".repeat(64)));
    }
}
