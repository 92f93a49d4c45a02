//! Azure Resource Manager: lists, single objects, and what a client may see of them.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::query;
use super::reply::{Reply, page};
use super::scenario::{Scenario, Subscription};
use super::server::Request;
use crate::text::glob;

/// The types that can be requested, with the known versions.
const TYPES: &[(&str, &[&str])] = &[
    ("Microsoft.Authorization/classicAdministrators", &["2015-07-01"]),
    ("Microsoft.Authorization/denyAssignments", &["2022-04-01"]),
    ("Microsoft.Authorization/locks", &["2020-05-01"]),
    ("Microsoft.Authorization/permissions", &["2022-04-01"]),
    ("Microsoft.Authorization/policyAssignments", &["2024-04-01"]),
    ("Microsoft.Authorization/policySetDefinitions", &["2023-04-01"]),
    ("Microsoft.Authorization/roleAssignmentScheduleInstances", &["2020-10-01"]),
    ("Microsoft.Authorization/roleAssignments", &["2022-04-01"]),
    ("Microsoft.Authorization/roleDefinitions", &["2022-04-01"]),
    ("Microsoft.Authorization/roleEligibilityScheduleInstances", &["2020-10-01"]),
    ("Microsoft.Insights/diagnosticSettings", &["2021-05-01-preview"]),
    ("Microsoft.KeyVault/vaults", &["2023-07-01"]),
    ("Microsoft.KeyVault/vaults/keys", &["2023-07-01"]),
    ("Microsoft.KeyVault/vaults/secrets", &["2023-07-01"]),
    (
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        &["2025-01-31-preview"],
    ),
    ("Microsoft.Security/pricings", &["2024-01-01"]),
    ("Microsoft.Security/secureScores", &["2020-01-01"]),
    ("Microsoft.Security/securityContacts", &["2023-12-01-preview"]),
    ("Microsoft.Security/serverVulnerabilityAssessmentsSettings", &["2023-05-01"]),
    ("Microsoft.Security/settings", &["2022-05-01"]),
    ("Microsoft.Storage/storageAccounts", &["2023-05-01"]),
    ("Microsoft.Storage/storageAccounts/blobServices", &["2023-05-01"]),
    ("Microsoft.Storage/storageAccounts/blobServices/containers", &["2023-05-01"]),
    ("Microsoft.Storage/storageAccounts/fileServices", &["2023-05-01"]),
    ("Microsoft.Subscription/policies", &["2021-10-01"]),
    ("microsoft.aadiam/diagnosticSettings", &["2017-04-01"]),
    ("microsoft.intune/diagnosticSettings", &["2017-04-01-preview"]),
];

/// The resources of a scenario, ready to be found.
#[derive(Debug)]
pub(crate) struct Arm {
    host: &'static str,
    all: Vec<Value>,
    /// By id in small letters.
    by_id: HashMap<String, usize>,
    /// By id in small letters without its last word.
    by_folder: HashMap<String, Vec<usize>>,
    /// By subscription and type in small letters.
    by_type: HashMap<(String, String), Vec<usize>>,
    /// By subscription in small letters.
    by_subscription: HashMap<String, Vec<usize>>,
}

/// The parts of a path after the last `/providers/`, and what is before.
struct Asked {
    scope: String,
    kind: String,
    /// Whether one object is requested rather than a list.
    one: bool,
}

impl Arm {
    pub(crate) fn new(scenario: &Scenario, host: &'static str) -> Self {
        let mut arm = Self {
            host,
            all: Vec::new(),
            by_id: HashMap::new(),
            by_folder: HashMap::new(),
            by_type: HashMap::new(),
            by_subscription: HashMap::new(),
        };
        for subscription in &scenario.subscriptions {
            for resource in Scenario::resources(subscription) {
                arm.put(resource);
            }
        }
        for resource in &scenario.tenant_resources {
            arm.put(resource.clone());
        }
        for role in built_in_roles() {
            if !arm.by_id.contains_key(&text(&role, "id").to_ascii_lowercase()) {
                arm.put(role);
            }
        }
        arm
    }

    fn put(&mut self, resource: Value) {
        let id = text(&resource, "id").to_ascii_lowercase();
        let place = self.all.len();
        if let Some((folder, _)) = id.rsplit_once('/') {
            self.by_folder.entry(folder.to_owned()).or_default().push(place);
        }
        let subscription = subscription_of(&id).unwrap_or_default().to_owned();
        let kind = text(&resource, "type").to_ascii_lowercase();
        self.by_type.entry((subscription.clone(), kind)).or_default().push(place);
        self.by_subscription.entry(subscription).or_default().push(place);
        self.by_id.insert(id, place);
        self.all.push(resource);
    }

    fn get(&self, places: Option<&Vec<usize>>) -> Vec<Value> {
        places.into_iter().flatten().map(|place| self.all[*place].clone()).collect()
    }

    /// Every resource of a subscription.
    pub(crate) fn of_subscription(&self, subscription: &str) -> impl Iterator<Item = &Value> {
        let places = self.by_subscription.get(&subscription.to_ascii_lowercase());
        places.into_iter().flatten().map(|place| &self.all[*place])
    }

    pub(crate) fn answer(&self, scenario: &Scenario, request: &Request) -> Reply {
        let path = request.path.trim_end_matches('/');
        let lower = path.to_ascii_lowercase();
        if lower == "/providers/microsoft.resourcegraph/resources" {
            return match version(request, &["2022-10-01"], "resources") {
                Err(refusal) => refusal,
                Ok(()) if request.get => wrong_method(),
                Ok(()) => query::answer(self, scenario, &request.body),
            };
        }
        if !request.get {
            return wrong_method();
        }
        let words: Vec<&str> = lower.trim_matches('/').split('/').collect();
        match words.as_slice() {
            ["subscriptions"] => match version(request, &["2022-12-01"], "subscriptions") {
                Err(refusal) => refusal,
                Ok(()) => {
                    // Who may not read a subscription does not see it.
                    const READ: &str = "Microsoft.Resources/subscriptions/read";
                    let all = scenario.subscriptions.iter();
                    let all = all.filter(|s| s.denied || allowed(scenario, Some(s), READ));
                    let all = all.map(|s| describe(scenario, s)).collect();
                    self.list(request, scenario, all)
                }
            },
            ["providers", "microsoft.management", "managementgroups", group, "descendants"] => {
                match version(request, &["2020-05-01"], "managementGroups") {
                    Err(refusal) => refusal,
                    Ok(()) if !allowed(scenario, None, DESCENDANTS) => {
                        let scope =
                            format!("/providers/Microsoft.Management/managementGroups/{group}");
                        denied(scenario, DESCENDANTS, &scope)
                    }
                    Ok(()) => match descendants(scenario, group) {
                        Some(all) => self.list(request, scenario, all),
                        None => {
                            Reply::error(404, "NotFound", "The management group was not found.")
                        }
                    },
                }
            }
            _ => self.resource(scenario, request, path, &lower),
        }
    }

    fn resource(&self, scenario: &Scenario, request: &Request, path: &str, lower: &str) -> Reply {
        let Some(asked) = parse(path) else {
            return Reply::error(
                404,
                "InvalidResourceType",
                "The resource type could not be found.",
            );
        };
        let known = TYPES.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(&asked.kind));
        let Some((kind, versions)) = known else {
            return Reply::error(
                404,
                "InvalidResourceType",
                &format!(
                    "The resource type could not be found in the namespace for '{}'.",
                    asked.kind
                ),
            );
        };
        if let Err(refusal) = version(request, versions, kind) {
            return refusal;
        }
        let action = format!("{kind}/read");
        let subscription = match subscription_of(lower) {
            None => None,
            Some(id) => {
                let found = scenario.subscriptions.iter().find(|s| s.id.eq_ignore_ascii_case(id));
                let Some(found) = found else {
                    return Reply::error(
                        404,
                        "SubscriptionNotFound",
                        &format!("The subscription '{id}' could not be found."),
                    );
                };
                Some(found)
            }
        };
        if !allowed(scenario, subscription, &action) {
            return denied(scenario, &action, &asked.scope);
        }
        let namespace = kind.split('/').next().unwrap_or_default();
        if let Some(subscription) = subscription
            && subscription.unregistered.iter().any(|name| name.eq_ignore_ascii_case(namespace))
        {
            return Reply::error(
                409,
                "MissingSubscriptionRegistration",
                &format!("The subscription is not registered to use namespace '{namespace}'."),
            );
        }
        if *kind == "Microsoft.Authorization/roleEligibilityScheduleInstances" && !scenario.premium
        {
            return Reply::error(
                400,
                "AadPremiumLicenseRequired",
                "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
            );
        }
        if *kind == "Microsoft.Authorization/permissions" {
            return self.list(request, scenario, permissions(scenario, subscription));
        }
        if asked.one {
            return match self.by_id.get(lower) {
                Some(place) => Reply::ok(self.all[*place].clone()),
                None => Reply::error(
                    404,
                    "ResourceNotFound",
                    &format!("The Resource '{path}' was not found."),
                ),
            };
        }
        // A list below a resource that does not exist is not an empty list.
        let parent = asked.scope.to_ascii_lowercase();
        let whole_subscription = parent.split('/').filter(|word| !word.is_empty()).count() == 2;
        let below = parent.contains("/providers/");
        if below && !self.by_id.contains_key(&parent) {
            return Reply::error(
                404,
                "ParentResourceNotFound",
                "The parent resource was not found.",
            );
        }
        let at_scope = match request.parameter("$filter") {
            None => false,
            Some("atScope()") if kind.starts_with("Microsoft.Authorization/") => true,
            Some(filter) => {
                return Reply::error(
                    400,
                    "InvalidFilterInQueryString",
                    &format!("Invalid $filter '{filter}' specified in the query string."),
                );
            }
        };
        // A list of a subscription contains everything in it, but of diagnostic settings only its own.
        let own = *kind == "Microsoft.Insights/diagnosticSettings";
        let mut items = if whole_subscription && subscription.is_some() && !own {
            let id = subscription.map(|s| s.id.to_ascii_lowercase()).unwrap_or_default();
            let mut items = self.get(self.by_type.get(&(id.clone(), kind.to_ascii_lowercase())));
            if kind.starts_with("Microsoft.Authorization/") {
                let above = self.by_type.get(&(String::new(), kind.to_ascii_lowercase()));
                items.extend(
                    self.get(above).into_iter().filter(|item| inherits(scenario, item, &id)),
                );
            }
            items
        } else {
            self.get(self.by_folder.get(lower))
        };
        if at_scope {
            // What is above counts, what is within does not.
            items.retain(|item| {
                let id = text(item, "id").to_ascii_lowercase();
                subscription_of(&id).is_none() || id.starts_with(&format!("{parent}/providers/"))
            });
        }
        let items = items.into_iter().map(|item| listed(kind, item)).collect();
        self.list(request, scenario, items)
    }

    /// A page of a list.
    fn list(&self, request: &Request, scenario: &Scenario, items: Vec<Value>) -> Reply {
        let mark = mark(&request.path);
        let start = match request.parameter("$skiptoken") {
            None => 0,
            Some(token) => match token.strip_prefix(&mark).and_then(|start| start.parse().ok()) {
                Some(start) => start,
                None => {
                    return Reply::error(400, "InvalidSkipToken", "The skip token is not valid.");
                }
            },
        };
        let (value, next) = page(items, start, scenario.page_size);
        let mut body = json!({ "value": value });
        if let (Some(next), Some(body)) = (next, body.as_object_mut()) {
            let version = request.parameter("api-version").unwrap_or_default();
            let filter = request.parameter("$filter").map(|filter| format!("&$filter={filter}"));
            let filter = filter.unwrap_or_default();
            let link = format!(
                "https://{}{}?api-version={version}{filter}&$skiptoken={mark}{next}",
                self.host, request.path
            );
            body.insert("nextLink".to_owned(), json!(link));
        }
        Reply::ok(body).with("x-ms-ratelimit-remaining-subscription-reads", 249)
    }
}

/// A resource as it is in a list, which may contain less than the resource itself.
fn listed(kind: &str, mut resource: Value) -> Value {
    let only_single: &[&str] = match kind {
        "Microsoft.KeyVault/vaults/keys" => {
            &["kty", "keyOps", "keySize", "curveName", "keyUriWithVersion", "rotationPolicy"]
        }
        _ => &[],
    };
    if let Some(properties) = resource.get_mut("properties").and_then(Value::as_object_mut) {
        for name in only_single {
            properties.remove(*name);
        }
    }
    resource
}

/// The prefix of the continuation tokens of a list, so that one list rejects those of another.
fn mark(path: &str) -> String {
    let sum = path
        .to_ascii_lowercase()
        .bytes()
        .fold(17_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    format!("{sum:08x}-")
}

fn parse(path: &str) -> Option<Asked> {
    let lower = path.to_ascii_lowercase();
    let place = lower.rfind("/providers/")?;
    let words: Vec<&str> = path.get(place + "/providers/".len()..)?.split('/').collect();
    let [namespace, rest @ ..] = words.as_slice() else { return None };
    if rest.is_empty() {
        return None;
    }
    let types: Vec<&str> = rest.iter().step_by(2).copied().collect();
    let one = rest.len() % 2 == 0;
    // A list belongs to the resource named before it, or to the scope before the namespace.
    let scope = if !one && rest.len() > 2 {
        path.rsplit_once('/').map(|(scope, _)| scope.to_owned())?
    } else {
        path.get(..place)?.to_owned()
    };
    Some(Asked { scope, kind: format!("{namespace}/{}", types.join("/")), one })
}

/// The name of the permission that a path needs.
pub(crate) fn action(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let lower = path.to_ascii_lowercase();
    if lower == "/providers/microsoft.resourcegraph/resources" {
        return Some("Microsoft.ResourceGraph/resources/read".to_owned());
    }
    if lower == "/subscriptions" {
        return Some("Microsoft.Resources/subscriptions/read".to_owned());
    }
    let asked = parse(path)?;
    let known = TYPES.iter().find(|(kind, _)| kind.eq_ignore_ascii_case(&asked.kind));
    Some(format!("{}/read", known.map_or(asked.kind.as_str(), |(kind, _)| kind)))
}

fn wrong_method() -> Reply {
    Reply::error(
        405,
        "MethodNotAllowed",
        "The requested resource does not support this http method.",
    )
}

fn version(request: &Request, known: &[&str], kind: &str) -> Result<(), Reply> {
    match request.parameter("api-version") {
        None => Err(Reply::error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )),
        Some(version) if known.iter().any(|known| known.eq_ignore_ascii_case(version)) => Ok(()),
        Some(version) => Err(Reply::error(
            400,
            "NoRegisteredProviderFound",
            &format!(
                "No registered resource provider found for API version '{version}' for type '{kind}'. \
                 The supported api-versions are '{}'.",
                known.join(", ")
            ),
        )),
    }
}

/// Whether the client may do something in a subscription, or in the tenant where none is given.
pub(crate) fn allowed(
    scenario: &Scenario,
    subscription: Option<&Subscription>,
    action: &str,
) -> bool {
    let matches = |patterns: &[String]| patterns.iter().any(|pattern| glob(pattern, action));
    let denied = subscription.is_some_and(|s| s.denied || matches(&s.not_actions));
    matches(&scenario.actions) && !matches(&scenario.not_actions) && !denied
}

pub(crate) fn denied(scenario: &Scenario, action: &str, scope: &str) -> Reply {
    let scope = if scope.is_empty() { "/" } else { scope };
    Reply::error(
        403,
        "AuthorizationFailed",
        &format!(
            "The client '{}' with object id '33333333-3333-4333-8333-333333333333' does not have authorization to \
             perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, \
             please refresh your credentials.",
            scenario.client.id
        ),
    )
}

/// The permissions of the client, as they are returned to it.
fn permissions(scenario: &Scenario, subscription: Option<&Subscription>) -> Vec<Value> {
    let mut not_actions = scenario.not_actions.clone();
    not_actions.extend(subscription.iter().flat_map(|s| s.not_actions.clone()));
    vec![json!({
        "actions": scenario.actions, "notActions": not_actions, "dataActions": [], "notDataActions": [],
    })]
}

fn describe(scenario: &Scenario, subscription: &Subscription) -> Value {
    json!({
        "id": format!("/subscriptions/{}", subscription.id),
        "subscriptionId": subscription.id,
        "tenantId": scenario.tenant,
        "displayName": subscription.name,
        "state": subscription.state.as_deref().unwrap_or("Enabled"),
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01", "quotaId": "EnterpriseAgreement_2014-09-01", "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
    })
}

/// What the list of everything below a management group requires.
const DESCENDANTS: &str = "Microsoft.Management/managementGroups/descendants/read";

/// Everything below a management group.
fn descendants(scenario: &Scenario, group: &str) -> Option<Vec<Value>> {
    let find = |name: &str| {
        scenario.management_groups.iter().find(|(id, _)| id.eq_ignore_ascii_case(name))
    };
    let mut all = Vec::new();
    let mut open = vec![find(group)?];
    while let Some((parent, members)) = open.pop() {
        for member in members {
            let parent = json!({ "id": format!("/providers/Microsoft.Management/managementGroups/{parent}") });
            let subscription =
                scenario.subscriptions.iter().find(|s| s.id.eq_ignore_ascii_case(member));
            if let Some(subscription) = subscription {
                all.push(json!({
                    "id": format!("/subscriptions/{}", subscription.id),
                    "type": "/subscriptions",
                    "name": subscription.id,
                    "properties": { "displayName": subscription.name, "parent": parent },
                }));
            } else {
                all.push(json!({
                    "id": format!("/providers/Microsoft.Management/managementGroups/{member}"),
                    "type": "/providers/Microsoft.Management/managementGroups",
                    "name": member,
                    "properties": { "displayName": member, "parent": parent },
                }));
                open.extend(find(member));
            }
        }
    }
    Some(all)
}

/// The roles that every tenant has, as far as they are simulated.
fn built_in_roles() -> Vec<Value> {
    const ROLES: &[(&str, &str, &[&str], &[&str])] = &[
        ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", &["*"], &[]),
        (
            "b24988ac-6180-42a0-ab88-20f7382dd24c",
            "Contributor",
            &["*"],
            &[
                "Microsoft.Authorization/*/Delete",
                "Microsoft.Authorization/*/Write",
                "Microsoft.Authorization/elevateAccess/Action",
            ],
        ),
        ("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", &["*/read"], &[]),
        (
            "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
            "User Access Administrator",
            &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
            &[],
        ),
    ];
    let role = |(id, name, actions, not_actions): &(&str, &str, &[&str], &[&str])| {
        json!({
            "id": format!("/providers/Microsoft.Authorization/roleDefinitions/{id}"),
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": id,
            "properties": {
                "roleName": name, "type": "BuiltInRole", "description": name, "assignableScopes": ["/"],
                "permissions": [{
                    "actions": actions, "notActions": not_actions, "dataActions": [], "notDataActions": [],
                }],
            },
        })
    };
    ROLES.iter().map(role).collect()
}

/// Whether something of the tenant holds in a subscription: at the root, or at a management group above it. A role is where
/// it can be given.
fn inherits(scenario: &Scenario, item: &Value, subscription: &str) -> bool {
    if let Some(scopes) = item.pointer("/properties/assignableScopes").and_then(Value::as_array) {
        let scopes = scopes.iter().filter_map(Value::as_str);
        return scopes.into_iter().any(|scope| reaches(scenario, scope, subscription));
    }
    let scope = item.pointer("/properties/scope").and_then(Value::as_str).unwrap_or("/");
    reaches(scenario, scope, subscription)
}

fn reaches(scenario: &Scenario, scope: &str, subscription: &str) -> bool {
    let scope = scope.to_ascii_lowercase();
    if let Some(id) = subscription_of(&scope) {
        return id == subscription;
    }
    match scope.strip_prefix("/providers/microsoft.management/managementgroups/") {
        None => true,
        Some(group) => is_below(scenario, group, subscription),
    }
}

/// Whether a subscription is below a management group, at any depth.
fn is_below(scenario: &Scenario, group: &str, subscription: &str) -> bool {
    let find = |name: &str| {
        scenario.management_groups.iter().find(|(id, _)| id.eq_ignore_ascii_case(name))
    };
    let mut open = vec![group.to_owned()];
    let mut seen = HashSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name.to_ascii_lowercase()) {
            continue;
        }
        let Some((_, members)) = find(&name) else { continue };
        if members.iter().any(|member| member.eq_ignore_ascii_case(subscription)) {
            return true;
        }
        open.extend(members.iter().filter(|member| find(member).is_some()).cloned());
    }
    false
}

pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The subscription that contains an ID in lowercase.
pub(crate) fn subscription_of(lower: &str) -> Option<&str> {
    lower.strip_prefix("/subscriptions/")?.split('/').next().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_is_asked_for() {
        let asked = parse("/subscriptions/s/providers/Microsoft.Storage/storageAccounts").unwrap();
        assert_eq!((asked.kind.as_str(), asked.one), ("Microsoft.Storage/storageAccounts", false));
        assert_eq!(asked.scope, "/subscriptions/s");
        let account =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
        let asked = parse(&format!("{account}/blobServices/default")).unwrap();
        assert_eq!(asked.kind, "Microsoft.Storage/storageAccounts/blobServices");
        assert!(asked.one);
        let asked =
            parse(&format!("{account}/providers/Microsoft.Insights/diagnosticSettings")).unwrap();
        assert_eq!((asked.scope.as_str(), asked.one), (account, false));
    }
}
