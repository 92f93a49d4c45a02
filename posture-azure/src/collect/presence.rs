//! Of which types a subscription has resources. A requirement may ask for something only where there is one.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::part::Part;
use posture_model::presence::OF_AZURE;
use posture_model::resource::{Account, Kind};

use super::applications::SITES;
use super::clusters;
use super::context::Subscription;
use super::defender::{ARC_MACHINES, MACHINES};
use super::reach::INTERFACE;
use super::sweep::Rows;
use crate::entry::{Action, ROW, facts};

pub(crate) const API_SERVICES: Action = Action {
    name: "Microsoft.ApiManagement/service/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.ApiManagement/service",
};

pub(crate) const ARC_SQL_SERVERS: Action = Action {
    name: "Microsoft.AzureArcData/sqlServerInstances/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES],
    command: "az resource list --resource-type Microsoft.AzureArcData/sqlServerInstances",
};

pub(crate) const SCALE_SETS: Action = Action {
    name: "Microsoft.Compute/virtualMachineScaleSets/read",
    own: &[],
    per: ROW,
    // Those of uniform orchestration have interfaces that are listed nowhere else.
    lists: &[Kind::NetworkInterface],
    fills: facts![&[Account::RESOURCE_TYPES, Account::DATA_REGIONS], INTERFACE],
    command: "az resource list --resource-type Microsoft.Compute/virtualMachineScaleSets",
};

pub(crate) const CLUSTERS: Action = Action {
    name: "Microsoft.ContainerService/managedClusters/read",
    own: &[],
    per: ROW,
    lists: &[Kind::Cluster, Kind::NodePool],
    fills: facts![&[Account::RESOURCE_TYPES, Account::DATA_REGIONS], clusters::SHOWS],
    command: "az resource show --ids {id}",
};

pub(crate) const MARIADB_SERVERS: Action = Action {
    name: "Microsoft.DBforMariaDB/servers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DBforMariaDB/servers",
};

pub(crate) const MYSQL_FLEXIBLE_SERVERS: Action = Action {
    name: "Microsoft.DBforMySQL/flexibleServers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DBforMySQL/flexibleServers",
};

pub(crate) const MYSQL_SERVERS: Action = Action {
    name: "Microsoft.DBforMySQL/servers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DBforMySQL/servers",
};

pub(crate) const POSTGRESQL_FLEXIBLE_SERVERS: Action = Action {
    name: "Microsoft.DBforPostgreSQL/flexibleServers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DBforPostgreSQL/flexibleServers",
};

pub(crate) const POSTGRESQL_SERVERS: Action = Action {
    name: "Microsoft.DBforPostgreSQL/servers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DBforPostgreSQL/servers",
};

pub(crate) const COSMOS_ACCOUNTS: Action = Action {
    name: "Microsoft.DocumentDB/databaseAccounts/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.DocumentDB/databaseAccounts",
};

pub(crate) const CONNECTED_CLUSTERS: Action = Action {
    name: "Microsoft.Kubernetes/connectedClusters/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES],
    command: "az resource list --resource-type Microsoft.Kubernetes/connectedClusters",
};

pub(crate) const SQL_INSTANCES: Action = Action {
    name: "Microsoft.Sql/managedInstances/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.Sql/managedInstances",
};

pub(crate) const SQL_SERVERS: Action = Action {
    name: "Microsoft.Sql/servers/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES, Account::DATA_REGIONS],
    command: "az resource list --resource-type Microsoft.Sql/servers",
};

pub(crate) const SQL_MACHINES: Action = Action {
    name: "Microsoft.SqlVirtualMachine/sqlVirtualMachines/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::RESOURCE_TYPES],
    command: "az resource list --resource-type Microsoft.SqlVirtualMachine/sqlVirtualMachines",
};

/// The action that reads each type of [`OF_AZURE`], in the same order.
const READ_BY: &[&Action] = &[
    &API_SERVICES,
    &ARC_SQL_SERVERS,
    &MACHINES,
    &SCALE_SETS,
    &CLUSTERS,
    &MARIADB_SERVERS,
    &MYSQL_FLEXIBLE_SERVERS,
    &MYSQL_SERVERS,
    &POSTGRESQL_FLEXIBLE_SERVERS,
    &POSTGRESQL_SERVERS,
    &COSMOS_ACCOUNTS,
    &ARC_MACHINES,
    &CONNECTED_CLUSTERS,
    &SQL_INSTANCES,
    &SQL_SERVERS,
    &SQL_MACHINES,
    &SITES,
];

/// Reports of each type whether there is a resource of it. Where one could not be read, none is reported: an absence is
/// only known of a complete list.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let types = match audit.wanted.fact(Account::RESOURCE_TYPES) {
        false => Fact::not_collected(),
        true => match present(audit, rows) {
            Ok(types) => Known(types),
            Err(gap) => audit.ask.unknown(gap),
        },
    };
    Part::account(|account| account.resource_types(types))
}

fn present(
    audit: &Subscription<'_>,
    rows: &Result<Rows, Gap>,
) -> Result<BTreeMap<String, bool>, Gap> {
    let of = |(kind, action): (&&str, &&Action)| {
        let rows = audit.rows(rows, kind, action.name)?;
        Ok(((*kind).to_owned(), !rows.is_empty()))
    };
    OF_AZURE.iter().zip(READ_BY).map(of).collect()
}

#[cfg(test)]
mod tests;
