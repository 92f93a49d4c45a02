//! The records of a public zone, and which of them lead to what does not exist.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::resource::HostedZone;

use super::super::bucket_names::{Buckets, Existence};
use super::super::context::Audit;
use super::targets::{self, Target};
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::ROUTE_53;
use crate::wire::{Answer, Client, Constant, Operation, answers};

pub(crate) const RECORDS: Action = Action {
    name: "route53:ListResourceRecordSets",
    // Once for each public zone, or more often where it has many records.
    per: Per::UNFORESEEN,
    own: Holds::root("ListResourceRecordSetsResponse", &["ResourceRecordSets", "@IsTruncated"]),
    lists: &[],
    fills: &[HostedZone::DEAD_TARGETS, HostedZone::TARGETS],
    command: "aws route53 list-resource-record-sets --hosted-zone-id <zone>",
};

answers! {
    ListResourceRecordSets {
        records: "ResourceRecordSets" required records(RecordSet),
    }

    RecordSet {
        name: "Name" required text,
        kind: "Type" required text,
        values: "ResourceRecords" optional records(ResourceRecord),
        alias: "AliasTarget" optional record(AliasTarget),
    }

    ResourceRecord {
        value: "Value" required text,
    }

    AliasTarget {
        name: "DNSName" required text,
    }
}

pub(crate) static LIST_RECORDS: Operation<1, ListResourceRecordSets<'_>> =
    Operation::new(&ROUTE_53, RECORDS.name, "ListResourceRecordSets")
        .at("GET", "/2013-04-01/hostedzone/{Id}/rrset")
        .root("ListResourceRecordSetsResponse")
        .takes(&["Id"])
        .given(&[("maxitems", Constant::Text("300"))])
        .pages("name", "NextRecordName")
        .and_pages(&[("type", "NextRecordType"), ("identifier", "NextRecordIdentifier")])
        .more("IsTruncated");

/// How many targets of a zone are kept. A zone has 10,000 records
/// [by default](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-entities-hosted-zones).
const MOST_TARGETS: usize = 2_000;

/// What the records of a zone lead to.
pub(super) struct Found {
    /// Each target, with the records that lead to it.
    targets: BTreeMap<Target, BTreeSet<String>>,
    missing: Option<Gap>,
}

impl Found {
    /// The buckets among the targets.
    pub(super) fn buckets(&self) -> impl Iterator<Item = &targets::Bucket> {
        self.targets.keys().filter_map(|target| match target {
            Target::Bucket(bucket) => Some(bucket),
            Target::Name(_) | Target::Address(_) => None,
        })
    }

    /// The records that lead to what does not exist, and those that lead elsewhere. `target` is the zone.
    pub(super) fn facts(
        self,
        audit: &Audit<'_>,
        zone: &str,
        buckets: &Buckets,
    ) -> (Fact<Entries>, Fact<Entries>) {
        let missing: Option<GapId> = self.missing.map(|gap| {
            let target = zone.to_owned();
            audit.ask.gap(Gap { target, ..gap })
        });
        let (mut dead, mut open, mut others) = (Vec::new(), Vec::new(), Vec::new());
        let mut why = None;
        for (target, records) in &self.targets {
            match target {
                Target::Bucket(bucket) => {
                    let entry = entry(records, &format!("bucket {}", bucket.name));
                    match buckets.of(bucket) {
                        Existence::Exists => {}
                        Existence::Missing => dead.push(entry),
                        Existence::Outside => others.push(entry),
                        Existence::Open(gap) => {
                            open.push(entry);
                            why = why.or_else(|| Some(audit.ask.gap(gap.clone())));
                        }
                    }
                }
                Target::Name(name) => others.push(entry(records, name)),
                Target::Address(address) => others.push(entry(records, &address.to_string())),
            }
        }
        // In the same order in whichever they are listed.
        dead.sort();
        others.sort();
        let dead = match missing {
            Some(gap) => Entries::new(dead, Some(gap)),
            None => Entries::new(dead, why).naming(open),
        };
        (dead.into_fact(), Entries::new(others, missing).into_fact())
    }
}

/// The form in which a fact has records and their target.
fn entry(records: &BTreeSet<String>, target: &str) -> String {
    let first = records.first().map(String::as_str).unwrap_or_default();
    match records.len() {
        0 | 1 => format!("{first} to {target}"),
        more => format!("{first} and {} more to {target}", more - 1),
    }
}

/// Reads the records of a zone.
pub(super) async fn read(audit: &Audit<'_>, client: &Client, zone: &str) -> Found {
    let (pages, refused) = audit.ask.list(client, &LIST_RECORDS, "", [zone]).await;
    found(&pages, refused)
}

fn found(pages: &[Answer<ListResourceRecordSets<'static>>], refused: Option<CallError>) -> Found {
    let mut all = Found { targets: BTreeMap::new(), missing: refused.map(CallError::into_gap) };
    let senseless = |detail| CallError::senseless(RECORDS.name, "", detail).into_gap();
    // Route 53 makes the one of a zone, which cannot be deleted:
    // https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
    let mut records = pages.iter().flat_map(|page| page.read().records());
    if all.missing.is_none() && !records.any(|record| record.kind() == "SOA") {
        all.missing = Some(senseless("the zone has no SOA record"));
    }
    for record in pages.iter().flat_map(|page| page.read().records()) {
        let name = targets::written(record.name());
        let (targets, whole) = targets_of(&name, record);
        let readable = !name.is_empty() && !name.contains(char::is_whitespace);
        if !readable || !whole {
            all.missing.get_or_insert_with(|| senseless("a record makes no sense"));
        }
        if !readable {
            continue;
        }
        for target in targets {
            if all.targets.len() < MOST_TARGETS || all.targets.contains_key(&target) {
                all.targets.entry(target).or_default().insert(name.clone());
            } else {
                all.missing.get_or_insert_with(|| {
                    let detail = format!("only {MOST_TARGETS} of its targets are kept");
                    Gap { detail: Some(detail), ..Gap::new(RECORDS.name, "", Reason::Incomplete) }
                });
            }
        }
    }
    all
}

/// What a record leads to, and whether all of it could be read.
fn targets_of(name: &str, record: RecordSet<'_>) -> (Vec<Target>, bool) {
    let of_name = |host: &str| {
        let readable = !host.is_empty() && !host.contains(char::is_whitespace);
        (targets::of_name(name, host).filter(|_| readable), readable)
    };
    if let Some(alias) = record.alias() {
        let (target, whole) = of_name(alias.name());
        return (target.into_iter().collect(), whole);
    }
    let mut values = record.values().map(ResourceRecord::value).peekable();
    let kept = matches!(record.kind(), "A" | "AAAA" | "CNAME");
    // One has values or an alias.
    let mut whole = values.peek().is_some();
    let mut all = Vec::new();
    for value in values.filter(|_| kept) {
        let (target, readable) = match record.kind() {
            "CNAME" => of_name(value),
            _ => match value.parse() {
                Ok(address) => (targets::of_address(address), true),
                Err(_) => (None, false),
            },
        };
        whole &= readable;
        all.extend(target);
    }
    (all, whole)
}

#[cfg(test)]
#[path = "records_tests.rs"]
mod tests;
