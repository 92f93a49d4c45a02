//! What a simulated tenant is: a declaration in TOML or JSON, and the resources made from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::declared::{self, Error};
use crate::fault::Rule;
use crate::pace::{Latency, Quota};
use crate::time;

/// A tenant with its subscriptions, as declared.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// The tenant's id.
    pub tenant: String,
    /// Which of the clouds it lives in: `public`, `usgovernment` or `china`.
    pub cloud: String,
    /// The application that may log in.
    pub client: Client,
    /// The most items of one page of a list.
    pub page_size: usize,
    /// Whether the tenant has the licenses (Entra ID P1 and P2) that reports and eligible roles require. Conditional Access
    /// policies are returned without them, as they stay in effect when a license ends.
    pub premium: bool,
    /// The application permissions of the client in Microsoft Graph.
    pub graph_permissions: Vec<String>,
    /// What the client may do in every subscription.
    pub actions: Vec<String>,
    /// What it may not do in any.
    pub not_actions: Vec<String>,
    /// The subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Management groups, each with the names of the subscriptions and groups directly in it.
    pub management_groups: BTreeMap<String, Vec<String>>,
    /// Resources that belong to no subscription, in ARM's form.
    pub tenant_resources: Vec<Value>,
    /// The data of Microsoft Graph, by path: a list for a collection, a table for a single object.
    pub graph: BTreeMap<String, Value>,
    /// How long a response takes.
    pub latency: Latency,
    /// How many calls are allowed per subscription, and for the tenant.
    pub quotas: Vec<Quota>,
    /// Whether Conditional Access may be requested without throttling, which the real service does not allow.
    pub impatient: bool,
    /// By how many seconds the cloud's clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// What goes wrong.
    pub faults: Vec<Rule>,
    /// The seed of faults and latencies; equal seeds give equal sequences.
    pub seed: u64,
    /// Whether no log of the requests is kept, which grows without end.
    pub unlogged: bool,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            tenant: "11111111-1111-4111-8111-111111111111".to_owned(),
            cloud: "public".to_owned(),
            client: Client::default(),
            page_size: 100,
            premium: true,
            graph_permissions: Vec::new(),
            actions: vec!["*/read".to_owned()],
            not_actions: Vec::new(),
            subscriptions: Vec::new(),
            management_groups: BTreeMap::new(),
            tenant_resources: Vec::new(),
            graph: BTreeMap::new(),
            latency: Latency::default(),
            quotas: Vec::new(),
            impatient: false,
            clock_ahead: 0,
            faults: Vec::new(),
            seed: 0,
            unlogged: false,
        }
    }
}

/// An application that may log in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// After how many requests a token expires; never by default.
    pub token_requests: Option<u64>,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            id: "22222222-2222-4222-8222-222222222222".to_owned(),
            secret: "simulated-secret".to_owned(),
            token_requests: None,
        }
    }
}

/// A subscription.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// `Enabled` by default.
    pub state: Option<String>,
    /// Whether the client may read nothing in it, although it sees that it exists.
    pub denied: bool,
    /// What the client may not do in it.
    pub not_actions: Vec<String>,
    /// The namespaces of providers that are not registered in it.
    pub unregistered: Vec<String>,
    /// What it holds.
    pub resources: Vec<Resource>,
}

/// A resource with the resources in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resource {
    /// Its type, such as `Microsoft.Storage/storageAccounts`; of a child only the last word.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The resource group that contains it; none for what belongs to the subscription itself.
    pub group: Option<String>,
    /// Where it is.
    pub location: Option<String>,
    /// Anything else at its top level, such as `sku` and `kind`.
    pub top: Map<String, Value>,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// What is in it.
    pub children: Vec<Resource>,
    /// What extends it from another namespace, such as diagnostic settings.
    pub extensions: Vec<Resource>,
}

impl Scenario {
    /// Reads a scenario in TOML, or in JSON where it begins with a brace, and fills in the times that are given as what has
    /// passed since.
    ///
    /// # Errors
    /// When it does not fit the form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        declared::parse(text)
    }

    /// Every resource of a subscription in ARM's form.
    pub(crate) fn resources(subscription: &Subscription) -> Vec<Value> {
        let mut all = Vec::new();
        for resource in &subscription.resources {
            let mut scope = format!("/subscriptions/{}", subscription.id);
            if let Some(group) = &resource.group {
                scope.push_str("/resourceGroups/");
                scope.push_str(group);
            }
            resource.put(&format!("{scope}/providers/{}", resource.kind), &resource.kind, &mut all);
        }
        all
    }
}

impl Resource {
    fn put(&self, folder: &str, kind: &str, all: &mut Vec<Value>) {
        let id = format!("{folder}/{}", self.name);
        let mut body = Map::new();
        body.insert("id".to_owned(), json!(id));
        body.insert("name".to_owned(), json!(self.name));
        body.insert("type".to_owned(), json!(kind));
        if let Some(location) = &self.location {
            body.insert("location".to_owned(), json!(location));
        }
        let mut properties = self.properties.clone();
        // Vaults write times as seconds since 1970.
        if let Some(attributes) = properties.get_mut("attributes")
            && kind.starts_with("Microsoft.KeyVault/vaults/")
        {
            *attributes = time::as_numbers(attributes.take());
        }
        body.insert("properties".to_owned(), Value::Object(properties));
        // Last, so that a scenario can put something senseless in place of anything.
        body.extend(self.top.clone());
        all.push(Value::Object(body));
        for child in &self.children {
            let kind = format!("{kind}/{}", child.kind);
            child.put(&format!("{id}/{}", child.kind), &kind, all);
        }
        for extension in &self.extensions {
            extension.put(&format!("{id}/providers/{}", extension.kind), &extension.kind, all);
        }
    }
}

/// A tenant of many subscriptions, each with the same number of storage accounts, for tests of scale.
pub fn generate(subscriptions: usize, accounts: usize) -> Scenario {
    let subscription = |number: usize| Subscription {
        id: format!("00000000-0000-4000-8000-{number:012}"),
        name: format!("generated {number}"),
        resources: (0..accounts).map(|account| storage_account(number, account)).collect(),
        ..Subscription::default()
    };
    Scenario {
        subscriptions: (0..subscriptions).map(subscription).collect(),
        page_size: 1000,
        ..Scenario::default()
    }
}

fn storage_account(subscription: usize, account: usize) -> Resource {
    let object = |value: Value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    let child = |kind: &str, properties: Value| Resource {
        kind: kind.to_owned(),
        name: "default".to_owned(),
        properties: object(properties),
        ..Resource::default()
    };
    Resource {
        kind: "Microsoft.Storage/storageAccounts".to_owned(),
        name: format!("gen{subscription:05}x{account:05}"),
        group: Some("generated".to_owned()),
        location: Some("westeurope".to_owned()),
        top: object(
            json!({ "kind": "StorageV2", "sku": { "name": "Standard_GRS", "tier": "Standard" } }),
        ),
        properties: object(json!({
            "minimumTlsVersion": "TLS1_2",
            "allowBlobPublicAccess": false,
            "supportsHttpsTrafficOnly": true,
            "creationTime": "2026-01-01T00:00:00.0000000Z",
            "encryption": { "keySource": "Microsoft.Storage" }
        })),
        children: vec![
            child(
                "blobServices",
                json!({ "deleteRetentionPolicy": { "enabled": true, "days": 7 } }),
            ),
            child(
                "fileServices",
                json!({ "shareDeleteRetentionPolicy": { "enabled": true, "days": 7 } }),
            ),
        ],
        ..Resource::default()
    }
}
