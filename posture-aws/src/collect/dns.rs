//! Route 53: hosted zones, whether queries of their names are recorded, and where their records lead.

pub(crate) mod records;
pub(crate) mod targets;

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{HostedZone, Kind};

use self::records::{Found, RECORDS};
use super::bucket_names;
use super::context::Audit;
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::ROUTE_53;
use crate::wire::{Client, Constant, Operation, answers};

pub(crate) const ZONES: Action = Action {
    name: "route53:ListHostedZones",
    per: Per::ONCE.at_least(),
    own: Holds::root("ListHostedZonesResponse", &["HostedZones", "@IsTruncated"]),
    lists: &[Kind::HostedZone],
    fills: &[
        HostedZone::PRIVATE,
        HostedZone::RECORDS_QUERIES,
        HostedZone::DEAD_TARGETS,
        HostedZone::TARGETS,
    ],
    command: "aws route53 list-hosted-zones",
};

pub(crate) const QUERY_LOGS: Action = Action {
    name: "route53:ListQueryLoggingConfigs",
    // Only where there is a public zone.
    per: Per::UNFORESEEN,
    own: Holds::root("ListQueryLoggingConfigsResponse", &["QueryLoggingConfigs"]),
    lists: &[],
    fills: &[HostedZone::RECORDS_QUERIES],
    command: "aws route53 list-query-logging-configs",
};

answers! {
    ListHostedZones {
        zones: "HostedZones" required records(ListedZone),
    }

    ListedZone {
        id: "Id" required text,
        name: "Name" required text,
        config: "Config" optional record(ZoneConfig),
    }

    ZoneConfig {
        private: "PrivateZone" optional flag,
    }

    ListQueryLoggingConfigs {
        configs: "QueryLoggingConfigs" required records(QueryLog),
    }

    QueryLog {
        zone: "HostedZoneId" required text,
    }
}

pub(crate) static LIST_ZONES: Operation<0, ListHostedZones<'_>> =
    Operation::new(&ROUTE_53, ZONES.name, "ListHostedZones")
        .at("GET", "/2013-04-01/hostedzone")
        .root("ListHostedZonesResponse")
        .given(&[("maxitems", Constant::Text("100"))])
        .pages("marker", "NextMarker")
        .more("IsTruncated");

pub(crate) static LIST_QUERY_LOGS: Operation<0, ListQueryLoggingConfigs<'_>> =
    Operation::new(&ROUTE_53, QUERY_LOGS.name, "ListQueryLoggingConfigs")
        .at("GET", "/2013-04-01/queryloggingconfig")
        .root("ListQueryLoggingConfigsResponse")
        .given(&[("maxresults", Constant::Text("100"))])
        .pages("nexttoken", "NextToken");

const LACKS_PRIVATE: &str = "the response lacks `PrivateZone`";

/// How many zones are read at once; the asker bounds the calls.
const AT_ONCE: usize = 8;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    audit.observed("route53", "", zones(audit)).await.into()
}

async fn zones(audit: &Audit<'_>) -> Listing<HostedZone> {
    if !audit.calls(&ZONES) {
        return Listing::not_collected();
    }
    let client = &audit.session.client(audit.session.home_region(), audit.meter);
    let (pages, refused) = audit.ask.list(client, &LIST_ZONES, "", []).await;
    let listed = || pages.iter().flat_map(|page| page.read().zones());
    let nameless = listed().any(|zone| id_of(zone.id()).is_empty());
    let refused = CallError::or_nameless(refused, nameless, ZONES.name, "");
    let is_public = |zone: ListedZone<'_>| private(zone) != Some(true);
    let recorded = match listed().any(is_public) {
        true => Some(recorded(audit, client).await),
        false => None,
    };
    let public = listed().filter(|zone| is_public(*zone)).map(|zone| id_of(zone.id()));
    let leads = leads(audit, client, public.filter(|id| !id.is_empty())).await;
    let items = listed().filter(|zone| !id_of(zone.id()).is_empty()).map(|zone| {
        let id = id_of(zone.id());
        let lacks = || audit.ask.malformed::<bool>(ZONES.name, id, LACKS_PRIVATE);
        let records = match (private(zone), &recorded) {
            // Queries of private zones are logged by the resolver of the network, if at all.
            (Some(true), _) | (_, None) => Fact::NotOffered,
            (Some(false), Some(recorded)) => recorded.of(id),
            (None, Some(recorded)) => match recorded.of(id) {
                Known(true) => Known(true),
                _ => lacks(),
            },
        };
        let arn = arn_of(audit, id);
        // As people write it, without the dot at its end.
        let name = zone.name().trim_end_matches('.');
        let (dead, targets) = match private(zone) {
            Some(true) => (Fact::NotOffered, Fact::NotOffered),
            Some(false) => leads.get(id).cloned().unwrap_or_else(not_collected),
            // Whether anyone outside can resolve its names.
            None => {
                let gap = || audit.ask.malformed(ZONES.name, id, LACKS_PRIVATE);
                (gap(), gap())
            }
        };
        HostedZone::unread_on(Provider::Aws, arn, name, None)
            .private(private(zone).map_or_else(lacks, Known))
            .records_queries(records)
            .dead_targets(dead)
            .targets(targets)
    });
    audit.ask.listing(items.collect(), refused)
}

/// Where the records of a zone lead: to what does not exist, and elsewhere.
type Leads = (Fact<Entries>, Fact<Entries>);

fn not_collected() -> Leads {
    (Fact::not_collected(), Fact::not_collected())
}

/// Where the records of public zones lead, by the zone.
async fn leads(
    audit: &Audit<'_>,
    client: &Client,
    zones: impl Iterator<Item = &str>,
) -> BTreeMap<String, Leads> {
    if !audit.calls(&RECORDS) {
        return BTreeMap::new();
    }
    let one = |zone: String| async move {
        let found = records::read(audit, client, &zone).await;
        (zone, found)
    };
    let zones: Vec<String> = zones.map(str::to_owned).collect();
    let found: Vec<(String, Found)> =
        stream::iter(zones).map(one).buffer_unordered(AT_ONCE).collect().await;
    let buckets = found.iter().flat_map(|(_, found)| found.buckets());
    let buckets = bucket_names::ask(audit, buckets).await;
    let facts = |(zone, found): (String, Found)| {
        let arn = arn_of(audit, &zone);
        let facts = found.facts(audit, &arn, &buckets);
        (zone, facts)
    };
    found.into_iter().map(facts).collect()
}

fn arn_of(audit: &Audit<'_>, zone: &str) -> String {
    format!("arn:{}:route53:::hostedzone/{zone}", audit.session.partition())
}

fn private(zone: ListedZone<'_>) -> Option<bool> {
    zone.config().and_then(ZoneConfig::private)
}

/// The ID alone: [some answers](https://docs.aws.amazon.com/Route53/latest/APIReference/API_HostedZone.html) have it behind a path.
fn id_of(id: &str) -> &str {
    id.strip_prefix("/hostedzone/").unwrap_or(id)
}

/// The zones whose queries are recorded, and why there may be more.
struct Recorded {
    zones: BTreeSet<String>,
    missing: Option<GapId>,
}

impl Recorded {
    fn of(&self, zone: &str) -> Fact<bool> {
        match self.missing {
            Some(gap) if !self.zones.contains(zone) => Fact::Gap(gap),
            _ => Known(self.zones.contains(zone)),
        }
    }
}

async fn recorded(audit: &Audit<'_>, client: &Client) -> Recorded {
    if !audit.calls(&QUERY_LOGS) {
        return Recorded { zones: BTreeSet::new(), missing: Some(GapId::NOT_COLLECTED) };
    }
    let (pages, refused) = audit.ask.list(client, &LIST_QUERY_LOGS, "", []).await;
    let all = pages.iter().flat_map(|page| page.read().configs());
    Recorded {
        zones: all.map(|one| id_of(one.zone()).to_owned()).collect(),
        missing: refused.map(|refused| audit.ask.gap(refused.into_gap())),
    }
}

#[cfg(test)]
mod tests;
