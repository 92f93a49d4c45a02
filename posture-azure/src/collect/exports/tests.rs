//! What a tenant exports, from its diagnostic settings, good and bad.

use posture_model::resource::{FactId, Kind};
use serde_json::{Value, json};

use super::super::answers::value_of;
use super::super::recorded::scopes;

const OF_DIRECTORY: &str = "microsoft.aadiam/diagnosticSettings";
const OF_DEVICES: &str = "microsoft.intune/diagnosticSettings";

fn setting(kind: &str, sink: &str, logs: Value) -> Value {
    json!({
        "id": format!("/providers/{kind}/one"), "name": "one", "type": kind,
        "properties": { (sink): "place", "logs": logs },
    })
}

fn read(settings: &[Value], facts: &[&'static str]) -> (Value, Value) {
    let scenario =
        json!({ "subscriptions": [{ "id": "s", "name": "s" }], "tenant_resources": settings });
    let facts: Vec<FactId> = facts
        .iter()
        .map(|name| posture_model::resource::Kind::Directory.fact(name).unwrap())
        .collect();
    let scope = scopes(&scenario, &facts, &[Kind::Directory]).pop().unwrap();
    let directory = &scope.directories.items[0];
    (value_of(directory, "exported_logs"), value_of(directory, "exported_device_logs"))
}

const BOTH: &[&str] = &["exported_logs", "exported_device_logs"];

#[test]
fn only_what_is_on_and_leads_somewhere_is_exported() {
    let logs = json!([
        { "category": "AuditLogs", "enabled": true }, { "category": "SignInLogs", "enabled": false },
    ]);
    let of = |settings: &[Value]| read(settings, BOTH);
    assert_eq!(of(&[]), (json!([]), json!([])));
    let one = json!(["AuditLogs"]);
    let to = |kind: &str, sink: &str| setting(kind, sink, logs.clone());
    assert_eq!(of(&[to(OF_DIRECTORY, "storageAccountId")]), (one.clone(), json!([])));
    assert_eq!(of(&[to(OF_DIRECTORY, "elsewhere")]), (json!([]), json!([])));
    // Records of devices count where they can be asked for.
    assert_eq!(of(&[to(OF_DEVICES, "workspaceId")]), (json!([]), one));
    assert_eq!(of(&[to(OF_DEVICES, "storageAccountId")]), (json!([]), json!([])));
}

#[test]
fn only_the_group_of_all_is_known_to_hold_each() {
    let group = |name: &str| {
        let logs = json!([{ "categoryGroup": name, "enabled": true }]);
        read(&[setting(OF_DEVICES, "workspaceId", logs)], BOTH).1
    };
    assert_eq!(group("alllogs"), json!(super::OF_DEVICES.items()));
    assert_eq!(group("audit"), json!("gap"));
}

#[test]
fn what_is_not_wanted_is_not_asked_for() {
    let logs = json!([{ "category": "AuditLogs", "enabled": true }]);
    let all = [
        setting(OF_DIRECTORY, "workspaceId", logs.clone()),
        setting(OF_DEVICES, "workspaceId", logs),
    ];
    let one = json!(["AuditLogs"]);
    assert_eq!(read(&all, &["exported_logs"]), (one.clone(), json!("gap")));
    assert_eq!(read(&all, &["exported_device_logs"]), (json!("gap"), one));
}
