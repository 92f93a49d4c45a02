//! Azure: every body of the good and of the bad tenant, with every field of it damaged.
//!
//! A tenant is read once and its answers are kept; each damaged run is served from them, with one place of one body changed.
//! No damage turns a failure into a pass or a pass into a failure, nor loses a row without a gap. One kind of damage may: to
//! leave out what the service documents a default for. What is left out so is named in [`DEFAULTS`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::request::Body;
use azure_core::http::{AsyncRawResponse, HttpClient, Request, StatusCode};
use futures::StreamExt;
use posture_azure::action::{ACTIONS, ALWAYS, Action};
use posture_azure::collect::{Observer, Options, collect};
use posture_azure::login::{ClientSecret, Login, Session, Source};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::wanted;
use posture_sim::azure::{Scenario, Server};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::damages::{self, prove};
use super::{Outcomes, judged, judging, runtime, takers};

/// What the services document a default for, so that its absence may change a verdict: the type or the action that returns it,
/// and its place.
const DEFAULTS: &[(&str, &str)] = &[
    // Microsoft Graph leaves out, or sends as `null`, what a policy does not set:
    // https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessconditionset
    (POLICIES, ".value[].conditions.applications.includeApplications"),
    (POLICIES, ".value[].conditions.users.excludeGroups"),
    (POLICIES, ".value[].conditions.users.includeUsers"),
    (POLICIES, ".value[].grantControls"),
    (POLICIES, ".value[].grantControls.builtInControls"),
    (POLICIES, ".value[].sessionControls"),
    (POLICIES, ".value[].sessionControls.signInFrequency"),
    (POLICIES, ".value[].sessionControls.signInFrequency.frequencyInterval"),
    // It is not required by default.
    ("/policies/deviceRegistrationPolicy", ".multiFactorAuthConfiguration"),
    // It is not returned for users who never signed in.
    ("/users", ".value[].signInActivity"),
    ("/users", ".value[].signInActivity.lastSuccessfulSignInDateTime"),
    // A setting sends to some of the places that there are.
    (SETTINGS, ".value[].properties.storageAccountId"),
    (SETTINGS, ".value[].properties.workspaceId"),
    ("microsoft.aadiam/diagnosticSettings/read", ".value[].properties.workspaceId"),
    ("microsoft.intune/diagnosticSettings/read", ".value[].properties.workspaceId"),
    // No policy is none, and no end is never.
    ("Microsoft.KeyVault/vaults/keys/read", ".properties.rotationPolicy"),
    ("Microsoft.KeyVault/vaults/keys/read", ".properties.rotationPolicy.lifetimeActions"),
    ("Microsoft.KeyVault/vaults/keys/read", ".value[].properties.attributes.exp"),
    ("Microsoft.KeyVault/vaults/secrets/read", ".value[].properties.attributes.exp"),
    // Only what belongs to a certificate has one that says so.
    ("Microsoft.KeyVault/vaults/secrets/read", ".value[].properties.contentType"),
    // A plan without extensions has no list of them, and a contact returns only what was set.
    ("Microsoft.Security/pricings/read", ".value[].properties.extensions"),
    (CONTACTS, ".value[].properties.emails"),
    (CONTACTS, ".value[].properties.notificationsByRole"),
    (CONTACTS, ".value[].properties.notificationsByRole.roles"),
    (CONTACTS, ".value[].properties.notificationsByRole.state"),
    (CONTACTS, ".value[].properties.notificationsSources"),
    // What was never switched on is off, and protocols have their defaults:
    // https://learn.microsoft.com/en-us/azure/storage/files/files-smb-protocol#smb-security-settings
    (BLOBS, ".properties.containerDeleteRetentionPolicy"),
    (BLOBS, ".properties.deleteRetentionPolicy"),
    (BLOBS, ".properties.isVersioningEnabled"),
    (FILES, ".properties.protocolSettings"),
    (FILES, ".properties.protocolSettings.smb"),
    (FILES, ".properties.protocolSettings.smb.channelEncryption"),
    (FILES, ".properties.protocolSettings.smb.versions"),
    (FILES, ".properties.shareDeleteRetentionPolicy"),
    // What an account does not say, by its age:
    // https://learn.microsoft.com/en-us/rest/api/storagerp/storage-accounts/get-properties
    (ACCOUNTS, ".data[].properties.allowBlobPublicAccess"),
    (ACCOUNTS, ".data[].properties.allowCrossTenantReplication"),
    (ACCOUNTS, ".data[].properties.allowSharedKeyAccess"),
    (ACCOUNTS, ".data[].properties.defaultToOAuthAuthentication"),
    (ACCOUNTS, ".data[].properties.encryption"),
    (ACCOUNTS, ".data[].properties.encryption.keySource"),
    (ACCOUNTS, ".data[].properties.keyCreationTime"),
    (ACCOUNTS, ".data[].properties.keyCreationTime.key1"),
    (ACCOUNTS, ".data[].properties.keyCreationTime.key2"),
    (ACCOUNTS, ".data[].properties.keyPolicy"),
    (ACCOUNTS, ".data[].properties.keyPolicy.keyExpirationPeriodInDays"),
    (ACCOUNTS, ".data[].properties.minimumTlsVersion"),
    (ACCOUNTS, ".data[].properties.networkAcls"),
    (ACCOUNTS, ".data[].properties.networkAcls.bypass"),
    (ACCOUNTS, ".data[].properties.networkAcls.defaultAction"),
    (ACCOUNTS, ".data[].properties.privateEndpointConnections"),
    (ACCOUNTS, ".data[].properties.publicNetworkAccess"),
    (ACCOUNTS, ".data[].properties.supportsHttpsTrafficOnly"),
    // https://learn.microsoft.com/en-us/rest/api/keyvault/keyvault/vaults/get
    (VAULTS, ".data[].properties.accessPolicies[].permissions.keys"),
    (VAULTS, ".data[].properties.enablePurgeProtection"),
    (VAULTS, ".data[].properties.enableRbacAuthorization"),
    (VAULTS, ".data[].properties.enableSoftDelete"),
    (VAULTS, ".data[].properties.networkAcls"),
    (VAULTS, ".data[].properties.networkAcls.defaultAction"),
    (VAULTS, ".data[].properties.privateEndpointConnections"),
    (VAULTS, ".data[].properties.publicNetworkAccess"),
    // A machine that says nothing of updates does what its image does, which is not to look for them.
    (MACHINES, ".data[].properties.osProfile"),
    (MACHINES, ".data[].properties.osProfile.linuxConfiguration"),
    (MACHINES, ".data[].properties.osProfile.linuxConfiguration.patchSettings"),
    (MACHINES, ".data[].properties.osProfile.linuxConfiguration.patchSettings.assessmentMode"),
    (MACHINES, ".data[].properties.osProfile.windowsConfiguration"),
    (MACHINES, ".data[].properties.osProfile.windowsConfiguration.patchSettings"),
    (MACHINES, ".data[].properties.osProfile.windowsConfiguration.patchSettings.assessmentMode"),
    // An empty or unattached resource has no list of it.
    ("microsoft.network/virtualnetworks/read", ".data[].properties.subnets"),
    ("microsoft.network/networksecuritygroups/read", ".data[].properties.networkInterfaces"),
    ("microsoft.network/networksecuritygroups/read", ".data[].properties.subnets"),
    // What has no group, no plan against floods, no user and no clients does not say so.
    ("microsoft.network/virtualnetworks/read", ".data[].properties.ddosProtectionPlan"),
    ("microsoft.network/virtualnetworks/read", ".data[].properties.ddosProtectionPlan.id"),
    ("microsoft.network/virtualnetworks/read", ".data[].properties.enableDdosProtection"),
    ("microsoft.network/virtualnetworks/read", GROUP_OF_SUBNET),
    (
        "microsoft.network/virtualnetworks/read",
        ".data[].properties.subnets[].properties.networkSecurityGroup.id",
    ),
    ("microsoft.network/virtualnetworks/read", ".data[].properties.virtualNetworkPeerings"),
    // Nodes have no public address by default.
    (CLUSTERS, ".data[].properties.agentPoolProfiles[].enableNodePublicIP"),
    // None of these is required of a cluster: it has local accounts, a public endpoint for everyone and no sign-in by Entra,
    // network policies or key of its owner unless it was made with them:
    // https://learn.microsoft.com/en-us/azure/templates/microsoft.containerservice/managedclusters
    (CLUSTERS, ".data[].properties.aadProfile"),
    (CLUSTERS, ".data[].properties.aadProfile.enableAzureRBAC"),
    (CLUSTERS, ".data[].properties.apiServerAccessProfile"),
    (CLUSTERS, ".data[].properties.apiServerAccessProfile.authorizedIPRanges"),
    (CLUSTERS, ".data[].properties.apiServerAccessProfile.enablePrivateCluster"),
    (CLUSTERS, ".data[].properties.disableLocalAccounts"),
    (CLUSTERS, ".data[].properties.networkProfile.networkPolicy"),
    (CLUSTERS, ".data[].properties.securityProfile"),
    (CLUSTERS, ".data[].properties.securityProfile.azureKeyVaultKms"),
    (CLUSTERS, ".data[].properties.securityProfile.azureKeyVaultKms.enabled"),
    ("microsoft.network/azurefirewalls/read", ".data[].properties.firewallPolicy"),
    ("microsoft.network/azurefirewalls/read", ".data[].properties.firewallPolicy.id"),
    ("microsoft.network/publicipaddresses/read", ".data[].properties.ipConfiguration"),
    ("microsoft.network/publicipaddresses/read", ".data[].properties.ipConfiguration.id"),
    ("microsoft.network/virtualnetworkgateways/read", ".data[].properties.vpnClientConfiguration"),
    // A log without filters records everything, and without analytics goes nowhere.
    (FLOW_LOGS, ".data[].properties.enabledFilteringCriteria"),
    (FLOW_LOGS, ".data[].properties.flowAnalyticsConfiguration"),
    (FLOW_LOGS, ANALYTICS),
    (
        FLOW_LOGS,
        ".data[].properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.enabled",
    ),
    (
        FLOW_LOGS,
        ".data[].properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.workspaceId",
    ),
    (
        FLOW_LOGS,
        ".data[].properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.workspaceResourceId",
    ),
    (FLOW_LOGS, ".data[].properties.provisioningState"),
    (FLOW_LOGS, ".data[].properties.recordTypes"),
    // The tier of most kinds is in the name of the SKU alone.
    ("microsoft.sql/servers/databases/read", ".data[].sku.tier"),
    ("microsoft.sql/servers/elasticpools/read", ".data[].sku.tier"),
    // A rule without actions notifies no one, a group has the receivers that are listed, and both are on by default.
    (ALERTS, ".data[].properties.actions"),
    (ALERTS, ".data[].properties.actions.actionGroups"),
    (ALERTS, ".data[].properties.enabled"),
    (ALERTS, ".data[].properties.scopes"),
    (GROUPS, ".data[].properties.emailReceivers"),
    (GROUPS, ".data[].properties.emailReceivers[].status"),
    (GROUPS, ".data[].properties.enabled"),
    // https://learn.microsoft.com/en-us/azure/templates/microsoft.network/networkwatchers/flowlogs
    (FLOW_LOGS, ".data[].properties.retentionPolicy"),
    (FLOW_LOGS, ".data[].properties.retentionPolicy.days"),
    (FLOW_LOGS, ".data[].properties.retentionPolicy.enabled"),
    ("Microsoft.Subscription/policies/read", ".properties.blockSubscriptionsIntoTenant"),
    ("Microsoft.Subscription/policies/read", ".properties.blockSubscriptionsLeavingTenant"),
];

const POLICIES: &str = "/identity/conditionalAccess/policies";
const CLUSTERS: &str = "microsoft.containerservice/managedclusters/read";
const SETTINGS: &str = "Microsoft.Insights/diagnosticSettings/read";
const CONTACTS: &str = "Microsoft.Security/securityContacts/read";
const BLOBS: &str = "Microsoft.Storage/storageAccounts/blobServices/read";
const ACCOUNTS: &str = "microsoft.storage/storageaccounts/read";
const VAULTS: &str = "microsoft.keyvault/vaults/read";
const MACHINES: &str = "microsoft.compute/virtualmachines/read";
const ALERTS: &str = "microsoft.insights/activitylogalerts/read";
const GROUPS: &str = "microsoft.insights/actiongroups/read";
const ANALYTICS: &str =
    ".data[].properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration";
const GROUP_OF_SUBNET: &str = ".data[].properties.subnets[].properties.networkSecurityGroup";
const FLOW_LOGS: &str = "microsoft.network/networkwatchers/flowlogs/read";
const FILES: &str = "Microsoft.Storage/storageAccounts/fileServices/read";

/// What the services always send and may send as `null`.
const NULLABLE: &[(&str, &str)] = &[
    // A credential without an end.
    ("/applications", ".value[].passwordCredentials[].endDateTime"),
    // A machine without an identity.
    (MACHINES, ".data[].identity"),
    // A user from before there were guests.
    ("/$batch", ".responses[].body.value[].userType"),
];

/// What a request asks: the method, the host that is meant, the path with its query, and the body.
type Question = (String, String, String, Vec<u8>);

/// An answer that was kept.
#[derive(Clone)]
struct RecordedAnswer {
    status: StatusCode,
    headers: Headers,
    bytes: Vec<u8>,
}

/// A tenant whose answers are kept.
struct Recording {
    /// The number of its world.
    world: usize,
    scenario: Scenario,
    server: Server,
    client: Arc<dyn HttpClient>,
    answers: Mutex<BTreeMap<Question, RecordedAnswer>>,
}

/// What requests travel over: to the answers that were kept, with one of them replaced.
struct Replay {
    recording: Arc<Recording>,
    damaged: Option<(Question, Vec<u8>)>,
    /// What was asked for.
    asked: Arc<Mutex<BTreeSet<Question>>>,
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Replay")
    }
}

#[async_trait]
impl HttpClient for Replay {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let host = HeaderName::from_static("x-forwarded-host");
        let host = request.headers().get_optional_str(&host).unwrap_or_default().to_owned();
        let url = request.url();
        let body = match request.body() {
            Body::Bytes(bytes) => bytes.to_vec(),
            Body::SeekableStream(_) => Vec::new(),
        };
        let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let question = (request.method().as_str().to_owned(), host, target, body);
        let kept = self.recording.answers.lock().unwrap().get(&question).cloned();
        let mut kept = match kept {
            Some(kept) => kept,
            None => {
                let answer = self.recording.client.execute_request(request).await?;
                let (status, headers, mut body) = answer.deconstruct();
                let mut bytes = Vec::new();
                while let Some(chunk) = body.next().await {
                    bytes.extend_from_slice(&chunk?);
                }
                let kept = RecordedAnswer { status, headers, bytes };
                self.recording.answers.lock().unwrap().insert(question.clone(), kept.clone());
                kept
            }
        };
        self.asked.lock().unwrap().insert(question.clone());
        if let Some((of, bytes)) = &self.damaged
            && *of == question
        {
            kept.bytes = bytes.clone();
        }
        Ok(AsyncRawResponse::from_bytes(kept.status, kept.headers, kept.bytes))
    }
}

impl Recording {
    async fn new(world: usize, scenario: Scenario) -> Arc<Self> {
        let server = Server::start(scenario.clone(), None).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let client: Arc<dyn HttpClient> = Arc::new(client);
        Arc::new(Self { world, scenario, server, client, answers: Mutex::default() })
    }

    /// Reads the tenant and judges it, and says what was asked; no outcomes where not even the subscriptions could be listed.
    async fn audit(
        self: &Arc<Self>,
        controls: &[&'static Control],
        damaged: Option<(Question, Vec<u8>)>,
    ) -> (Option<Outcomes>, BTreeSet<Question>) {
        let of = damaged.as_ref().map(|(question, _)| question.clone());
        let asked = Arc::new(Mutex::new(BTreeSet::new()));
        let replay = Replay { recording: Arc::clone(self), damaged, asked: Arc::clone(&asked) };
        let login = Login {
            tenant: Some(self.scenario.tenant.clone()),
            source: Some(Source::Environment),
            client_id: Some(self.scenario.client.id.clone()),
            client_secret: Some(ClientSecret(self.scenario.client.secret.clone())),
            attempts: Some((1, std::time::Duration::from_millis(1))),
            simulator: Some(self.server.url()),
            http: Some(Arc::new(replay)),
            unpaced: true,
            ..Login::default()
        };
        let session = Session::login(&login).await.unwrap();
        let wanted = wanted::by(controls, Provider::Azure);
        let observer: Observer = Arc::new(|_| ());
        let (_tell, stop) = watch::channel(false);
        let options =
            Options { subscriptions: vec![], management_groups: vec![], concurrency: 4, stop };
        let mut scopes = Vec::new();
        let read =
            collect(&session, &wanted, &options, &observer, |scope| scopes.push(scope)).await;
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        assert!(of.is_none_or(|of| asked.contains(&of)), "the damaged body was not asked for");
        (read.is_ok().then(|| judged(scopes, controls)), asked)
    }
}

/// A step into a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Name(String),
    Item(usize),
}

/// What happens to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Removed,
    Null,
    Text,
    Number,
    Flag,
    Object,
    ListOfNull,
    /// The name is written in another case.
    Spelled,
}

const WAYS: [Way; 8] = [
    Way::Removed,
    Way::Null,
    Way::Text,
    Way::Number,
    Way::Flag,
    Way::Object,
    Way::ListOfNull,
    Way::Spelled,
];

/// The value afterwards; none if it is of the type that was there, or the way needs a name.
fn instead(way: Way, value: &Value, named: bool) -> Option<Value> {
    let (of_another_type, instead) = match way {
        Way::Removed | Way::Spelled => return named.then_some(Value::Null),
        Way::Null => (!value.is_null(), Value::Null),
        Way::Text => (!value.is_string(), json!("damaged")),
        Way::Number => (!value.is_number(), json!(7)),
        Way::Flag => (!value.is_boolean(), json!(true)),
        Way::Object => (!value.is_object(), json!({ "damaged": true })),
        Way::ListOfNull => (true, json!([null])),
    };
    of_another_type.then_some(instead)
}

/// Every place of a body, with every way in which it can be damaged.
fn places(value: &Value, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, Way)>) {
    let mut at = |step: Step, inner: &Value| {
        let named = matches!(step, Step::Name(_));
        path.push(step);
        let fits = WAYS.into_iter().filter(|way| instead(*way, inner, named).is_some());
        found.extend(fits.map(|way| (path.clone(), way)));
        places(inner, path, found);
        path.pop();
    };
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| at(Step::Name(name.clone()), inner))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, inner)| at(Step::Item(place), inner));
        }
        _ => {}
    }
}

fn damage(body: &mut Value, path: &[Step], way: Way) {
    let (last, above) = path.split_last().unwrap();
    let mut value = body;
    for step in above {
        value = match step {
            Step::Name(name) => &mut value[name.as_str()],
            Step::Item(place) => &mut value[*place],
        };
    }
    match last {
        Step::Item(place) => value[*place] = instead(way, &value[*place], false).unwrap(),
        Step::Name(name) => {
            let map = value.as_object_mut().unwrap();
            match way {
                Way::Removed => drop(map.remove(name)),
                Way::Spelled => {
                    let old = map.remove(name).unwrap();
                    map.insert(name.to_ascii_uppercase(), old);
                }
                _ => {
                    let new = instead(way, &map[name], true).unwrap();
                    map.insert(name.clone(), new);
                }
            }
        }
    }
}

/// One body with one damage.
struct Case {
    group: Arc<Group>,
    question: Question,
    /// The action that gives the body; of a row of Resource Graph that of its type.
    action: String,
    path: Vec<Step>,
    way: Way,
}

impl Case {
    /// The place, whichever item of a list it is in.
    fn place(&self) -> String {
        let mut text = String::new();
        for step in &self.path {
            match step {
                Step::Name(name) => write!(text, ".{name}").unwrap(),
                Step::Item(_) => text.push_str("[]"),
            }
        }
        text
    }

    /// Whether it leaves out a tag or the list of them: a resource without tags has none.
    fn is_of_tags(&self) -> bool {
        let place = self.place();
        place.ends_with(".tags") || place.contains(".tags.")
    }

    /// Whether it leaves out what a default is documented for.
    fn is_default(&self) -> bool {
        let in_list = |list: &[(&str, &str)]| {
            let own = self.place();
            list.iter()
                .any(|(action, place)| action.eq_ignore_ascii_case(&self.action) && own == *place)
        };
        match self.way {
            Way::Removed => self.is_of_tags() || in_list(DEFAULTS),
            Way::Null => self.is_of_tags() || in_list(DEFAULTS) || in_list(NULLABLE),
            _ => false,
        }
    }
}

impl damages::Case for Case {
    fn mark(&self) -> String {
        format!("{} {:?} {:?} {:?}", self.group.number, self.question, self.path, self.way)
    }

    fn label(&self) -> String {
        let world = self.group.recording.world;
        format!("{} {} {:?} in world {world}", self.action, self.place(), self.way)
    }

    async fn run(&self) -> Option<(&Outcomes, Outcomes)> {
        let Group { recording, controls, before, .. } = &*self.group;
        let bytes = recording.answers.lock().unwrap()[&self.question].bytes.clone();
        let mut body: Value = serde_json::from_slice(&bytes).unwrap();
        damage(&mut body, &self.path, self.way);
        let damaged = Some((self.question.clone(), body.to_string().into_bytes()));
        // Who cannot list what there is says so and nothing else.
        let after = recording.audit(controls, damaged).await.0?;
        (!self.is_default()).then_some((before, after))
    }
}

/// The controls that take an action of a tenant, with what they say of it as it is.
struct Group {
    /// In the order in which they were read.
    number: usize,
    recording: Arc<Recording>,
    controls: Vec<&'static Control>,
    before: Outcomes,
}

/// The type that a row of Resource Graph says of itself, as the action that reads it.
fn of_row(body: &Value, path: &[Step]) -> Option<String> {
    let [Step::Name(data), Step::Item(row), ..] = path else { return None };
    let kind = body["data"][*row]["type"].as_str().filter(|_| data == "data")?;
    Some(format!("{kind}/read"))
}

/// Every case of a tenant, group by group.
async fn cases(recording: &Arc<Recording>, number: &mut usize) -> Vec<Case> {
    let everything = judging(Provider::Azure);
    recording.audit(&everything, None).await;
    let actions: BTreeMap<String, String> = recording
        .server
        .requests()
        .into_iter()
        .map(|one| (encoded(&one.path), one.action))
        .collect();
    let action_of = |question: &Question| {
        let path = question.2.split('?').next().unwrap_or_default();
        actions.get(&encoded(path)).cloned().unwrap_or_default()
    };
    let mut all = Vec::new();
    // What every audit takes is asked for whichever controls are judged.
    let names = ACTIONS.iter().map(|action| action.name).chain(["/$batch", ""]);
    for name in names {
        let of = |what: &dyn Fn(&&Action) -> bool| {
            let taken: Vec<&Action> = ACTIONS.iter().filter(what).collect();
            let fills: Vec<_> = taken.iter().flat_map(|action| action.fills).copied().collect();
            let lists: Vec<_> = taken.iter().flat_map(|action| action.lists).copied().collect();
            takers(Provider::Azure, &fills, &lists)
        };
        let controls = match name {
            "" => everything.clone(),
            "/$batch" => of(&|action| action.per.carrier() == Some("/$batch")),
            name => of(&|action| action.name == name),
        };
        let (before, asked) = recording.audit(&controls, None).await;
        let (recording, before) = (Arc::clone(recording), before.unwrap());
        let group = Arc::new(Group { number: *number, recording, controls, before });
        *number += 1;
        for question in asked {
            let kept = group.recording.answers.lock().unwrap().get(&question).cloned();
            let Some(kept) = kept else { continue };
            let Ok(body) = serde_json::from_slice::<Value>(&kept.bytes) else { continue };
            if question.1.starts_with("login.") || !kept.status.is_success() {
                continue;
            }
            let action = action_of(&question);
            let mut found = Vec::new();
            places(&body, &mut Vec::new(), &mut found);
            for (path, way) in found {
                let own = of_row(&body, &path).unwrap_or_else(|| action.clone());
                let always = ALWAYS.contains(&own.as_str());
                if if name.is_empty() { always } else { own.eq_ignore_ascii_case(name) } {
                    let (group, question) = (Arc::clone(&group), question.clone());
                    all.push(Case { group, question, action: own, path, way });
                }
            }
        }
    }
    all
}

/// A path in one form, whether its signs are encoded or not.
fn encoded(path: &str) -> String {
    path.replace("%24", "$").replace("%20", " ").to_ascii_lowercase()
}

#[test]
fn no_damaged_field_of_any_body_turns_a_failure_into_a_pass_or_loses_a_row() {
    runtime().block_on(async {
        let (mut groups, mut all) = (0, Vec::new());
        // The one that ships with the program holds nothing more.
        for (world, scenario) in super::azure::worlds().into_iter().enumerate().skip(1) {
            let recording = Recording::new(world, scenario).await;
            all.extend(cases(&recording, &mut groups).await);
        }
        let bodies: BTreeSet<_> =
            all.iter().map(|case| (case.group.recording.world, case.question.clone())).collect();
        prove("azure", bodies.len(), all).await;
    });
}
