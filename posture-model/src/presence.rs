//! The types of resources whose existence matters: a requirement may ask for something only where there is one.

/// Those of Azure, in small letters: for each of them a subscription says whether it has any.
pub const OF_AZURE: &[&str] = &[
    "microsoft.apimanagement/service",
    "microsoft.azurearcdata/sqlserverinstances",
    "microsoft.compute/virtualmachines",
    "microsoft.compute/virtualmachinescalesets",
    "microsoft.containerservice/managedclusters",
    "microsoft.dbformariadb/servers",
    "microsoft.dbformysql/flexibleservers",
    "microsoft.dbformysql/servers",
    "microsoft.dbforpostgresql/flexibleservers",
    "microsoft.dbforpostgresql/servers",
    "microsoft.documentdb/databaseaccounts",
    "microsoft.hybridcompute/machines",
    "microsoft.kubernetes/connectedclusters",
    "microsoft.sql/managedinstances",
    "microsoft.sql/servers",
    "microsoft.sqlvirtualmachine/sqlvirtualmachines",
    "microsoft.web/sites",
];
