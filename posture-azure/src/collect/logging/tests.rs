//! The activity log, alerts and workspaces from recorded answers, good and bad.

use std::sync::Arc;

use posture_model::resource::{FactId, Resource};
use serde_json::{Value, json};

use super::*;
use crate::collect::answers::{self as recorded, Answers, ID, audited, but, every, value_of};
use crate::collect::sweep::{self, Listed};

const RESOURCES: &str = "/providers/Microsoft.ResourceGraph/resources";
const ELSEWHERE: &str =
    "/subscriptions/bbbbbbbb-0000-4000-8000-000000000002/resourceGroups/main/providers";

/// The answer of Resource Graph that holds these rows.
fn answers(rows: &[Value]) -> Answers {
    let count = rows.len();
    let answer =
        json!({ "totalRecords": count, "count": count, "resultTruncated": "false", "data": rows });
    Answers::new().with(RESOURCES, answer)
}

/// The same answers to an identity that may read everything but this.
fn barred(answers: Answers, action: &str) -> Answers {
    let path = format!("/subscriptions/{ID}/providers/Microsoft.Authorization/permissions");
    let reader = json!({ "actions": ["*/read"], "notActions": [action], "dataActions": [], "notDataActions": [] });
    answers.with(&path, json!({ "value": [reader] }))
}

async fn swept(audit: &Subscription<'_>) -> Arc<Result<Rows, Gap>> {
    let listed = Listed { id: ID.to_owned(), name: "main".to_owned(), value: Value::Null };
    let types = sweep::types(audit.wanted);
    let batches = sweep::batches(audit.ask, &[listed], &types).await;
    sweep::rows(audit.ask, &batches[0], &types).await
}

async fn collected(answers: &Answers, facts: &[FactId], kind: Kind) -> Part {
    let work = async |audit: &Subscription<'_>| collect(audit, &*swept(audit).await);
    audited(answers, facts, &[kind], work).await
}

#[track_caller]
fn assert_facts(resource: &impl Resource, expected: &[(&str, Value)], about: &str) {
    for (fact, value) in expected {
        assert_eq!(value_of(resource, fact), *value, "{fact}: {about}");
    }
}

fn group_id(name: &str) -> String {
    recorded::id("Microsoft.Insights/actionGroups", name)
}

/// An action group that sends mail to a recipient who did not unsubscribe.
fn group() -> Value {
    json!({
        "id": group_id("Watch"), "name": "Watch", "type": GROUPS_TYPE,
        "properties": { "enabled": true, "emailReceivers": [{ "name": "anna", "status": "Enabled" }] },
    })
}

/// An alert on every change of a firewall rule, as it should be.
fn alert() -> Value {
    json!({
        "id": recorded::id("Microsoft.Insights/activityLogAlerts", "firewall"), "name": "firewall",
        "type": ALERTS_TYPE, "tags": { "team": "shop" },
        "properties": {
            "enabled": true,
            "scopes": [format!("/subscriptions/{ID}")],
            "condition": { "allOf": [
                { "field": "category", "equals": "Administrative" },
                { "field": "operationName", "equals": "Microsoft.Sql/servers/firewallRules/write" },
            ] },
            "actions": { "actionGroups": [{ "actionGroupId": group_id("watch").to_ascii_uppercase() }] },
        },
    })
}

async fn alert_of(row: Value, groups: &[Value]) -> Alert {
    let rows: Vec<Value> = std::iter::once(row).chain(groups.iter().cloned()).collect();
    let part = collected(&answers(&rows), &every::<Alert>(), Kind::Alert).await;
    assert!(part.alerts.is_complete());
    assert_eq!(part.alerts.items.len(), 1);
    part.alerts.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn an_alert_as_it_should_be() {
    let alert = alert_of(alert(), &[group()]).await;
    assert_eq!(alert.id, recorded::id("Microsoft.Insights/activityLogAlerts", "firewall"));
    assert_eq!(alert.name, "firewall");
    let expected = [
        ("events", json!(["database-firewall-update"])),
        ("sees_everything", json!(true)),
        ("unseen", json!([])),
        ("notifies", json!(true)),
        ("targets_elsewhere", json!([])),
        ("tags", json!({ "team": "shop" })),
    ];
    assert_facts(&alert, &expected, "as it should be");
}

#[tokio::test]
async fn an_alert_sees_what_its_scopes_and_its_condition_leave_it() {
    let narrow = json!({ "field": "status", "equals": "Succeeded" });
    let narrowed = but(alert(), "properties.condition.allOf", Some(json!([narrow])));
    let part = format!("/subscriptions/{ID}/resourceGroups/main");
    let scoped = |row: Value, scopes: Value| but(row, "properties.scopes", Some(scopes));
    for (row, sees, unseen) in [
        (narrowed.clone(), json!(false), json!(["it has a condition on `status`"])),
        (
            scoped(alert(), json!([part])),
            json!(false),
            json!(["its scope is not the whole subscription"]),
        ),
        (scoped(alert(), json!([part, format!("/subscriptions/{ID}")])), json!(true), json!([])),
        (
            scoped(alert(), json!([])),
            json!(false),
            json!(["its scope is not the whole subscription"]),
        ),
        (scoped(alert(), json!([7])), json!("gap"), json!("gap")),
        // A condition that leaves something out is enough, whatever the scopes are.
        (scoped(narrowed, json!([7])), json!(false), json!("gap")),
    ] {
        let about = row.to_string();
        let alert = alert_of(row, &[group()]).await;
        assert_facts(&alert, &[("sees_everything", sees), ("unseen", unseen)], &about);
    }
    // Without a condition it is unknown what it sees, but it is known whether it reaches a recipient.
    for odd in [None, Some(json!([])), Some(json!("x")), Some(json!([null]))] {
        let row = but(alert(), "properties.condition.allOf", odd);
        let about = row.to_string();
        let alert = alert_of(row, &[group()]).await;
        let gap = || json!("gap");
        let expected = [
            ("events", gap()),
            ("sees_everything", gap()),
            ("unseen", gap()),
            ("notifies", json!(true)),
        ];
        assert_facts(&alert, &expected, &about);
    }
}

#[tokio::test]
async fn an_alert_notifies_while_it_is_on_and_its_groups_reach_a_recipient() {
    let other = format!("{ELSEWHERE}/Microsoft.Insights/actionGroups/Far");
    let far = other.to_ascii_lowercase();
    let only = |id: &str| json!([{ "actionGroupId": id }]);
    let both = json!([{ "actionGroupId": other }, { "actionGroupId": group_id("watch") }]);
    let actions = "properties.actions.actionGroups";
    let on = "properties.enabled";
    for (path, new, notifies, elsewhere) in [
        (on, None, json!(true), json!([])),
        (on, Some(json!(false)), json!(false), json!([])),
        (on, Some(json!("x")), json!("gap"), json!("gap")),
        (actions, None, json!(false), json!([])),
        (actions, Some(json!([])), json!(false), json!([])),
        (actions, Some(only(&group_id("deleted"))), json!(false), json!([])),
        (actions, Some(only(&other)), json!("gap"), json!([far])),
        (actions, Some(both), json!(true), json!([far])),
        (actions, Some(json!([{}])), json!("gap"), json!("gap")),
        (actions, Some(json!("x")), json!("gap"), json!("gap")),
    ] {
        let about = format!("{path} {new:?}");
        let alert = alert_of(but(alert(), path, new), &[group()]).await;
        assert_facts(&alert, &[("notifies", notifies), ("targets_elsewhere", elsewhere)], &about);
    }
    // One that is off notifies no one, wherever its groups are and whether they make sense.
    for actions_of in [only(&other), json!("x")] {
        let off = but(alert(), on, Some(json!(false)));
        let alert = alert_of(but(off, actions, Some(actions_of)), &[group()]).await;
        assert_facts(
            &alert,
            &[("notifies", json!(false)), ("targets_elsewhere", json!([]))],
            "off",
        );
    }
    // Whether it is on does not matter if its group notifies no one.
    let odd = but(alert(), on, Some(json!("x")));
    assert_facts(&alert_of(odd, &[]).await, &[("notifies", json!(false))], "nobody");
}

#[tokio::test]
async fn an_action_group_reaches_those_who_did_not_unsubscribe() {
    let mail = "properties.emailReceivers";
    let status = |all: &[&str]| -> Option<Value> {
        Some(all.iter().map(|status| json!({ "status": status })).collect())
    };
    let hook = but(group(), "properties.webhookReceivers", Some(json!([{ "name": "hook" }])));
    for (group, expected) in [
        (group(), json!(true)),
        (but(group(), "properties.enabled", None), json!(true)),
        (but(group(), "properties.enabled", Some(json!(false))), json!(false)),
        (but(group(), "properties.enabled", Some(json!(7))), json!("gap")),
        (but(group(), mail, None), json!(false)),
        (but(group(), mail, Some(json!([]))), json!(false)),
        (but(group(), mail, status(&["disabled"])), json!(false)),
        (but(group(), mail, status(&["Disabled", "NotSpecified"])), json!(true)),
        (but(group(), mail, Some(json!([{ "status": 7 }]))), json!("gap")),
        (but(group(), mail, Some(json!("x"))), json!("gap")),
        // Another list settles it.
        (but(hook.clone(), mail, Some(json!("x"))), json!(true)),
        (but(hook, mail, status(&["Disabled"])), json!(true)),
        // A group that is off reaches no one, and neither does one without receivers.
        (
            but(but(group(), mail, Some(json!("x"))), "properties.enabled", Some(json!(false))),
            json!(false),
        ),
        (but(but(group(), mail, None), "properties.enabled", Some(json!(7))), json!(false)),
        (but(group(), "properties", None), json!("gap")),
        (but(group(), "properties", Some(json!("x"))), json!("gap")),
    ] {
        let about = group.to_string();
        let rows = [alert(), group];
        let facts: Vec<FactId> =
            every::<Alert>().into_iter().chain([Account::ALERT_TARGETS]).collect();
        let part = collected(&answers(&rows), &facts, Kind::Alert).await;
        assert_eq!(value_of(&part.alerts.items[0], "notifies"), expected, "{about}");
        // Alerts of other subscriptions find it in the same state.
        let targets = part.account.alert_targets;
        match expected {
            Value::Bool(true) => {
                let id = group_id("watch").to_ascii_lowercase();
                assert_eq!(targets, Known(Entries::new(vec![id], None)), "{about}");
            }
            Value::Bool(_) => assert_eq!(targets, Known(Entries::none()), "{about}"),
            _ => assert!(targets.gap().is_some(), "{about}"),
        }
    }
}

#[tokio::test]
async fn an_alert_that_is_none_notifies_of_nothing() {
    for odd in [None, Some(Value::Null), Some(json!("x")), Some(json!([]))] {
        let about = format!("{odd:?}");
        let alert = alert_of(but(alert(), "properties", odd), &[group()]).await;
        for fact in Alert::FACTS.iter().filter(|fact| value_of(&alert, fact.name) != "not-offered")
        {
            assert_eq!(value_of(&alert, fact.name), json!("gap"), "{}: {about}", fact.name);
        }
        assert_eq!(value_of(&alert, "events"), json!("gap"), "{about}");
    }
}

#[tokio::test]
async fn alerts_that_may_not_be_read_are_unread() {
    let facts: Vec<FactId> = every::<Alert>().into_iter().chain([Account::ALERT_TARGETS]).collect();
    let rows = || answers(&[alert(), group()]);
    for refused in [
        barred(rows(), ALERTS.name),
        rows().refused(RESOURCES, 403, "AuthorizationFailed"),
        rows().with(RESOURCES, json!({})),
    ] {
        let part = collected(&refused, &facts, Kind::Alert).await;
        assert!(part.alerts.items.is_empty());
        assert!(!part.alerts.is_complete());
    }
    let none = collected(&answers(&[]), &facts, Kind::Alert).await;
    assert!(none.alerts.items.is_empty() && none.alerts.is_complete());
    assert_eq!(none.account.alert_targets, Known(Entries::none()));
    // Without the groups, only whether it reaches a recipient is open.
    let part = collected(&barred(rows(), GROUPS.name), &facts, Kind::Alert).await;
    assert_facts(
        &part.alerts.items[0],
        &[("notifies", json!("gap")), ("sees_everything", json!(true))],
        "no groups",
    );
    assert!(part.account.alert_targets.gap().is_some());
    let unasked = collected(&rows(), &every::<Alert>(), Kind::Alert).await;
    assert_eq!(unasked.account.alert_targets, Fact::not_collected());
}

/// A workspace as it should be.
fn workspace() -> Value {
    json!({
        "id": recorded::id("Microsoft.OperationalInsights/workspaces", "logs"), "name": "logs",
        "type": WORKSPACES_TYPE, "location": "westeurope", "tags": { "team": "shop" },
        "properties": { "retentionInDays": 90 },
    })
}

#[tokio::test]
async fn a_workspace_keeps_records_for_as_long_as_it_says() {
    let days = "properties.retentionInDays";
    for (path, new, expected) in [
        (days, Some(json!(90)), json!(90)),
        (days, Some(json!(-1)), json!(null)),
        (days, Some(json!(-2)), json!("gap")),
        (days, Some(json!(5_000_000_000_u64)), json!("gap")),
        (days, Some(json!("x")), json!("gap")),
        (days, None, json!("gap")),
        ("properties", None, json!("gap")),
        ("properties", Some(json!("x")), json!("gap")),
    ] {
        let about = format!("{path} {new:?}");
        let is_resource = path == days;
        let rows = answers(&[but(workspace(), path, new)]);
        let part = collected(&rows, &every::<LogGroup>(), Kind::LogGroup).await;
        assert!(part.log_groups.is_complete());
        let [group] = part.log_groups.items.as_slice() else { panic!("{about}") };
        assert_eq!(group.id, workspace()["id"], "{about}");
        assert_eq!((group.name.as_str(), group.region.as_deref()), ("logs", Some("westeurope")));
        let tags = if is_resource { json!({ "team": "shop" }) } else { json!("gap") };
        assert_facts(group, &[("retention_days", expected), ("tags", tags)], &about);
    }
    let denied = barred(answers(&[workspace()]), WORKSPACES.name);
    let part = collected(&denied, &every::<LogGroup>(), Kind::LogGroup).await;
    assert!(part.log_groups.items.is_empty() && !part.log_groups.is_complete());
}

fn account_id(name: &str) -> String {
    recorded::id("Microsoft.Storage/storageAccounts", name)
}

/// A storage account with a key of the customer.
fn with_own_key(name: &str) -> Value {
    json!({
        "id": account_id(name), "name": name, "type": storage::TYPE,
        "properties": { "encryption": {
            "keySource": "Microsoft.Keyvault",
            "keyvaultproperties": { "keyvaulturi": "https://main.vault.azure.net/", "keyname": name },
        } },
    })
}

fn with_providers_key(name: &str) -> Value {
    but(with_own_key(name), "properties.encryption.keySource", Some(json!("Microsoft.Storage")))
}

/// A diagnostic setting that sends every category to one place.
fn setting(sink: &str, place: &str) -> Value {
    let log = |category: &&str| json!({ "category": category, "enabled": true });
    let logs: Vec<Value> = CATEGORIES.iter().map(log).collect();
    json!({ "id": "setting", "name": "all", "properties": { sink: place, "logs": logs } })
}

fn to_account(id: &str) -> Value {
    setting("storageAccountId", id)
}

fn settings_path() -> String {
    format!("/subscriptions/{ID}/providers/Microsoft.Insights/diagnosticSettings")
}

async fn trail_of(answers: &Answers, facts: &[FactId]) -> AuditTrail {
    let work = async |audit: &Subscription<'_>| trails(audit, &*swept(audit).await).await;
    let part = audited(answers, facts, &[Kind::AuditTrail], work).await;
    assert!(part.audit_trails.is_complete());
    part.audit_trails.items.into_iter().next().unwrap()
}

async fn trail(settings: &[Value], accounts: &[Value]) -> AuditTrail {
    let answers = answers(accounts).with(&settings_path(), json!({ "value": settings }));
    trail_of(&answers, &every::<AuditTrail>()).await
}

#[tokio::test]
async fn the_key_of_the_log_is_that_of_the_storage_accounts_that_keep_it() {
    let key = |name: &str| json!(format!("https://main.vault.azure.net/keys/{name}"));
    let (one, other) = (account_id("one"), account_id("other"));
    let upper = one.to_ascii_uppercase();
    let silent = but(to_account(&one), "properties.logs", Some(json!([])));
    let (own, providers) = (with_own_key, with_providers_key);
    let name = "properties.encryption.keyvaultproperties.keyname";
    let alike = but(own("other"), name, Some(json!("one")));
    let odd = but(own("one"), "properties", Some(json!("x")));
    let foreign = but(own("one"), "properties.encryption.keySource", Some(json!("Martian")));
    for (settings, accounts, expected) in [
        (vec![to_account(&one)], vec![own("one")], key("one")),
        (vec![to_account(&upper)], vec![own("other"), own("one")], key("one")),
        (vec![to_account(&one)], vec![providers("one")], json!(null)),
        (vec![to_account(&one), to_account(&other)], vec![own("one"), alike], key("one")),
        // One with the provider's key settles it, in any order and beside whatever is not known.
        (
            vec![to_account(&one), to_account(&other)],
            vec![own("one"), providers("other")],
            json!(null),
        ),
        (
            vec![to_account(&one), to_account(&other)],
            vec![providers("one"), own("other")],
            json!(null),
        ),
        (vec![to_account(&one), to_account(&other)], vec![providers("other")], json!(null)),
        // One that was deleted, one that is none, and one with a key from who knows where.
        (vec![to_account(&one)], vec![], json!("gap")),
        (vec![to_account(&one)], vec![own("other")], json!("gap")),
        (vec![to_account(&one)], vec![odd], json!("gap")),
        (vec![to_account(&one)], vec![foreign], json!("gap")),
        (vec![to_account(&one), to_account(&other)], vec![own("one")], json!("gap")),
        // If no storage account receives anything, there is no such key.
        (vec![], vec![own("one")], json!("not-offered")),
        (vec![silent], vec![own("one")], json!("not-offered")),
        (vec![setting("workspaceId", "logs")], vec![own("one")], json!("not-offered")),
    ] {
        let about = json!([settings, accounts]).to_string();
        let trail = trail(&settings, &accounts).await;
        assert_facts(&trail, &[("key", expected), ("storage_elsewhere", json!([]))], &about);
    }
}

#[tokio::test]
async fn storage_of_another_subscription_is_outside() {
    let far = format!("{ELSEWHERE}/Microsoft.Storage/storageAccounts/Far");
    let (here, there) = (to_account(&account_id("one")), to_account(&far));
    let outside = Fact::Gap(GapId::OUTSIDE_SCOPE);
    for (settings, accounts, expected) in [
        (vec![there.clone()], vec![], Some(outside.clone())),
        (vec![there.clone(), here.clone()], vec![with_own_key("one")], Some(outside.clone())),
        (vec![here.clone(), there.clone()], vec![with_own_key("one")], Some(outside.clone())),
        (vec![there.clone(), here.clone()], vec![with_providers_key("one")], Some(Known(None))),
        // What could not be read here cannot be answered elsewhere.
        (vec![there.clone(), here.clone()], vec![], None),
        (vec![here, there], vec![], None),
    ] {
        let about = json!([settings, accounts]).to_string();
        let trail = trail(&settings, &accounts).await;
        match expected {
            Some(expected) => assert_eq!(trail.key, expected, "{about}"),
            None => assert!(trail.key.gap().is_some() && trail.key != outside, "{about}"),
        }
        assert_eq!(trail.storage_elsewhere, Known(vec![far.to_ascii_lowercase()]), "{about}");
    }
}

#[tokio::test]
async fn the_log_is_recorded_where_a_setting_sends_it_somewhere() {
    let some = but(
        setting("workspaceId", "logs"),
        "properties.logs",
        Some(json!([{ "category": "Administrative", "enabled": true }])),
    );
    let nowhere = setting("unknownId", "x");
    for (settings, recording, writes) in [
        (vec![], json!(false), json!(false)),
        (vec![nowhere], json!(false), json!(false)),
        (vec![some], json!(true), json!(false)),
        (vec![setting("workspaceId", "logs")], json!(true), json!(true)),
        (vec![json!({ "id": "x" })], json!("gap"), json!("gap")),
    ] {
        let about = json!(settings).to_string();
        let trail = trail(&settings, &[]).await;
        assert_eq!(trail.id, format!("/subscriptions/{ID}"));
        let expected = [
            ("multi_region", json!(true)),
            ("recording", recording),
            ("management_writes", writes),
        ];
        assert_facts(&trail, &expected, &about);
    }
}

#[tokio::test]
async fn a_log_whose_settings_or_storage_may_not_be_read_is_open() {
    let to_one = json!({ "value": [to_account(&account_id("one"))] });
    let rows = answers(&[with_own_key("one")]).with(&settings_path(), to_one);
    let refused = rows.clone().refused(&settings_path(), 403, "AuthorizationFailed");
    let trail = trail_of(&refused, &every::<AuditTrail>()).await;
    for fact in ["recording", "management_writes", "key", "storage_elsewhere"] {
        assert_eq!(value_of(&trail, fact), json!("gap"), "{fact}");
    }
    // Without the storage accounts, only their key is open.
    for denied in [
        barred(rows.clone(), storage::READ.name),
        rows.clone().refused(RESOURCES, 403, "AuthorizationFailed"),
    ] {
        let trail = trail_of(&denied, &every::<AuditTrail>()).await;
        assert_facts(&trail, &[("recording", json!(true)), ("key", json!("gap"))], "denied");
    }
    let unasked = trail_of(&rows, &[AuditTrail::RECORDING]).await;
    assert_eq!(unasked.recording, Known(true));
    assert_eq!(unasked.key, Fact::not_collected());
    assert_eq!(unasked.storage_elsewhere, Fact::not_collected());
}

fn equals(field: &str, value: &str) -> Value {
    json!({ "field": field, "equals": value })
}

/// The classes that the terms of a condition let through.
fn events(all: &[Value]) -> BTreeSet<EventClass> {
    super::events(&read(all))
}

fn read(all: &[Value]) -> Vec<Term<'_>> {
    all.iter().map(|term| Term::read(View(term)).unwrap()).collect()
}

fn narrows(term: &Value) -> bool {
    Term::read(View(term)).unwrap().narrows()
}

#[test]
fn a_term_that_does_not_fit_is_malformed() {
    for odd in [
        json!({ "field": 1, "equals": "x" }),
        json!({ "equals": "x" }),
        json!({ "field": "category" }),
        json!({ "field": "category", "equals": null }),
        json!({ "field": "category", "containsAny": [] }),
        json!({ "field": "category", "equals": ["x"] }),
        json!({ "field": "category", "containsAny": "x" }),
        json!({ "field": "category", "containsAny": [null] }),
        json!({ "anyOf": "x" }),
        json!({ "anyOf": [null] }),
        json!({ "anyOf": [{ "field": {} }] }),
        json!("x"),
        json!(null),
    ] {
        let alert = json!({ "properties": { "condition": { "allOf": [odd] } } });
        assert!(terms(View(&alert)).is_err(), "{alert}");
    }
    for odd in [json!(null), json!([]), json!({}), json!("x")] {
        let alert = json!({ "properties": { "condition": { "allOf": odd } } });
        assert!(terms(View(&alert)).is_err(), "{alert}");
    }
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
    assert_eq!(events(&[equals("category", "ServiceHealth")]), [EventClass::ServiceHealth].into());
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
        let all = [equals("category", "Administrative"), equals("operationName", operation), term];
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
    let every = json!({ "field": "level", "containsAny": LEVELS.items() });
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
fn what_an_alert_does_not_see_is_reported() {
    let operation = equals("operationName", "Microsoft.Sql/servers/firewallRules/write");
    let category = equals("category", "Administrative");
    let of = |whole: bool, terms: &[&Value]| {
        let terms: Vec<Value> = terms.iter().copied().cloned().collect();
        unseen(whole, &read(&terms))
    };
    assert!(of(true, &[&category, &operation]).is_empty());
    assert_eq!(of(false, &[&operation]), ["its scope is not the whole subscription"]);
    let level = equals("resourceGroup", "main");
    assert_eq!(of(true, &[&operation, &level]), ["it has a condition on `resourceGroup`"]);
    let odd = json!({ "field": "", "equals": "x" });
    assert_eq!(of(true, &[&odd]), ["it has a condition that is not understood"]);
    assert_eq!(of(false, &[&level]).len(), 2);
}
