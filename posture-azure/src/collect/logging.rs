//! Logging: where the activity log goes, who is told of what stands in it, and how long workspaces keep records.

use std::collections::BTreeSet;

use posture_core::dated::Dated;
use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{Alert, AuditTrail, Encryption, EventClass, LogGroup};
use serde_json::Value;

use super::body::{Body, View, field, name_of, same, senseless, word};
use super::diagnostics::Setting;
use super::subscription::Subscription;
use super::sweep::Rows;
use super::{diagnostics, storage};

pub(crate) const ALERTS_TYPE: &str = "microsoft.insights/activitylogalerts";
pub(crate) const GROUPS_TYPE: &str = "microsoft.insights/actiongroups";
pub(crate) const WORKSPACES_TYPE: &str = "microsoft.operationalinsights/workspaces";

pub(crate) const ALERTS: &str = "Microsoft.Insights/activityLogAlerts/read";
pub(crate) const GROUPS: &str = "Microsoft.Insights/actionGroups/read";
pub(crate) const WORKSPACES: &str = "Microsoft.OperationalInsights/workspaces/read";

/// The [categories](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema#categories) that
/// tell who changed what, and what was noticed.
static CATEGORIES: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema"],
    "2026-11-29",
    &["Administrative", "Alert", "Policy", "Security"],
);

/// The operation whose every event makes each class, in small letters.
static OPERATIONS: Dated<(EventClass, &str)> = Dated::new(
    &["https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations"],
    "2026-11-24",
    &[
        (EventClass::PolicyAssignmentCreation, "microsoft.authorization/policyassignments/write"),
        (EventClass::PolicyAssignmentDeletion, "microsoft.authorization/policyassignments/delete"),
        (EventClass::SecurityGroupUpdate, "microsoft.network/networksecuritygroups/write"),
        (EventClass::SecurityGroupDeletion, "microsoft.network/networksecuritygroups/delete"),
        (EventClass::SecuritySolutionUpdate, "microsoft.security/securitysolutions/write"),
        (EventClass::SecuritySolutionDeletion, "microsoft.security/securitysolutions/delete"),
        (EventClass::DatabaseFirewallUpdate, "microsoft.sql/servers/firewallrules/write"),
        (EventClass::DatabaseFirewallDeletion, "microsoft.sql/servers/firewallrules/delete"),
        (EventClass::PublicAddressUpdate, "microsoft.network/publicipaddresses/write"),
        (EventClass::PublicAddressDeletion, "microsoft.network/publicipaddresses/delete"),
    ],
);

/// What kind of [service health event](https://learn.microsoft.com/en-us/azure/service-health/service-notifications) it is.
const INCIDENT_TYPE: &str = "properties.incidentType";

/// Every [level](https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log-schema#severity-level) that an
/// entry of the activity log can have, as of 2026-11-29. Which of them an operation gets is up to its provider, and differs
/// with its outcome.
const LEVELS: &[&str] = &["Critical", "Error", "Warning", "Informational"];

/// The fields that an operation decides: its type and its namespace.
const RESOURCE_TYPE: &str = "resourceType";
const RESOURCE_PROVIDER: &str = "resourceProvider";

/// The lists of receivers of an
/// [action group](https://learn.microsoft.com/en-us/rest/api/monitor/action-groups/get).
static RECEIVERS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/rest/api/monitor/action-groups/get"],
    "2026-11-24",
    &[
        "armRoleReceivers",
        "automationRunbookReceivers",
        "azureAppPushReceivers",
        "azureFunctionReceivers",
        "emailReceivers",
        "eventHubReceivers",
        "incidentReceivers",
        "itsmReceivers",
        "logicAppReceivers",
        "smsReceivers",
        "voiceReceivers",
        "webhookReceivers",
    ],
);

/// The activity log of the subscription. It is always written and holds every region; what is a trail is that it goes
/// somewhere, as the service itself keeps it for 90 days only. Several settings add up.
pub(crate) async fn activity_log(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> AuditTrail {
    let id = format!("/subscriptions/{}", audit.id);
    let settings = diagnostics::of_resource(audit, &id).await;
    let recording = settings.map(|all| all.iter().any(|setting| setting.sink().is_some()));
    let writes = diagnostics::target(&settings, &CATEGORIES).is_some();
    let key = key(audit, &settings, rows);
    // Reading is not recorded in it, and no source can be left out: facts that Azure does not offer.
    AuditTrail::unread_on(Provider::Azure, id, "activity log", None)
        .multi_region(Known(true))
        .recording(recording)
        .management_writes(writes)
        .key(key)
}

/// The customer's key of the storage accounts that keep it; none where one of them has the provider's. Not offered where
/// no storage account gets it: workspaces and event hubs are encrypted as such.
fn key(
    audit: &Subscription<'_>,
    settings: &Fact<Vec<Setting>>,
    rows: &Result<Rows, Gap>,
) -> Fact<Option<String>> {
    if !audit.wanted.fact(AuditTrail::KEY) {
        return Fact::not_collected();
    }
    settings.and_then(|settings| {
        let mut keys = Fact::NotOffered;
        for setting in settings.iter().filter(|setting| setting.sends()) {
            let Some(account) = &setting.storage_account else { continue };
            let key = key_of(audit, account, rows);
            // One that lacks a key is certain, whatever the others have.
            if key == Known(None) {
                return key;
            }
            if keys.gap().is_none() {
                keys = key;
            }
        }
        keys
    })
}

/// The customer's key of one storage account. What lies in another subscription is not read here.
fn key_of(
    audit: &Subscription<'_>,
    account: &str,
    rows: &Result<Rows, Gap>,
) -> Fact<Option<String>> {
    let own = account.trim_start_matches('/').to_ascii_lowercase();
    if !own.starts_with(&format!("subscriptions/{}/", audit.id.to_ascii_lowercase())) {
        return Fact::Gap(GapId::OUTSIDE_SCOPE);
    }
    let rows = match audit.rows(rows, storage::TYPE, storage::READ) {
        Ok(rows) => rows,
        Err(gap) => return audit.ask.unknown(gap),
    };
    let is_it =
        |row: &&Value| word(row, "id").is_some_and(|id| same(id.trim_start_matches('/'), &own));
    let Some(row) = rows.iter().find(is_it) else {
        let mut gap = Gap::new(storage::READ, account, Reason::Undetermined);
        gap.detail = Some("there is no such storage account any more".to_owned());
        return audit.ask.unknown(gap);
    };
    let body = Body { ask: audit.ask, action: storage::READ, id: account, value: row };
    if !body.is_resource() {
        return audit.ask.unknown(senseless(storage::READ, account));
    }
    storage::encryption(&body).map(|encryption| match encryption {
        Encryption::CustomerKey(key) => Some(key.clone()),
        _ => None,
    })
}

/// The alerts on the activity log.
pub(crate) fn alerts(
    audit: &Subscription<'_>,
    alerts: Result<Vec<Value>, Gap>,
    groups: &Result<Vec<Value>, Gap>,
) -> Listing<Alert> {
    match alerts {
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
        Ok(rows) => Listing::complete(rows.iter().map(|row| alert(audit, row, groups)).collect()),
    }
}

fn alert(audit: &Subscription<'_>, row: &Value, groups: &Result<Vec<Value>, Gap>) -> Alert {
    let id = word(row, "id").unwrap_or_default();
    let alert = Alert::unread_on(Provider::Azure, id, word(row, "name").unwrap_or_default(), None);
    if !row.get("properties").is_some_and(Value::is_object) {
        return audit.all_unknown(alert, senseless(ALERTS, id));
    }
    let body = Body { ask: audit.ask, action: ALERTS, id, value: row };
    let condition = body.list("properties.condition.allOf").and_then(|terms| {
        // A rule that says nothing of what it watches is none that the service accepts.
        if terms.is_empty() || !terms.iter().all(Value::is_object) {
            body.malformed("properties.condition.allOf")
        } else {
            Known(*terms)
        }
    });
    let scopes = body
        .texts("properties.scopes")
        .map(|scopes| scopes.iter().any(|scope| covers(scope, audit.id)));
    // Absent is on, by the reference of activityLogAlerts.
    let enabled = body.flag("properties.enabled").map(|on| on.unwrap_or(true));
    let narrowed = condition.map(|terms| terms.iter().any(narrows));
    let unseen = scopes.and_then(|whole| condition.map(|terms| unseen(*whole, terms.iter())));
    let reaches = body
        .list("properties.actions.actionGroups")
        .and_then(|actions| reaches(audit, actions, groups));
    alert
        .events(condition.map(|terms| events(terms)))
        .sees_everything(scopes & !narrowed)
        .unseen(unseen)
        .notifies(enabled & reaches)
}

/// Whether the scope of an alert is the whole subscription.
fn covers(scope: &str, subscription: &str) -> bool {
    let words: Vec<&str> = scope.split('/').filter(|word| !word.is_empty()).collect();
    matches!(words.as_slice(), [kind, id] if same(kind, "subscriptions") && same(id, subscription))
}

/// The classes of which a condition lets every event through, as far as category and operation go.
fn events(terms: &[Value]) -> BTreeSet<EventClass> {
    let of = |category: &str, operation: Option<&str>| {
        terms.iter().all(|term| lets_through(term, category, operation))
    };
    let mut classes: BTreeSet<EventClass> = OPERATIONS
        .iter()
        .filter(|(_, operation)| of("Administrative", Some(operation)))
        .map(|(class, _)| *class)
        .collect();
    if of("ServiceHealth", None) {
        classes.insert(EventClass::ServiceHealth);
    }
    classes
}

/// Whether a term lets every event of an operation through, as far as it speaks of category and operation.
fn lets_through(term: &Value, category: &str, operation: Option<&str>) -> bool {
    if names_every_level(term) {
        return true;
    }
    if let Some(any) = field(term, "anyOf").and_then(Value::as_array) {
        // One that narrows by something else does not let every event through.
        return any.iter().any(|term| !narrows(term) && lets_through(term, category, operation));
    }
    let name = word(term, "field").unwrap_or_default();
    if same(name, "category") {
        accepts(term, category)
    } else if same(name, "operationName") {
        operation.is_some_and(|operation| accepts(term, operation))
    } else if same(name, RESOURCE_TYPE) {
        let of_type = operation.and_then(|operation| operation.rsplit_once('/'));
        of_type.is_some_and(|(of_type, _)| accepts(term, of_type))
    } else if same(name, RESOURCE_PROVIDER) {
        let provider = operation.and_then(|operation| operation.split_once('/'));
        provider.is_some_and(|(provider, _)| accepts(term, provider))
    } else if same(name, INCIDENT_TYPE) {
        category == "ServiceHealth" && accepts(term, "Incident")
    } else {
        true
    }
}

/// Whether a term accepts a value of its field.
fn accepts(term: &Value, value: &str) -> bool {
    let among = field(term, "containsAny").and_then(Value::as_array);
    word(term, "equals").is_some_and(|equal| same(equal, value))
        || among.is_some_and(|all| all.iter().filter_map(Value::as_str).any(|one| same(one, value)))
}

/// Whether a term names every level that there is, so that it leaves nothing out.
fn names_every_level(term: &Value) -> bool {
    let any = field(term, "anyOf").and_then(Value::as_array);
    let terms = any.map_or(std::slice::from_ref(term), Vec::as_slice);
    let of_level = |term: &&Value| word(term, "field").is_some_and(|name| same(name, "level"));
    LEVELS.iter().all(|level| terms.iter().filter(of_level).any(|term| accepts(term, level)))
}

/// Whether a term speaks of anything but what tells classes apart, such as some of the levels or the outcome: then events of
/// a class may pass unseen.
fn narrows(term: &Value) -> bool {
    if field(term, "anyOf").is_some_and(Value::is_array) {
        // Which of its terms let everything through is weighed term by term.
        return false;
    }
    let known = ["category", "operationName", INCIDENT_TYPE, RESOURCE_TYPE, RESOURCE_PROVIDER];
    let name = word(term, "field").unwrap_or_default();
    !known.iter().any(|known| same(name, known)) && !names_every_level(term)
}

/// Which events of its classes an alert does not see, in words.
fn unseen<'t>(whole: bool, terms: impl Iterator<Item = &'t Value>) -> Vec<String> {
    let scope = (!whole).then(|| "its scope is not the whole subscription".to_owned());
    let narrower = terms.filter(|term| narrows(term)).map(|term| match word(term, "field") {
        Some(field) => format!("it asks for a certain `{field}`"),
        None => "it asks for something that is not understood".to_owned(),
    });
    scope.into_iter().chain(narrower).collect()
}

/// Whether any of the action groups tells somebody.
fn reaches(
    audit: &Subscription<'_>,
    actions: &[Value],
    groups: &Result<Vec<Value>, Gap>,
) -> Fact<bool> {
    let each = actions.iter().map(|action| {
        let Some(id) = word(action, "actionGroupId") else {
            return audit.ask.malformed(ALERTS, "", "`actionGroupId` does not fit");
        };
        let own = id.trim_start_matches('/').to_ascii_lowercase();
        let here = format!("subscriptions/{}/", audit.id.to_ascii_lowercase());
        match groups {
            Err(gap) => audit.ask.unknown(gap.clone()),
            Ok(rows) => {
                let mine = |row: &&Value| {
                    word(row, "id").is_some_and(|id| same(id.trim_start_matches('/'), &own))
                };
                match rows.iter().find(mine) {
                    Some(group) => tells(audit, group),
                    // What was deleted tells nobody; what lies elsewhere was not read.
                    None if own.starts_with(&here) => Known(false),
                    None => audit.ask.unknown(elsewhere(id)),
                }
            }
        }
    });
    posture_core::fact::any(each.collect::<Vec<_>>())
}

/// Why an action group of another subscription says nothing here; by the id it can be looked up where that is read as well.
fn elsewhere(group: &str) -> Gap {
    let mut gap = Gap::new(GROUPS, group, Reason::OutsideScope);
    gap.detail = Some("the action group is in another subscription".to_owned());
    gap
}

/// Whether an action group is on and has a receiver that is not switched off.
fn tells(audit: &Subscription<'_>, group: &Value) -> Fact<bool> {
    let id = word(group, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action: GROUPS, id, value: group };
    if !group.get("properties").is_some_and(Value::is_object) {
        return body.malformed("properties");
    }
    let enabled = body.flag("properties.enabled").map(|on| on.unwrap_or(true));
    let listening = RECEIVERS.iter().map(|name| {
        let receivers = body.list(&format!("properties.{name}"));
        // Receivers of mail and text messages have a status: whoever unsubscribes is disabled.
        receivers.and_then(|all| {
            if !all.iter().all(Value::is_object) {
                return body.malformed(&format!("properties.{name}"));
            }
            let on =
                |one: &Value| !word(one, "status").is_some_and(|status| same(status, "Disabled"));
            Known(all.iter().any(on))
        })
    });
    enabled & posture_core::fact::any(listening.collect::<Vec<_>>())
}

/// The workspaces that keep records.
pub(crate) fn workspaces(
    audit: &Subscription<'_>,
    rows: Result<Vec<Value>, Gap>,
) -> Listing<LogGroup> {
    match rows {
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
        Ok(rows) => Listing::complete(rows.iter().map(|row| workspace(audit, row)).collect()),
    }
}

fn workspace(audit: &Subscription<'_>, row: &Value) -> LogGroup {
    let id = word(row, "id").unwrap_or_default();
    let group = LogGroup::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: WORKSPACES, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(group, senseless(WORKSPACES, id));
    }
    // What an absent one means depends on the tier.
    let days = body.need("properties.retentionInDays", View::integer);
    group
        .retention_days(days.and_then(|days| match *days {
            // -1 is for ever, of the tier "Unlimited".
            -1 => Known(None),
            days => match u32::try_from(days) {
                Ok(days) => Known(Some(days)),
                Err(_) => body.malformed("properties.retentionInDays"),
            },
        }))
        .tags(storage::wanted_tags(audit, LogGroup::TAGS, &body))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn equals(field: &str, value: &str) -> Value {
        json!({ "field": field, "equals": value })
    }

    #[test]
    fn an_operation_is_found_without_regard_to_case_and_in_any_form() {
        let operation = "microsoft.Network/NetworkSecurityGroups/WRITE";
        for term in [
            equals("operationName", operation),
            json!({ "field": "operationname", "containsAny": ["Microsoft.Sql/x/write", operation] }),
            json!({ "anyOf": [equals("operationName", "Microsoft.Sql/x/write"), equals("operationName", operation)] }),
        ] {
            let seen = events(&[equals("category", "administrative"), term.clone()]);
            assert_eq!(seen, [EventClass::SecurityGroupUpdate].into(), "{term}");
        }
    }

    #[test]
    fn a_whole_category_holds_each_of_its_operations() {
        let seen = events(&[equals("category", "Administrative")]);
        assert_eq!(seen.len(), OPERATIONS.len());
        assert_eq!(
            events(&[equals("category", "ServiceHealth")]),
            [EventClass::ServiceHealth].into()
        );
        assert_eq!(events(&[equals("category", "Security")]), BTreeSet::new());
        for (kind, expected) in [("Incident", true), ("Maintenance", false)] {
            let seen = events(&[equals("category", "ServiceHealth"), equals(INCIDENT_TYPE, kind)]);
            assert_eq!(seen.contains(&EventClass::ServiceHealth), expected, "{kind}");
        }
    }

    #[test]
    fn what_speaks_of_anything_else_narrows() {
        for name in [
            "level",
            "status",
            "caller",
            "resourceGroup",
            "properties.impactedServices[*].ServiceName",
            "",
        ] {
            assert!(narrows(&equals(name, "x")), "{name}");
        }
        assert!(!narrows(&equals("Category", "x")));
        let mixed = json!({ "anyOf": [
            equals("level", "Error"), equals("operationName", OPERATIONS[0].1)
        ] });
        assert_eq!(events(&[mixed]), [OPERATIONS[0].0].into());
        assert_eq!(events(&[json!({ "anyOf": [equals("level", "Error")] })]), BTreeSet::new());
    }

    #[test]
    fn what_an_operation_implies_narrows_nothing() {
        let (class, operation) = (EventClass::DatabaseFirewallUpdate, OPERATIONS[6].1);
        let with = |term: Value| {
            let all =
                [equals("category", "Administrative"), equals("operationName", operation), term];
            (events(&all), all.iter().any(narrows))
        };
        for redundant in [
            equals("resourceType", "Microsoft.Sql/servers/firewallRules"),
            json!({ "field": "ResourceType", "containsAny": ["x/y", "microsoft.sql/servers/firewallrules"] }),
            equals("resourceProvider", "Microsoft.Sql"),
            json!({ "field": "level", "containsAny": ["critical", "error", "warning", "informational", "verbose"] }),
            json!({ "anyOf": [
                equals("level", "Critical"), equals("level", "Error"), equals("level", "Warning"),
                equals("level", "Informational")
            ] }),
            json!({ "anyOf": [
                equals("level", "Critical"), equals("level", "Error"),
                json!({ "field": "level", "containsAny": ["Informational", "Warning"] })
            ] }),
        ] {
            assert_eq!(with(redundant.clone()), ([class].into(), false), "{redundant}");
        }
        // Another type is never seen.
        for wrong in [
            equals("resourceType", "Microsoft.Sql/servers"),
            equals("resourceType", "Microsoft.Network/networkSecurityGroups"),
            equals("resourceProvider", "Microsoft.Network"),
            json!({ "anyOf": [equals("level", "Error"), equals("level", "Critical")] }),
            json!({ "anyOf": [
                equals("level", "Critical"), equals("level", "Error"), equals("level", "Warning"),
                equals("status", "Informational")
            ] }),
        ] {
            assert_eq!(with(wrong.clone()).0, BTreeSet::new(), "{wrong}");
        }
        for narrow in [
            equals("level", "Informational"),
            json!({ "field": "level", "containsAny": ["Critical", "Error", "Warning"] }),
            equals("status", "Succeeded"),
            equals("resourceGroup", "main"),
            equals("caller", "x"),
        ] {
            assert!(with(narrow.clone()).1, "{narrow}");
        }
        // A whole category with a type is the operations of that type.
        let network = [
            equals("category", "Administrative"),
            equals("resourceType", "Microsoft.Network/publicIPAddresses"),
        ];
        let both = [EventClass::PublicAddressUpdate, EventClass::PublicAddressDeletion];
        assert_eq!(events(&network), both.into());
        // Events of service health are of no type.
        let health = [equals("category", "ServiceHealth"), equals("resourceType", "x/y")];
        assert_eq!(events(&health), BTreeSet::new());
        let every = json!({ "field": "level", "containsAny": LEVELS });
        let health = [equals("category", "ServiceHealth"), every];
        assert_eq!(events(&health), [EventClass::ServiceHealth].into());
    }

    #[test]
    fn only_the_whole_subscription_is_everything() {
        assert!(covers("/subscriptions/ABC", "abc"));
        assert!(covers("subscriptions/abc", "abc"));
        assert!(!covers("/subscriptions/abd", "abc"));
        assert!(!covers("/subscriptions/abc/resourceGroups/main", "abc"));
    }

    #[test]
    fn what_an_alert_does_not_see_is_said() {
        let operation = equals("operationName", "Microsoft.Sql/servers/firewallRules/write");
        let category = equals("category", "Administrative");
        let of = |whole: bool, terms: &[&Value]| unseen(whole, terms.iter().copied());
        assert!(of(true, &[&category, &operation]).is_empty());
        assert_eq!(of(false, &[&operation]), ["its scope is not the whole subscription"]);
        let level = equals("resourceGroup", "main");
        assert_eq!(of(true, &[&operation, &level]), ["it asks for a certain `resourceGroup`"]);
        let odd = json!({ "equals": "x" });
        assert_eq!(of(true, &[&odd]), ["it asks for something that is not understood"]);
        assert_eq!(of(false, &[&level]).len(), 2);
    }
}
