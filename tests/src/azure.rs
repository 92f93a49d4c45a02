//! Tenants of Azure, for tests to bend before they are served.

use std::collections::{BTreeMap, BTreeSet};

use posture_sim::azure::{Recorded, Resource, Scenario, Server, Subscription};
use posture_sim::{Custom, Fault, Rule};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::program::{Program, Run};

/// The id of the subscription that [`tenant`] has.
pub const SUBSCRIPTION: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// The application permissions that an audit needs.
pub const GRAPH: &[&str] = &[
    "Application.Read.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
    "GroupSettings.Read.All",
    "Policy.Read.All",
    "Policy.Read.DeviceConfiguration",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "RoleManagement.Read.Directory",
    "User.Read.All",
];

/// A simulated tenant, served until it is dropped.
pub struct Tenant {
    runtime: Runtime,
    server: Option<Server>,
    client: posture_sim::azure::Client,
    id: String,
    cloud: String,
    configuration: Option<String>,
}

impl Tenant {
    /// Serves a tenant.
    pub fn serve(scenario: Scenario) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (client, id) = (scenario.client.clone(), scenario.tenant.clone());
        let cloud = scenario.cloud.clone();
        let server = runtime.block_on(Server::start(scenario, None)).unwrap();
        Self { runtime, server: Some(server), client, id, cloud, configuration: None }
    }

    /// The same, audited with the examples of what has no default.
    #[must_use]
    pub fn with_examples(mut self) -> Self {
        self.configuration = Some(crate::program::examples());
        self
    }

    /// The program, ready to audit it, with credentials that are accepted.
    pub fn program(&self) -> Program {
        let program = self.credentials(Program::new());
        match &self.configuration {
            Some(text) => program.file("posture.toml", text),
            None => program,
        }
    }

    /// A program with credentials that are accepted.
    pub fn credentials(&self, program: Program) -> Program {
        self.environment().iter().fold(program, |program, (name, value)| program.env(name, value))
    }

    /// The variables that hold credentials that are accepted.
    pub fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("AZURE_TENANT_ID", self.id.clone()),
            ("AZURE_CLIENT_ID", self.client.id.clone()),
            ("AZURE_CLIENT_SECRET", self.client.secret.clone()),
        ]
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        self.server.as_ref().unwrap().url()
    }

    /// Audits it with further arguments.
    pub fn audit(&self, arguments: &[&str]) -> Run {
        let url = self.url();
        let program = self.program().args(&["audit", "azure", "--simulator", &url]);
        program.args(&["--cloud", &self.cloud]).args(arguments).run()
    }

    /// Audits it and prints JSON.
    pub fn json(&self, arguments: &[&str]) -> Run {
        self.audit(&[&["--format", "json"], arguments].concat())
    }

    /// Every request that was answered so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.server.as_ref().unwrap().requests()
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        // The server's task has to end within its runtime.
        let _inside = self.runtime.enter();
        self.server.take();
    }
}

/// The tenant that ships with the program: two subscriptions with good and bad in them.
pub fn example() -> Scenario {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/tenant.toml");
    Scenario::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A tenant of one subscription without anything in it.
pub fn tenant() -> Scenario {
    Scenario {
        subscriptions: vec![Subscription {
            id: SUBSCRIPTION.to_owned(),
            name: "production".to_owned(),
            ..Subscription::default()
        }],
        graph_permissions: GRAPH.iter().map(|name| (*name).to_owned()).collect(),
        ..Scenario::default()
    }
}

/// A tenant of one subscription with these resources.
pub fn with(resources: Vec<Resource>) -> Scenario {
    let mut scenario = tenant();
    scenario.subscriptions[0].resources = resources;
    scenario
}

/// Compares an audit of a tenant with its plan: every action as often as planned, and no request that no action counts.
pub fn assert_planned(scenario: &Scenario, arguments: &[&str]) {
    let planned = Tenant::serve(scenario.clone()).audit(&[arguments, &["--plan"]].concat());
    let tenant = Tenant::serve(scenario.clone());
    let report = tenant.json(arguments).json();
    let mut made = BTreeMap::<String, u64>::new();
    for scope in report["scopes"].as_array().unwrap() {
        for (action, calls) in scope["calls"].as_object().unwrap() {
            *made.entry(action.clone()).or_default() += calls["operations"].as_u64().unwrap();
        }
    }
    let context = || format!("{arguments:?} {made:#?} {}", planned.out);
    let mut actions = BTreeSet::new();
    for line in planned.out.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (action, bound, calls) = match *words {
            [action, bound @ ("≥" | "≤"), calls] => (action, bound, calls),
            [action, calls] => (action, "", calls),
            _ => continue,
        };
        let Ok(calls) = calls.parse::<u64>() else { continue };
        let made = made.get(action).copied().unwrap_or_default();
        let holds = match bound {
            "≥" => made >= calls,
            "≤" => made <= calls,
            _ => made == calls,
        };
        assert!(holds, "{action}: {made} {bound} {calls}: {}", context());
        actions.insert(action);
    }
    for action in made.keys() {
        assert!(actions.contains(action.as_str()), "{action} was not planned: {}", context());
    }
    let answered = tenant.requests();
    let answered = answered.iter().filter(|request| !request.host.starts_with("login")).count();
    assert_eq!(answered as u64, made.values().sum::<u64>(), "{}", context());
}

/// The content in braces.
pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is not an object"),
    }
}

/// A resource inside another.
pub fn child(kind: &str, name: &str, properties: Value) -> Resource {
    Resource {
        kind: kind.to_owned(),
        name: name.to_owned(),
        properties: object(properties),
        ..Resource::default()
    }
}

/// A resource in a resource group.
pub fn resource(kind: &str, name: &str, top: Value, properties: Value) -> Resource {
    Resource {
        group: Some("main".to_owned()),
        location: Some("westeurope".to_owned()),
        top: object(top),
        ..child(kind, name, properties)
    }
}

/// A storage account as it should be.
pub fn account(name: &str) -> Resource {
    let properties = json!({
        "minimumTlsVersion": "TLS1_2", "allowBlobPublicAccess": false, "supportsHttpsTrafficOnly": true,
        "allowSharedKeyAccess": false, "publicNetworkAccess": "Disabled", "creationTime": now(),
        "defaultToOAuthAuthentication": true, "allowCrossTenantReplication": false,
        "keyPolicy": { "keyExpirationPeriodInDays": 60 },
        "keyCreationTime": { "key1": now(), "key2": now() },
        "networkAcls": { "bypass": "Logging, AzureServices", "defaultAction": "Deny" },
        "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": { "keyvaulturi": "https://main.vault.azure.net", "keyname": "storage" }
        },
        "privateEndpointConnections": [{
            "id": "connection",
            "properties": {
                "privateEndpoint": { "id": "endpoint" },
                "privateLinkServiceConnectionState": { "status": "Approved" }
            }
        }]
    });
    let top =
        json!({ "kind": "StorageV2", "sku": { "name": "Standard_RAGZRS", "tier": "Standard" } });
    let mut blobs = child(
        "blobServices",
        "default",
        json!({
            "isVersioningEnabled": true,
            "deleteRetentionPolicy": { "enabled": true, "days": 14 },
            "containerDeleteRetentionPolicy": { "enabled": true, "days": 14 }
        }),
    );
    blobs.extensions.push(child(
        "Microsoft.Insights/diagnosticSettings",
        "all",
        json!({ "workspaceId": "workspace", "logs": [{ "categoryGroup": "allLogs", "enabled": true }] }),
    ));
    let files = child(
        "fileServices",
        "default",
        json!({
            "shareDeleteRetentionPolicy": { "enabled": true, "days": 14 },
            "protocolSettings": { "smb": { "versions": "SMB3.1.1;", "channelEncryption": "AES-256-GCM;" } }
        }),
    );
    let mut account = resource("Microsoft.Storage/storageAccounts", name, top, properties);
    account.children = vec![blobs, files];
    account.extensions = [("keep", "CanNotDelete"), ("still", "ReadOnly")]
        .map(|(name, level)| {
            child("Microsoft.Authorization/locks", name, json!({ "level": level }))
        })
        .into();
    account
}

/// A refusal of every request whose path or query hold some words.
pub fn fault(words: &str, status: u16, code: &str) -> Rule {
    answer(words, status, code, &format!("{code} was made on purpose."), None)
}

/// The same with a custom message and body.
pub fn answer(words: &str, status: u16, code: &str, message: &str, body: Option<&str>) -> Rule {
    let (code, message) = (code.to_owned(), message.to_owned());
    let custom = Custom { status, code, message, body: body.map(str::to_owned) };
    Rule::about(words, Fault::Answer(custom))
}

/// A response that is not JSON to every request that contains some words.
pub fn garbled(words: &str) -> Rule {
    answer(words, 200, "", "", Some("<html>"))
}

/// Every request that contains some words is throttled.
pub fn patience(words: &str, seconds: u64) -> Rule {
    Rule::about(words, Fault::Throttled(Some(seconds)))
}

/// The time, as Azure writes it.
pub fn now() -> String {
    ago(0)
}

/// The time some days ago.
pub fn ago(days: i64) -> String {
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
    then.strftime("%Y-%m-%dT%H:%M:%S.0000000Z").to_string()
}
