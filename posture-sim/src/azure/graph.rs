//! Microsoft Graph: collections with `@odata.nextLink`, single objects, `$select`, `$batch`, permissions and licenses.

use serde_json::{Map, Value, json};

use super::reply::{Reply, page};
use super::scenario::Scenario;
use super::server::Request;
use crate::text::pairs;

/// The relation of an application to the identity providers that it trusts.
const FEDERATED: &str = "federatedIdentityCredentials";

/// Who may request a path: any of these application permissions, by the reference of Microsoft Graph.
const PERMISSIONS: &[(&str, &[&str])] = &[
    ("/users", &["User.Read.All", "Directory.Read.All"]),
    ("/groups", &["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"]),
    (GROUPS_ON_DEMAND, &["PrivilegedEligibilitySchedule.Read.AzureADGroup"]),
    (REGISTRATIONS, &["AuditLog.Read.All"]),
    ("/identity/conditionalAccess/policies", &["Policy.Read.All"]),
    ("/identity/conditionalAccess/namedLocations", &["Policy.Read.All"]),
    ("/policies/identitySecurityDefaultsEnforcementPolicy", &["Policy.Read.All"]),
    ("/policies/authorizationPolicy", &["Policy.Read.All"]),
    ("/policies/deviceRegistrationPolicy", &["Policy.Read.DeviceConfiguration"]),
    (STRENGTHS, &["Policy.Read.All"]),
    ("/applications", &["Application.Read.All", "Directory.Read.All"]),
    ("/servicePrincipals", &["Application.Read.All", "Directory.Read.All"]),
    (
        "/roleManagement/directory/roleAssignments",
        &["RoleManagement.Read.Directory", "Directory.Read.All"],
    ),
    (
        "/roleManagement/directory/roleAssignmentScheduleInstances",
        &["RoleAssignmentSchedule.Read.Directory", "RoleManagement.Read.Directory"],
    ),
    (
        "/roleManagement/directory/roleEligibilityScheduleInstances",
        &["RoleEligibilitySchedule.Read.Directory", "RoleManagement.Read.Directory"],
    ),
    ("/roleManagement/directory/roleEligibilitySchedules", &["RoleManagement.Read.Directory"]),
    (
        "/roleManagement/directory/roleDefinitions",
        &["RoleManagement.Read.Directory", "Directory.Read.All"],
    ),
    ("/groupSettings", &["GroupSettings.Read.All", "Group.Read.All", "Directory.Read.All"]),
];

/// The strengths of authentication; some are built in.
const STRENGTHS: &str = "/policies/authenticationStrengthPolicies";

/// What requires a license of Entra ID P1.
const PREMIUM: &[&str] = &[REGISTRATIONS];

/// Who has registered which methods. [It knows](https://learn.microsoft.com/en-us/graph/api/authenticationmethodsroot-list-userregistrationdetails)
/// no columns and no sizes of pages.
const REGISTRATIONS: &str = "/reports/authenticationMethods/userRegistrationDetails";

/// Who is eligible for membership of a group: only ever returned for one group or one user.
const GROUPS_ON_DEMAND: &str =
    "/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances";

/// What requires a license of Entra ID P2.
const PREMIUM_2: &[&str] = &[
    GROUPS_ON_DEMAND,
    "/roleManagement/directory/roleAssignmentScheduleInstances",
    "/roleManagement/directory/roleEligibilityScheduleInstances",
    "/roleManagement/directory/roleEligibilitySchedules",
];

/// Whose permissions hold for a path, by the longest reference that it begins with.
fn known(path: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    PERMISSIONS
        .iter()
        .filter(|(known, _)| {
            path == *known || path.strip_prefix(known).is_some_and(|rest| rest.starts_with('/'))
        })
        .max_by_key(|(known, _)| known.len())
}

/// A path with `{id}` in place of the id that follows a collection.
pub(crate) fn action(path: &str) -> Option<String> {
    let path = path.strip_prefix("/v1.0")?;
    let Some((known, _)) = known(path) else { return Some(path.to_owned()) };
    let rest = path.strip_prefix(known)?.trim_start_matches('/');
    Some(match rest.split_once('/') {
        _ if rest.is_empty() => (*known).to_owned(),
        Some((_, below)) => format!("{known}/{{id}}/{below}"),
        None => format!("{known}/{{id}}"),
    })
}

pub(crate) fn answer(
    scenario: &Scenario,
    request: &Request,
    fault: &dyn Fn(&Request) -> Option<Reply>,
) -> Reply {
    let Some(path) = request.path.strip_prefix("/v1.0") else {
        return Reply::error(400, "BadRequest", "Invalid version.");
    };
    if path == "/$batch" {
        return if request.get { wrong_method() } else { batch(scenario, request, fault) };
    }
    if !request.get {
        return wrong_method();
    }
    one(scenario, request, path)
}

fn wrong_method() -> Reply {
    Reply::error(
        405,
        "Request_BadRequest",
        "Specified HTTP method is not allowed for the request target.",
    )
}

/// Up to twenty requests in one; each has a separate status, and the responses come in any order.
fn batch(
    scenario: &Scenario,
    request: &Request,
    fault: &dyn Fn(&Request) -> Option<Reply>,
) -> Reply {
    let Some(inner) = request.body.get("requests").and_then(Value::as_array) else {
        return Reply::error(400, "BadRequest", "Invalid batch payload format.");
    };
    if inner.len() > 20 {
        return Reply::error(
            400,
            "BadRequest",
            "Number of batch request steps exceeds the maximum value of 20.",
        );
    }
    let mut responses: Vec<Value> = inner
        .iter()
        .map(|inner| {
            let url = inner.get("url").and_then(Value::as_str).unwrap_or_default();
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let single = Request {
                get: true,
                action: action(&format!("/v1.0{path}")).unwrap_or_default(),
                host: request.host.clone(),
                path: format!("/v1.0{path}"),
                query: pairs(query),
                body: Value::Null,
            };
            let reply = fault(&single).unwrap_or_else(|| one(scenario, &single, path));
            let headers: Map<String, Value> =
                reply.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({ "id": inner.get("id"), "status": reply.status, "headers": headers, "body": reply.raw.map_or(reply.body, Value::String) })
        })
        .collect();
    responses.reverse();
    Reply::ok(json!({ "responses": responses }))
}

fn one(scenario: &Scenario, request: &Request, path: &str) -> Reply {
    let Some((known, permissions)) = known(path) else {
        return Reply::error(
            400,
            "BadRequest",
            &format!("Resource not found for the segment '{path}'."),
        );
    };
    if !scenario.graph_permissions.iter().any(|held| permissions.contains(&held.as_str())) {
        return Reply::error(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        );
    }
    let signs_ins =
        request.parameter("$select").is_some_and(|columns| columns.contains("signInActivity"));
    if signs_ins && !scenario.graph_permissions.iter().any(|held| held == "AuditLog.Read.All") {
        return Reply::error(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        );
    }
    if !scenario.premium && (PREMIUM.contains(known) || signs_ins) {
        return Reply::error(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        );
    }
    if !scenario.premium && PREMIUM_2.contains(known) {
        return Reply::error(
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        );
    }
    let found = scenario.graph.get(path).cloned().or_else(|| below(scenario, path));
    let found =
        found.map(|found| if path.ends_with("embers") { members(scenario, found) } else { found });
    match &found {
        Some(Value::Array(items)) => collection(scenario, request, items),
        Some(single) => {
            let mut single = single.clone();
            if let Some(single) = single.as_object_mut() {
                let context = format!(
                    "https://{}/v1.0/$metadata#{}",
                    request.host,
                    path.trim_start_matches('/')
                );
                single.insert("@odata.context".to_owned(), json!(context));
            }
            Reply::ok(single)
        }
        None if path == STRENGTHS => collection(scenario, request, &built_in_strengths()),
        // What exists in every tenant is there although the scenario says nothing of it; what is below something else
        // is not.
        None if path == *known && !path.starts_with("/policies/") => {
            collection(scenario, request, &[])
        }
        None => Reply::error(
            404,
            "Request_ResourceNotFound",
            &format!("Resource '{}' does not exist.", path.rsplit('/').next().unwrap_or_default()),
        ),
    }
}

/// The [strengths](https://learn.microsoft.com/en-us/graph/api/authenticationstrengthroot-list-policies) that every tenant has.
fn built_in_strengths() -> Vec<Value> {
    let strength = |number: u8, name: &str| {
        json!({
            "id": format!("00000000-0000-0000-0000-{number:012}"), "displayName": name,
            "policyType": "builtIn", "requirementsSatisfied": "mfa", "allowedCombinations": ["fido2"],
        })
    };
    vec![
        strength(2, "Multifactor authentication"),
        strength(3, "Passwordless MFA"),
        strength(4, "Phishing resistant MFA"),
    ]
}

/// One object of a collection, or the members of a group without any in the scenario.
fn below(scenario: &Scenario, path: &str) -> Option<Value> {
    if let Some(group) = path.strip_suffix("/transitiveMembers") {
        return below(scenario, group).map(|_| json!([]));
    }
    let (collection, id) = path.rsplit_once('/')?;
    let is = |item: &&Value| {
        let own = item.get("id").and_then(Value::as_str);
        own.is_some_and(|own| own.eq_ignore_ascii_case(id))
    };
    scenario.graph.get(collection)?.as_array()?.iter().find(is).cloned()
}

/// [What a member is](https://learn.microsoft.com/en-us/graph/api/group-list-transitivemembers#permissions) only those may
/// know who may read such objects; others see that it exists.
fn members(scenario: &Scenario, found: Value) -> Value {
    let reads = |kind: &str| {
        let permissions: &[&str] = if kind.eq_ignore_ascii_case("#microsoft.graph.user") {
            &["User.Read.All", "Directory.Read.All"]
        } else if kind.eq_ignore_ascii_case("#microsoft.graph.servicePrincipal") {
            &["Application.Read.All", "Directory.Read.All"]
        } else {
            return true;
        };
        scenario.graph_permissions.iter().any(|held| permissions.contains(&held.as_str()))
    };
    let member = |member: Value| {
        let kind = member.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
        if reads(kind) {
            return member;
        }
        let hidden = |(key, value): (String, Value)| {
            let shown = key == "id" || key == "@odata.type";
            (key, if shown { value } else { Value::Null })
        };
        match member {
            Value::Object(member) => Value::Object(member.into_iter().map(hidden).collect()),
            other => other,
        }
    };
    match found {
        Value::Array(all) => Value::Array(all.into_iter().map(member).collect()),
        other => other,
    }
}

fn collection(scenario: &Scenario, request: &Request, items: &[Value]) -> Reply {
    let bad = |message: &str| Reply::error(400, "Request_BadRequest", message);
    let options = request.query.iter().map(|(name, _)| name.as_str());
    let mut options =
        options.filter(|name| !matches!(*name, "$filter" | "$orderBy" | "$skiptoken"));
    if request.path.ends_with(REGISTRATIONS) && options.any(|name| name.starts_with('$')) {
        return bad("The query parameter is not supported.");
    }
    let top = match request.parameter("$top").map(str::parse::<usize>) {
        None => scenario.page_size,
        Some(Ok(top)) if (1..=999).contains(&top) => top.min(scenario.page_size),
        Some(_) => return bad("Invalid page size specified. Must be between 1 and 999 inclusive."),
    };
    let filter = request.parameter("$filter").and_then(|filter| {
        let (name, value) = filter.split_once(" eq ")?;
        Some((name, value.strip_prefix('\'')?.strip_suffix('\'')?))
    });
    if filter.is_none() && request.path.ends_with(GROUPS_ON_DEMAND) {
        return bad("Missing groupId or principalId filter.");
    }
    let fits = |item: &&Value| match filter {
        None => true,
        Some((name, value)) => item.get(name).and_then(Value::as_str) == Some(value),
    };
    let items: Vec<Value> = items.iter().filter(fits).cloned().collect();
    let start = match request.parameter("$skiptoken") {
        None => 0,
        Some(token) => match token.strip_prefix("m~").and_then(|start| start.parse().ok()) {
            Some(start) => start,
            None => return bad("Skip token is null."),
        },
    };
    let columns: Option<Vec<&str>> =
        request.parameter("$select").map(|columns| columns.split(',').map(str::trim).collect());
    // The relations of an item are only returned on request.
    let expands =
        |name: &str| request.parameter("$expand").is_some_and(|names| names.contains(name));
    let (expanded, trusts) = (expands("principal"), expands(FEDERATED));
    let applications =
        request.path.ends_with("/applications") || request.path.ends_with("/servicePrincipals");
    let (items, next) = page(items, start, top);
    let items: Vec<Value> = items
        .into_iter()
        .map(|mut item| {
            if let (false, Some(item)) = (expanded, item.as_object_mut()) {
                item.remove("principal");
            }
            // What may sign in has lists of its credentials, empty ones where the scenario names none.
            if let (true, Some(item)) = (applications, item.as_object_mut()) {
                for name in ["passwordCredentials", "keyCredentials"] {
                    item.entry(name).or_insert_with(|| json!([]));
                }
                if trusts {
                    item.entry(FEDERATED).or_insert_with(|| json!([]));
                } else {
                    item.remove(FEDERATED);
                }
            }
            item
        })
        .map(|item| match (&columns, item) {
            (Some(columns), Value::Object(item)) => Value::Object(
                item.into_iter()
                    .filter(|(key, _)| {
                        let asked = columns.contains(&key.as_str()) || trusts && key == FEDERATED;
                        asked || key == "id" || key == "@odata.type"
                    })
                    .collect(),
            ),
            (_, item) => item,
        })
        .collect();
    let context = format!(
        "https://{}{}",
        request.host,
        request.path.replacen("/v1.0/", "/v1.0/$metadata#", 1)
    );
    let mut body = json!({ "@odata.context": context, "value": items });
    if let (Some(next), Some(body)) = (next, body.as_object_mut()) {
        let mut link = format!("https://{}{}?$skiptoken=m~{next}", request.host, request.path);
        for (key, value) in request.query.iter().filter(|(key, _)| key != "$skiptoken") {
            link.push_str(&format!("&{key}={value}"));
        }
        body.insert("@odata.nextLink".to_owned(), json!(link));
    }
    Reply::ok(body)
}
