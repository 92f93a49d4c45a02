//! The tiers of resources from the answers of a subscription, good and bad.

use posture_model::resource::{FactId, Kind};
use serde_json::json;

use super::super::answers::value_of;
use super::super::recorded::scopes;
use super::*;

const ADDRESS: &str = "Microsoft.Network/publicIPAddresses";

/// The small tiers found in a subscription with resources of these names, types and SKUs.
fn read(resources: &[(&str, &str, Value)], facts: &[&'static str]) -> Value {
    let resource = |(name, kind, sku): &(&str, &str, Value)| json!({ "type": kind, "name": name, "group": "g", "top": { "sku": sku } });
    let resources: Vec<Value> = resources.iter().map(resource).collect();
    let id = "aaaaaaaa-0000-4000-8000-000000000001";
    let scenario = json!({ "subscriptions": [{ "id": id, "name": "s", "resources": resources }] });
    let facts: Vec<FactId> = facts
        .iter()
        .map(|name| posture_model::resource::Kind::Account.fact(name).unwrap())
        .collect();
    let scopes = scopes(&scenario, &facts, &[Kind::Account]);
    value_of(&scopes.iter().find(|scope| scope.id == id).unwrap().account, "basic_tiers")
}

#[test]
fn a_small_tier_shows_in_the_name_or_in_the_tier() {
    let of = |resources: &[(&str, &str, Value)]| read(resources, &["basic_tiers"]);
    let standard = json!({ "name": "Standard", "tier": "Regional" });
    let basic = json!({ "name": "basic", "tier": "Regional" });
    let in_tier = json!({ "name": "Other", "tier": "Free" });
    assert_eq!(of(&[]), json!([]));
    assert_eq!(of(&[("a", ADDRESS, standard.clone())]), json!([]));
    assert_eq!(of(&[("a", ADDRESS, basic.clone())]), json!(["a (basic)"]));
    assert_eq!(of(&[("a", ADDRESS, in_tier)]), json!(["a (Free)"]));
    // One that does not say leaves it open, unless another one settles it.
    let unread = json!({ "tier": "Regional" });
    assert_eq!(of(&[("a", ADDRESS, unread.clone())]), json!("gap"));
    assert_eq!(of(&[("a", ADDRESS, unread.clone()), ("b", ADDRESS, standard)]), json!("gap"));
    assert_eq!(of(&[("a", ADDRESS, unread), ("b", ADDRESS, basic)]), json!(["b (basic)"]));
}

#[test]
fn tiers_that_are_not_wanted_are_not_collected() {
    let basic = json!({ "name": "Basic" });
    assert_eq!(read(&[("a", ADDRESS, basic)], &["web_apps"]), json!("gap"));
}
