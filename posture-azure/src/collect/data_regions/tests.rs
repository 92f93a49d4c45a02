//! The regions of a subscription's data from its answers, good and bad.

use posture_model::resource::Kind;
use serde_json::{Value, json};

use super::super::answers::value_of;
use super::super::recorded::scopes;
use super::*;

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const VAULT: &str = "Microsoft.KeyVault/vaults";
const COSMOS_ACCOUNT: &str = "Microsoft.DocumentDB/databaseAccounts";

/// The regions found in a subscription with resources of these types, regions and properties.
fn read(resources: &[(&str, Value, Value)]) -> Value {
    let resource = |(n, (kind, location, properties)): (usize, &(&str, Value, Value))| {
        json!({ "type": kind, "name": format!("r{n}"), "group": "g", "properties": properties,
            "top": { "location": location } })
    };
    let resources: Vec<Value> = resources.iter().enumerate().map(resource).collect();
    let id = "aaaaaaaa-0000-4000-8000-000000000001";
    let scenario = json!({ "subscriptions": [{ "id": id, "name": "s", "resources": resources }] });
    let scopes = scopes(&scenario, &[Account::DATA_REGIONS], &[Kind::Account]);
    value_of(&scopes.iter().find(|scope| scope.id == id).unwrap().account, "data_regions")
}

#[test]
fn each_region_is_named_with_what_is_there_however_it_is_written() {
    assert_eq!(read(&[]), json!([]));
    let all = [
        (STORAGE, json!("westeurope"), json!({})),
        (STORAGE, json!("West Europe"), json!({})),
        (VAULT, json!("westeurope"), json!({})),
        (VAULT, json!("eastus"), json!({})),
    ];
    let found = json!(["eastus: 1 key vault", "westeurope: 1 key vault, 2 storage accounts"]);
    assert_eq!(read(&all), found);
}

#[test]
fn what_the_service_copies_is_there_as_well() {
    let second = json!({ "secondaryLocation": "northeurope" });
    let found = json!(["northeurope: 1 storage account", "westeurope: 1 storage account"]);
    assert_eq!(read(&[(STORAGE, json!("westeurope"), second)]), found);
    let locations = json!({ "locations": [
        { "locationName": "West Europe", "failoverPriority": 0 },
        { "locationName": "East US", "failoverPriority": 1 },
    ] });
    let found = json!(["eastus: 1 Cosmos DB account", "westeurope: 1 Cosmos DB account"]);
    assert_eq!(read(&[(COSMOS_ACCOUNT, json!("westeurope"), locations)]), found);
}

#[test]
fn a_row_that_does_not_say_where_it_is_leaves_the_rest_open() {
    let vault = || (VAULT, json!("eastus"), json!({}));
    for (kind, location, properties) in [
        (STORAGE, Value::Null, json!({})),
        (STORAGE, json!(3), json!({})),
        (STORAGE, json!("global"), json!({})),
        (STORAGE, json!("westeurope"), json!({ "secondaryLocation": 3 })),
        (COSMOS_ACCOUNT, json!("westeurope"), json!({})),
        (COSMOS_ACCOUNT, json!("westeurope"), json!({ "locations": [{}] })),
    ] {
        let row = (kind, location, properties);
        assert_eq!(read(std::slice::from_ref(&row)), json!("gap"), "{row:?}");
        let found = read(&[row.clone(), vault()]);
        assert_eq!(found["certain"], json!(["eastus: 1 key vault"]), "{row:?}: {found}");
    }
}
