//! Applications and what watches them, from the answers of a subscription, good and bad.

use posture_model::resource::{FactId, Kind};
use serde_json::json;

use super::super::answers::value_of;
use super::super::recorded::scopes;
use super::*;

/// The state of both facts of a subscription with these components, by name and state, and a web application.
fn read(components: &[(&str, Value)], facts: &[&'static str]) -> (Value, Value) {
    let mut resources =
        vec![json!({ "type": "Microsoft.Web/sites", "name": "shop", "group": "g" })];
    for (name, properties) in components {
        let kind = "Microsoft.Insights/components";
        resources
            .push(json!({ "type": kind, "name": name, "group": "g", "properties": properties }));
    }
    let id = "aaaaaaaa-0000-4000-8000-000000000001";
    let scenario = json!({ "subscriptions": [{ "id": id, "name": "s", "resources": resources }] });
    let facts: Vec<FactId> = facts
        .iter()
        .map(|name| posture_model::resource::Kind::Account.fact(name).unwrap())
        .collect();
    let scope = scopes(&scenario, &facts, &[Kind::Account])
        .into_iter()
        .find(|scope| scope.id == id)
        .unwrap();
    (value_of(&scope.account, "application_monitors"), value_of(&scope.account, "web_apps"))
}

const BOTH: &[&str] = &["application_monitors", "web_apps"];

fn in_state(state: &str) -> Value {
    json!({ "provisioningState": state })
}

#[test]
fn only_a_component_that_works_watches() {
    let monitors = |components: &[(&str, Value)]| read(components, BOTH).0;
    assert_eq!(read(&[], BOTH), (json!([]), json!(1)));
    assert_eq!(monitors(&[("a", in_state("succeeded"))]), json!(["a"]));
    for broken in ["Failed", "Canceled", "deleting"] {
        assert_eq!(monitors(&[("a", in_state(broken))]), json!([]), "{broken}");
    }
    let odd = in_state("Resting");
    assert_eq!(monitors(&[("a", odd.clone())]), json!("gap"));
    assert_eq!(monitors(&[("a", json!({}))]), json!("gap"));
    assert_eq!(monitors(&[("a", odd.clone()), ("b", in_state("Failed"))]), json!("gap"));
    // One is enough.
    assert_eq!(monitors(&[("a", odd), ("b", in_state("Succeeded"))]), json!(["b"]));
}

#[test]
fn what_is_not_wanted_is_not_collected() {
    let (monitors, apps) = read(&[("a", in_state("Succeeded"))], &["web_apps"]);
    assert_eq!((monitors, apps), (json!("gap"), json!(1)));
    let (monitors, apps) = read(&[("a", in_state("Succeeded"))], &["application_monitors"]);
    assert_eq!((monitors, apps), (json!(["a"]), json!("gap")));
}
