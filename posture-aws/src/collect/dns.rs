//! Route 53: hosted zones, and whether queries of their names are recorded.

use std::collections::BTreeSet;

use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{HostedZone, Kind};

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
    fills: &[HostedZone::PRIVATE, HostedZone::RECORDS_QUERIES],
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
    let items = listed().filter(|zone| !id_of(zone.id()).is_empty()).map(|zone| {
        let id = id_of(zone.id());
        let lacks =
            || audit.ask.malformed::<bool>(ZONES.name, id, "the response lacks `PrivateZone`");
        let records = match (private(zone), &recorded) {
            // Queries of private zones are logged by the resolver of the network, if at all.
            (Some(true), _) | (_, None) => Fact::NotOffered,
            (Some(false), Some(recorded)) => recorded.of(id),
            (None, Some(recorded)) => match recorded.of(id) {
                Known(true) => Known(true),
                _ => lacks(),
            },
        };
        let arn = format!("arn:{}:route53:::hostedzone/{id}", audit.session.partition());
        // As people write it, without the dot at its end.
        let name = zone.name().trim_end_matches('.');
        HostedZone::unread_on(Provider::Aws, arn, name, None)
            .private(private(zone).map_or_else(lacks, Known))
            .records_queries(records)
    });
    audit.ask.listing(items.collect(), refused)
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
