//! The tiers in which resources run, of the kinds that have one that is not for production.

use posture_core::dated::Dated;
use posture_core::fact::{Fact, Known};
use posture_core::gap::Gap;
use posture_core::resource::Account;
use serde_json::Value;

use super::body::{Body, View, name_of, same, word};
use super::subscription::Subscription;
use super::sweep::Rows;

pub(crate) const ADDRESSES: &str = "Microsoft.Network/publicIPAddresses/read";
pub(crate) const BALANCERS: &str = "Microsoft.Network/loadBalancers/read";
pub(crate) const CACHES: &str = "Microsoft.Cache/redis/read";
pub(crate) const DATABASES: &str = "Microsoft.Sql/servers/databases/read";
pub(crate) const POOLS: &str = "Microsoft.Sql/servers/elasticPools/read";
pub(crate) const GATEWAYS: &str = "Microsoft.Network/virtualNetworkGateways/read";

pub(crate) const ADDRESSES_TYPE: &str = "microsoft.network/publicipaddresses";
pub(crate) const BALANCERS_TYPE: &str = "microsoft.network/loadbalancers";
pub(crate) const CACHES_TYPE: &str = "microsoft.cache/redis";
pub(crate) const DATABASES_TYPE: &str = "microsoft.sql/servers/databases";
pub(crate) const POOLS_TYPE: &str = "microsoft.sql/servers/elasticpools";
pub(crate) const GATEWAYS_TYPE: &str = "microsoft.network/virtualnetworkgateways";

/// What is looked at: the type, the action that reads it, and where its tier stands.
const KINDS: &[(&str, &str, &str)] = &[
    (ADDRESSES_TYPE, ADDRESSES, "sku"),
    (BALANCERS_TYPE, BALANCERS, "sku"),
    (CACHES_TYPE, CACHES, "properties.sku"),
    (DATABASES_TYPE, DATABASES, "sku"),
    (POOLS_TYPE, POOLS, "sku"),
    (GATEWAYS_TYPE, GATEWAYS, "properties.sku"),
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
    "2026-11-29",
    &["Basic", "BasicPool", "Free"],
);

/// Fills what runs in such a tier into the account. One that certainly does settles it, whatever could not be told of the
/// others.
pub(crate) fn collect(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
    account: Account,
) -> Account {
    if !audit.calls(ADDRESSES) {
        return account;
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
    account.basic_tiers(match gap {
        Some(gap) if small.is_empty() => Fact::Gap(gap),
        _ => Known(small),
    })
}

/// The tier that is not for production, where a resource runs in one. The services always say the name of the SKU; what they
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
