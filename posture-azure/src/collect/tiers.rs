//! The tiers in which resources run, of the kinds that have one that is not for production.

use posture_core::dated::Dated;
use posture_core::fact::{Fact, Known};
use posture_core::gap::Gap;
use posture_core::resource::Account;
use serde_json::Value;

use super::body::{Body, same, word};
use super::subscription::Subscription;
use super::sweep::Rows;

pub(crate) const ADDRESSES: &str = "Microsoft.Network/publicIPAddresses/read";
pub(crate) const BALANCERS: &str = "Microsoft.Network/loadBalancers/read";
pub(crate) const CACHES: &str = "Microsoft.Cache/redis/read";
pub(crate) const DATABASES: &str = "Microsoft.Sql/servers/databases/read";
pub(crate) const GATEWAYS: &str = "Microsoft.Network/virtualNetworkGateways/read";

pub(crate) const ADDRESSES_TYPE: &str = "microsoft.network/publicipaddresses";
pub(crate) const BALANCERS_TYPE: &str = "microsoft.network/loadbalancers";
pub(crate) const CACHES_TYPE: &str = "microsoft.cache/redis";
pub(crate) const DATABASES_TYPE: &str = "microsoft.sql/servers/databases";
pub(crate) const GATEWAYS_TYPE: &str = "microsoft.network/virtualnetworkgateways";

/// What is looked at: the type, the action that reads it, and where the name of its tier stands.
const KINDS: &[(&str, &str, &str)] = &[
    (ADDRESSES_TYPE, ADDRESSES, "sku.name"),
    (BALANCERS_TYPE, BALANCERS, "sku.name"),
    (CACHES_TYPE, CACHES, "properties.sku.name"),
    (DATABASES_TYPE, DATABASES, "sku.name"),
    (GATEWAYS_TYPE, GATEWAYS, "properties.sku.name"),
];

/// The tiers that are not for production: the smallest of each of these services has one of these names.
static SMALL: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses",
        "https://learn.microsoft.com/azure/load-balancer/skus",
        "https://learn.microsoft.com/azure/azure-cache-for-redis/cache-overview",
        "https://learn.microsoft.com/azure/azure-sql/database/service-tiers-dtu",
        "https://learn.microsoft.com/azure/vpn-gateway/about-gateway-skus",
    ],
    "2026-11-29",
    &["Basic", "Free"],
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
                Known(tier) if SMALL.iter().any(|name| same(name, &tier)) => {
                    small.push(format!("{} ({tier})", word(resource, "name").unwrap_or_default()));
                }
                Known(_) | Fact::NotOffered => {}
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

/// The name of the tier that a resource runs in; the services always say it.
fn tier(
    audit: &Subscription<'_>,
    action: &'static str,
    path: &str,
    resource: &Value,
) -> Fact<String> {
    let id = word(resource, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action, id, value: resource };
    super::directory::always(&body, path, body.text(path)).map(|tier| (*tier).to_owned())
}
