//! The regions in which a subscription stores or processes data, by the rows of what does.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId};
use posture_model::part::Part;
use posture_model::resource::Account;
use posture_model::text::counted;

use super::body::{Body, Misfit, Read, View, same, word};
use super::context::Subscription;
use super::sweep::Rows;
use super::{applications, defender, logging, presence, storage, vault};

/// A type of what stores or processes data, the action that reads it, and its name in words.
type Of = (&'static str, &'static str, &'static str, &'static str);

/// The types, in lowercase.
const KINDS: &[Of] = &[
    ("microsoft.apimanagement/service", presence::API_SERVICES.name, "API gateway", "API gateways"),
    (
        "microsoft.compute/virtualmachines",
        defender::MACHINES.name,
        "virtual machine",
        "virtual machines",
    ),
    (
        "microsoft.compute/virtualmachinescalesets",
        presence::SCALE_SETS.name,
        "scale set",
        "scale sets",
    ),
    (
        "microsoft.containerservice/managedclusters",
        presence::CLUSTERS.name,
        "Kubernetes cluster",
        "Kubernetes clusters",
    ),
    (
        "microsoft.dbformariadb/servers",
        presence::MARIADB_SERVERS.name,
        "MariaDB server",
        "MariaDB servers",
    ),
    (
        "microsoft.dbformysql/flexibleservers",
        presence::MYSQL_FLEXIBLE_SERVERS.name,
        "MySQL server",
        "MySQL servers",
    ),
    ("microsoft.dbformysql/servers", presence::MYSQL_SERVERS.name, "MySQL server", "MySQL servers"),
    (
        "microsoft.dbforpostgresql/flexibleservers",
        presence::POSTGRESQL_FLEXIBLE_SERVERS.name,
        "PostgreSQL server",
        "PostgreSQL servers",
    ),
    (
        "microsoft.dbforpostgresql/servers",
        presence::POSTGRESQL_SERVERS.name,
        "PostgreSQL server",
        "PostgreSQL servers",
    ),
    (COSMOS, presence::COSMOS_ACCOUNTS.name, "Cosmos DB account", "Cosmos DB accounts"),
    ("microsoft.keyvault/vaults", vault::READ.name, "key vault", "key vaults"),
    (
        "microsoft.operationalinsights/workspaces",
        logging::WORKSPACES.name,
        "Log Analytics workspace",
        "Log Analytics workspaces",
    ),
    (
        "microsoft.sql/managedinstances",
        presence::SQL_INSTANCES.name,
        "SQL managed instance",
        "SQL managed instances",
    ),
    ("microsoft.sql/servers", presence::SQL_SERVERS.name, "SQL server", "SQL servers"),
    (storage::TYPE, storage::READ.name, "storage account", "storage accounts"),
    ("microsoft.web/sites", applications::SITES.name, "web app", "web apps"),
];

const COSMOS: &str = "microsoft.documentdb/databaseaccounts";

/// The types alone.
pub(crate) const TYPES: &[&str] = &{
    let mut types = [""; KINDS.len()];
    let mut place = 0;
    while place < KINDS.len() {
        types[place] = KINDS[place].0;
        place += 1;
    }
    types
};

/// Reads the regions. What is certainly in one counts, whatever could not be read of others.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    if !audit.wanted.fact(Account::DATA_REGIONS) {
        return Part::default();
    }
    let mut there: BTreeMap<String, BTreeMap<(&str, &str), usize>> = BTreeMap::new();
    let mut gap: Option<GapId> = None;
    for (kind, action, one, many) in KINDS.iter().copied() {
        let resources = match audit.rows(rows, kind, action) {
            Ok(resources) => resources,
            Err(why) => {
                gap.get_or_insert_with(|| audit.ask.gap(why));
                continue;
            }
        };
        for resource in &resources {
            let id = word(resource, "id").unwrap_or_default();
            let body = Body { ask: audit.ask, action, id, value: resource };
            match body.fact(regions(kind, body.view())) {
                Known(regions) => {
                    for region in regions {
                        *there.entry(region).or_default().entry((one, many)).or_default() += 1;
                    }
                }
                Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
                Fact::NotOffered => {}
            }
        }
    }
    let entry = |(region, there): (&String, &BTreeMap<(&str, &str), usize>)| {
        let words = there.iter().map(|((one, many), count)| counted(*count, one, many));
        format!("{region}: {}", words.collect::<Vec<_>>().join(", "))
    };
    let found = Entries::new(there.iter().map(entry).collect(), gap).into_fact();
    Part::account(|account| account.data_regions(found))
}

/// The regions of a resource: its own, and those to which the service itself copies its data: the
/// [second region](https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/get-properties) of a storage account, and
/// the [locations](https://learn.microsoft.com/en-us/rest/api/cosmos-db-resource-provider/database-accounts/get) of a Cosmos DB
/// account.
fn regions(kind: &str, row: View<'_>) -> Read<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let mut add = |path: &str, region: &str| {
        let region = plain(region);
        // A resource without a region has its data elsewhere, which does not show.
        if region.is_empty() || same(&region, "global") {
            return Err(Misfit(path.to_owned()));
        }
        all.insert(region);
        Ok(())
    };
    add("location", row.need("location", View::text)?)?;
    if kind == storage::TYPE
        && let Some(second) = row.text("properties.secondaryLocation")?
    {
        add("properties.secondaryLocation", second)?;
    }
    if kind == COSMOS {
        for location in row.need("properties.locations", View::array)? {
            add("properties.locations", View(location).need("locationName", View::text)?)?;
        }
    }
    Ok(all)
}

/// The name of a region, which some services write as `West Europe` and others as `westeurope`.
fn plain(region: &str) -> String {
    region.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
