//! The tiers in which resources run, of the kinds that have one that is not for production.

use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::part::Part;
use posture_model::resource::{
    Account, Kind, Machine, NetworkInterface, PublicAddress, VpnGateway,
};
use serde_json::Value;

use super::body::{Body, View, name_of, same, word};
use super::context::Subscription;
use super::reach::REACH;
use super::sweep::Rows;
use crate::entry::{Action, ROW, facts};

pub(crate) const ADDRESSES: Action = Action {
    name: "Microsoft.Network/publicIPAddresses/read",
    own: &[],
    per: ROW,
    lists: &[Kind::PublicAddress],
    fills: facts![
        &[
            Account::BASIC_TIERS,
            PublicAddress::IN_USE,
            NetworkInterface::ADDRESSES,
            Machine::ADDRESSES,
        ],
        REACH,
    ],
    command: "az network public-ip list --query \"[].{name: name, sku: sku.name}\"",
};

pub(crate) const BALANCERS: Action = Action {
    name: "Microsoft.Network/loadBalancers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: facts![&[Account::BASIC_TIERS], REACH],
    command: "az network lb list --query \"[].{name: name, sku: sku.name}\"",
};

pub(crate) const CACHES: Action = Action {
    name: "Microsoft.Cache/redis/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::BASIC_TIERS],
    command: "az resource list --resource-type Microsoft.Cache/redis",
};

pub(crate) const DATABASES: Action = Action {
    name: "Microsoft.Sql/servers/databases/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::BASIC_TIERS],
    command: "az resource list --resource-type Microsoft.Sql/servers/databases",
};

pub(crate) const POOLS: Action = Action {
    name: "Microsoft.Sql/servers/elasticPools/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::BASIC_TIERS],
    command: "az resource list --resource-type Microsoft.Sql/servers/elasticPools",
};

pub(crate) const GATEWAYS: Action = Action {
    name: "Microsoft.Network/virtualNetworkGateways/read",
    own: &[],
    per: ROW,
    lists: &[Kind::VpnGateway],
    fills: facts![&[Account::BASIC_TIERS, VpnGateway::CLIENT_SIGN_IN], REACH],
    command: "az resource list --resource-type Microsoft.Network/virtualNetworkGateways",
};

pub(crate) const ADDRESSES_TYPE: &str = "microsoft.network/publicipaddresses";
pub(crate) const BALANCERS_TYPE: &str = "microsoft.network/loadbalancers";
pub(crate) const CACHES_TYPE: &str = "microsoft.cache/redis";
pub(crate) const DATABASES_TYPE: &str = "microsoft.sql/servers/databases";
pub(crate) const POOLS_TYPE: &str = "microsoft.sql/servers/elasticpools";
pub(crate) const GATEWAYS_TYPE: &str = "microsoft.network/virtualnetworkgateways";

/// What is checked: the type, the action that reads it, and where its tier is.
const KINDS: &[(&str, &str, &str)] = &[
    (ADDRESSES_TYPE, ADDRESSES.name, "sku"),
    (BALANCERS_TYPE, BALANCERS.name, "sku"),
    (CACHES_TYPE, CACHES.name, "properties.sku"),
    (DATABASES_TYPE, DATABASES.name, "sku"),
    (POOLS_TYPE, POOLS.name, "sku"),
    (GATEWAYS_TYPE, GATEWAYS.name, "properties.sku"),
];

/// The tiers that are not for production: the smallest of each of these services has one of these names, or its SKU has.
static SMALL: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses",
        "https://learn.microsoft.com/azure/load-balancer/skus",
        "https://learn.microsoft.com/azure/azure-cache-for-redis/cache-overview",
        "https://learn.microsoft.com/azure/azure-sql/database/service-tiers-dtu",
        "https://learn.microsoft.com/azure/azure-sql/database/resource-limits-dtu-elastic-pools",
        "https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus",
    ],
    "2026-11-30",
    &["Basic", "BasicPool", "Free"],
);

/// Reads the resources in such a tier. One that certainly is decides, even if others are
/// unknown.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    if !audit.wanted.fact(Account::BASIC_TIERS) {
        return Part::default();
    }
    let mut small = Vec::new();
    let mut gap = None;
    for (kind, action, path) in KINDS {
        let resources = match audit.rows(rows, kind, action) {
            Ok(resources) => resources,
            Err(why) => {
                gap.get_or_insert_with(|| audit.ask.gap(why));
                continue;
            }
        };
        for resource in &resources {
            match tier(audit, action, path, resource) {
                Known(Some(tier)) => small.push(format!("{} ({tier})", name_of(resource))),
                Known(None) | Fact::NotOffered => {}
                Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
            }
        }
    }
    small.sort_unstable();
    let small = match gap {
        Some(gap) if small.is_empty() => Fact::Gap(gap),
        _ => Known(small),
    };
    Part::account(|account| account.basic_tiers(small))
}

/// The tier that is not for production, if a resource runs in one. The services always return the name of the SKU; what they
/// call its tier may be the name again, something else (`Regional`), or absent. A database in an elastic pool has a SKU
/// named after that, in the tier of the pool.
fn tier(
    audit: &Subscription<'_>,
    action: &'static str,
    path: &str,
    resource: &Value,
) -> Fact<Option<String>> {
    let id = word(resource, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action, id, value: resource };
    let is_small = |tier: &&str| SMALL.iter().any(|name| same(name, tier));
    body.need(&format!("{path}.name"), View::text).and_then(|name| {
        if is_small(name) {
            return Known(Some((*name).to_owned()));
        }
        body.text(&format!("{path}.tier")).map(|tier| tier.filter(is_small).map(str::to_owned))
    })
}

#[cfg(test)]
mod tests;
