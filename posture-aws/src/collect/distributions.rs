//! CloudFront: distributions, whether AWS WAF inspects their requests, and whether their origins exist.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Distribution, Kind};

use super::bucket_names::{self, Buckets, Existence};
use super::context::Audit;
use super::dns::targets::{Bucket, bucket_of};
use super::s3::LOCATION;
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::CLOUD_FRONT;
use crate::wire::{Answer, Constant, Operation, answers};

pub(crate) const DISTRIBUTIONS: Action = Action {
    name: "cloudfront:ListDistributions",
    per: Per::ONCE.at_least(),
    own: Holds::root("DistributionList", &["@Quantity", "@IsTruncated"]),
    lists: &[Kind::Distribution],
    fills: &[Distribution::DNS_NAME, Distribution::INSPECTED, Distribution::MISSING_ORIGINS],
    command: "aws cloudfront list-distributions",
};

answers! {
    DistributionList {
        items: "Items" optional records(DistributionSummary),
        quantity: "Quantity" required whole,
    }

    DistributionSummary {
        id: "Id" required text,
        arn: "ARN" required text,
        domain: "DomainName" required text,
        origins: "Origins" required record(Origins),
        web_acl: "WebACLId" required text,
    }

    Origins {
        items: "Items" required records(Origin),
        quantity: "Quantity" required whole,
    }

    Origin {
        id: "Id" required text,
        domain: "DomainName" required text,
        s3: "S3OriginConfig" optional record(S3Origin),
    }

    S3Origin {
        identity: "OriginAccessIdentity" required text,
    }
}

pub(crate) static LIST_DISTRIBUTIONS: Operation<0, DistributionList<'_>> =
    Operation::new(&CLOUD_FRONT, DISTRIBUTIONS.name, "ListDistributions")
        .at("GET", "/2020-05-31/distribution")
        .root("DistributionList")
        .given(&[("MaxItems", Constant::Text("100"))])
        .pages("Marker", "NextMarker")
        .more("IsTruncated");

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    audit.observed("cloudfront", "", distributions(audit)).await.into()
}

async fn distributions(audit: &Audit<'_>) -> Listing<Distribution> {
    if !audit.calls(&DISTRIBUTIONS) {
        return Listing::not_collected();
    }
    let client = &audit.session.client(audit.session.home_region(), audit.meter);
    let (pages, refused) = audit.ask.list(client, &LIST_DISTRIBUTIONS, "", []).await;
    let listed = || pages.iter().flat_map(|page| page.read().items());
    let nameless = listed().any(|one| one.arn().is_empty() || one.id().is_empty());
    // A page that lacks items says so by their number.
    let short =
        pages.iter().map(Answer::read).any(|page| !counts(page.items().len(), page.quantity()));
    let refused = CallError::or_nameless(refused, nameless, DISTRIBUTIONS.name, "");
    let refused = refused.or_else(|| {
        let why = "a page has another number of distributions than it says";
        short.then(|| CallError::malformed(DISTRIBUTIONS.name, "", why))
    });
    let origins: Vec<Bucket> =
        listed().flat_map(buckets).filter_map(|(_, bucket)| bucket).collect();
    let buckets = match audit.wanted.fact(Distribution::MISSING_ORIGINS) {
        true => bucket_names::ask(audit, origins.iter()).await,
        false => Buckets::default(),
    };
    let named = listed().filter(|one| !one.arn().is_empty() && !one.id().is_empty());
    let items = named.map(|one| distribution(audit, one, &buckets));
    audit.ask.listing(items.collect(), refused)
}

/// Whether as many items came as a list says that it has.
fn counts(items: usize, quantity: i64) -> bool {
    i64::try_from(items) == Ok(quantity)
}

/// The S3 origins of a distribution: the origin, and the bucket if its domain name shows one, which that of an access point does not.
/// A website endpoint of a bucket is a custom origin, not an S3 origin.
fn buckets<'a>(one: DistributionSummary<'a>) -> impl Iterator<Item = (Origin<'a>, Option<Bucket>)> {
    let s3 = one.origins().items().filter(|origin| origin.s3().map(S3Origin::identity).is_some());
    s3.map(|origin| (origin, bucket_of(origin.domain())))
}

fn distribution(
    audit: &Audit<'_>,
    one: DistributionSummary<'_>,
    existing: &Buckets,
) -> Distribution {
    let (id, arn) = (one.id(), one.arn());
    Distribution::unread_on(Provider::Aws, arn, id, None)
        .dns_name(Known(one.domain().to_ascii_lowercase()))
        // The ARN of a web ACL, or the ID of one of AWS WAF Classic.
        .inspected(Known(!one.web_acl().is_empty()))
        .missing_origins(missing_origins(audit, one, existing))
}

fn missing_origins(
    audit: &Audit<'_>,
    one: DistributionSummary<'_>,
    existing: &Buckets,
) -> Fact<Entries> {
    if !audit.wanted.fact(Distribution::MISSING_ORIGINS) {
        return Fact::not_collected();
    }
    let origins = one.origins();
    if !counts(origins.items().len(), origins.quantity()) {
        let what = "the distribution has another number of origins than it says";
        return audit.ask.malformed(DISTRIBUTIONS.name, one.arn(), what);
    }
    let (mut certain, mut open, mut why) = (Vec::new(), Vec::new(), None);
    for (origin, bucket) in buckets(one) {
        let undetermined = |detail| Gap::undetermined(LOCATION.name, one.arn(), detail);
        let Some(bucket) = bucket else {
            open.push(format!("{}: {}", origin.id(), origin.domain()));
            let gap = undetermined("an S3 origin is not the endpoint of a bucket");
            why = why.or_else(|| Some(audit.ask.gap(gap)));
            continue;
        };
        let entry = format!("{}: bucket {}", origin.id(), bucket.name);
        let gap = match existing.of(&bucket) {
            Existence::Exists => continue,
            Existence::Missing => {
                certain.push(entry);
                continue;
            }
            Existence::Open(gap) => gap.clone(),
            Existence::Outside => {
                undetermined("the bucket is in a region or partition that is not read")
            }
        };
        open.push(entry);
        why = why.or_else(|| Some(audit.ask.gap(gap)));
    }
    certain.sort();
    certain.dedup();
    Entries::new(certain, why).naming(open).into_fact()
}

#[cfg(test)]
mod tests;
